"""One collection at a time."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sprintlib.errors import CollectError, StoreError
from sprintlib.locks import LockedError, file_lock

FILE_NAME = "sync.lock"


@contextmanager
def sync_lock(data_dir: Path) -> Iterator[None]:
    """Hold the lock of a data folder. Raises CollectError while another collection runs."""
    with ExitStack() as stack:
        try:
            stack.enter_context(file_lock(data_dir / FILE_NAME))
        except LockedError as error:
            raise CollectError(
                f"Another sync of {data_dir} is running (process {error.holder}): wait for it."
            ) from None
        except OSError as error:
            raise StoreError(f"The data folder {data_dir} cannot be written: {error.strerror}.") from None
        yield
