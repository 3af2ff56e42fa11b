"""Work that fans out, through one executor: here, in threads or processes beside this one, or on a Dask cluster."""

from sprintlib.parallel.executor import PROCESSES, Kind, in_order, open_executor

__all__ = ["PROCESSES", "Kind", "in_order", "open_executor"]
