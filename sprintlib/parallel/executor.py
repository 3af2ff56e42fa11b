"""An executor of the standard library's interface for every way to do independent calls side by side."""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Literal, TypeVar

from sprintlib.errors import SettingsError, SprintError

Kind = Literal["here", "threads", "processes"]
Result = TypeVar("Result")
PROCESSES = "processes"
_LOST = "The work was lost with those that did it: look into the logs of the workers, then run the command again."


def open_executor(scheduler: str | None = None, otherwise: Kind = "here") -> AbstractContextManager[Executor]:
    """What calls are submitted to, for the length of a block.

    scheduler: `tcp://HOST:PORT` of a Dask scheduler, or `processes` for one on each core of this machine. otherwise:
    what is used without one; `here` makes each call at once, as if there were no executor.
    Calls and their values are pickled for all but `here` and `threads`; a worker elsewhere has to find the same files.
    Raises SettingsError for an address where no scheduler answers, and for a cluster without a worker of this version.
    """
    if scheduler is None or scheduler == PROCESSES:
        return _on_this_machine(otherwise if scheduler is None else "processes")
    if not scheduler.startswith(("tcp://", "tls://")):
        raise SettingsError(f"--scheduler: '{scheduler}' is neither tcp://HOST:PORT nor '{PROCESSES}'.")
    from sprintlib.parallel.cluster import on_cluster

    return on_cluster(scheduler)


def in_order(executor: Executor, function: Callable[..., Result], calls: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
    """The value of each call, in the order of `calls`, as soon as it and those before it are there.

    What a call raises is raised at its place, and those that have not begun are dropped. A worker that dies costs its
    calls another try. Raises SprintError where even that did not help.
    """
    if isinstance(executor, Here):
        yield from (function(*call) for call in calls)
        return
    waiting = deque(executor.submit(function, *call) for call in calls)
    try:
        while waiting:
            yield _value(waiting.popleft())
    finally:
        for future in waiting:
            future.cancel()


def _value(future: "Future[Result]") -> Result:
    try:
        return future.result()
    except (BrokenProcessPool, CancelledError) as error:
        raise SprintError(_LOST) from error
    except Exception as error:
        if type(error).__name__ in ("KilledWorker", "FutureCancelledError", "CommClosedError"):  # of Dask
            raise SprintError(_LOST) from error
        raise


@contextmanager
def _on_this_machine(kind: Kind) -> Iterator[Executor]:
    cores = os.cpu_count() or 1
    if kind == "here":
        yield Here()
        return
    with (
        ThreadPoolExecutor(cores)
        if kind == "threads"
        # polars and SQLite must not be forked
        else ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn"))
    ) as pool:
        try:
            yield pool
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


class Here(Executor):
    """Makes each call when it is submitted, in the thread that submits it."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """The call as a future that is done."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - whoever asks for the result is told
            future.set_exception(error)
        return future
