"""A lock of a home: what must not be done twice at once is done by one process at a time.

The lock is the system's own on a file (flock, by the library filelock), so a holder that dies, however it dies, frees
it. The file stays and names the last holder. filelock is imported when a lock is taken: most commands take none.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LockedError(Exception):
    """Another process, or another part of this one, holds the lock. holder: its process id, or `unknown`."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"held by process {holder}")
        self.holder = holder


@contextmanager
def file_lock(path: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the lock of a file, which is made with its folder where it is not there; one holds it not twice.

    wait: until it is free; else LockedError is raised at once. Raises OSError where the file cannot be written.
    """
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    # A file system without flock is an error: a lock by a file's mere presence would outlive a holder that was killed.
    lock = FileLock(path, blocking=wait, mode=0o600, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        raise LockedError(path.read_text(encoding="utf-8").strip() or "unknown") from None
    try:
        path.write_text(str(os.getpid()), encoding="utf-8")
        yield
    finally:
        lock.release()
