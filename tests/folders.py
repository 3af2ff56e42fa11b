"""A folder that outlives one test: for stores that many examples of a test share."""

import atexit
import shutil
import tempfile
from pathlib import Path


def until_the_end(name: str) -> Path:
    """A new folder, gone when the process ends. Where a fixture will do, pytest's own are better."""
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
