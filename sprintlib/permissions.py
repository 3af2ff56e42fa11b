"""Who may read the files of a home: its user alone, since they hold what private repositories say."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@contextmanager
def private_files() -> Iterator[None]:
    """Files and folders made meanwhile are 0600 and 0700, those of child processes included."""
    before = os.umask(_OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def create(file: Path) -> None:
    """Make an empty file that nobody else can open, unless it is there. Raises OSError."""
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def close(path: Path) -> None:
    """Take a file or a folder that exists away from everybody else; what belongs to another user stays as it is."""
    with suppress(OSError):  # a file system without modes, or one that is read-only
        found = path.lstat()
        if found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode) and found.st_mode & _OTHERS:
            path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)


def close_folder(folder: Path) -> None:
    """The same for a folder and all that is in it. Behind a closed folder nothing is looked at again."""
    with suppress(OSError):
        if not folder.is_dir() or not folder.stat().st_mode & _OTHERS:
            return
        for place, folders, files in os.walk(folder):
            for name in (*folders, *files):
                close(Path(place, name))
        close(folder)
