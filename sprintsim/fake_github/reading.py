"""Datasets on disk: folders and archives in the format of github-backup, plus what the simulator adds."""

import json
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sprintlib.errors import DatasetError

ITEM_FOLDERS = ("issues", "pulls")
# optional files of a dataset, without .json, and what they hold; any other holds a list of the repository
EXTRAS = {
    "repository": dict,
    "milestones": list,
    "workflow_runs": list,
    "releases": list,
    "dependencies": dict,
    "boards": list,
}
GIT_FOLDER = "repo.git"
ARCHIVE_SUFFIXES = (".tar", ".tar.xz", ".txz", ".tar.gz", ".tgz", ".tar.bz2")


@dataclass(frozen=True)
class Document:
    """One JSON file. `source` names the dataset it belongs to, `part` is `issues`, `pulls` or the name of the file."""

    source: str
    part: str
    name: str
    content: Any


def documents(path: Path) -> Iterator[Document]:
    """All documents of a folder, a folder of such folders, or an archive. Raises DatasetError."""
    files = _archived(path) if path.is_file() else _in_folders(path)
    for source, name, raw in files:
        parent, file = PurePosixPath(name).parent.name, PurePosixPath(name).name
        try:
            content = json.loads(raw)
        except ValueError as error:
            raise DatasetError(f"{source}/{name} is not valid JSON ({error}): fetch the dataset again.") from None
        yield Document(source, parent or file.removesuffix(".json"), name, content)


def sources(path: Path) -> list[Path]:
    """The archives and dataset folders at `path`. Raises DatasetError when there is none."""
    if path.is_file() or _is_dataset(path):
        return [path]
    if not path.is_dir():
        raise DatasetError(f"There is no dataset at {path}: name a folder or a .tar.xz backup.")
    found = [child for child in sorted(path.iterdir()) if _is_dataset(child) or child.name.endswith(ARCHIVE_SUFFIXES)]
    if not found:
        raise DatasetError(f"{path} holds no dataset: it has neither an issues nor a pulls folder.")
    return found


def _is_dataset(path: Path) -> bool:
    return any((path / name).is_dir() for name in ITEM_FOLDERS) or (path / "repository.json").is_file()


def _in_folders(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    files = [file for name in ITEM_FOLDERS for file in sorted((folder / name).glob("*.json"))]
    files += sorted(folder.glob("*.json"))
    for file in files:
        try:
            yield str(folder), str(file.relative_to(folder)), file.read_bytes()
        except OSError as error:
            raise DatasetError(f"{file} cannot be read: {error.strerror}.") from None


def _archived(path: Path) -> Iterator[tuple[str, str, bytes]]:
    try:
        with tarfile.open(path, mode="r|*") as archive:
            for member in archive:
                inside = _inside(member.name)
                file = archive.extractfile(member) if inside and member.isfile() else None
                if file is not None and inside is not None:
                    yield str(path / inside[0]), inside[1], file.read()
    except (tarfile.TarError, lzma.LZMAError, EOFError, zlib.error, OSError) as error:
        raise DatasetError(f"{path} is damaged or no archive of a backup ({error}): fetch it again.") from None


def _inside(member: str) -> tuple[str, str] | None:
    """`a/issues/1.json` is `issues/1.json` of the dataset `a`; None for files that belong to no dataset."""
    path = PurePosixPath(member)
    if path.suffix == ".json" and path.parent.name in ITEM_FOLDERS:
        return str(path.parent.parent), f"{path.parent.name}/{path.name}"
    return (str(path.parent), path.name) if path.suffix == ".json" else None
