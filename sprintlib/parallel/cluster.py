"""A Dask cluster: scheduler and workers that run elsewhere, as processes of their own."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib.metadata import version

from sprintlib.errors import SettingsError

_CONNECT_SECONDS = 10
_RETRIES = 2  # of a call that failed; Dask tries those of a worker that died again by itself


@contextmanager
def on_cluster(address: str) -> Iterator[Executor]:
    """The cluster of a scheduler, while its workers have this version of sprintlib. Raises SettingsError."""
    try:
        import distributed
    except ImportError:
        raise SettingsError(
            "A Dask cluster needs the package distributed: run 'pip install \"sprintlib[dask]\"'."
        ) from None
    try:
        client = distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise SettingsError(
            f"No Dask scheduler answers at {address}: start one with 'dask scheduler', or leave --scheduler out."
        ) from error
    with client:
        _check_workers(client.run(version, "sprintlib", on_error="return"), address)
        yield client.get_executor(pure=False, retries=_RETRIES)


def _check_workers(found: dict[str, object], address: str) -> None:
    if not found:
        raise SettingsError(f"The scheduler at {address} has no worker: start one with 'dask worker {address}'.")
    own = version("sprintlib")
    other = sorted(name for name, there in found.items() if there != own)
    if other:
        raise SettingsError(
            f"The worker at {other[0]} does not have sprintlib {own}: install it there, and start the worker again."
        )
