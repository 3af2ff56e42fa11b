"""One collection at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sprintlib.errors import CollectError, StoreError

FILE_NAME = "sync.lock"


@contextmanager
def sync_lock(data_dir: Path) -> Iterator[None]:
    """Hold the lock of a data folder; the system lets go of it when the process dies, however it dies.

    Raises CollectError while another collection runs.
    """
    path = data_dir / FILE_NAME
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"The data folder {data_dir} cannot be written: {error.strerror}.") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CollectError(
                f"Another sync of {data_dir} is running (process {file.read().strip() or 'unknown'}): wait for it."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
