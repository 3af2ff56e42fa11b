"""A file system with no room left, for tests of what is said then; only root can have one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_file_system(place: Path, megabytes: int = 16) -> Iterator[Path]:
    """A file system in memory, mounted at a new folder. Skips the test where none can be mounted."""
    place.mkdir()
    mount = shutil.which("mount")
    asked = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)]
    if mount is None or os.geteuid() != 0 or subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path) -> Path:
    """Write a file until nothing more fits; remove it to make room."""
    file = place / "filling"
    with file.open("wb", buffering=0) as stream:
        for size in (1 << 20, 1 << 12):
            try:
                while stream.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    return file
