"""Datasets on disk: folders and archives in the format of github-backup, plus what the simulator adds."""

import json
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from sprintlib.errors import DatasetError

ITEM_FOLDERS = ("issues", "pulls")
EXTRA_FILES = ("repository.json", "milestones.json", "workflow_runs.json", "releases.json", "dependencies.json")
REPOSITORY_FOLDER = "repo.git"
ARCHIVE_SUFFIXES = (".tar", ".tar.xz", ".tar.gz", ".tgz", ".tar.bz2", ".txz")


@dataclass
class RawDataset:
    """The JSON documents of one repository, as parsed."""

    source: str
    items: list[dict[str, Any]] = field(default_factory=list)
    extras: dict[str, Any] = field(default_factory=dict)
    git_dir: Path | None = None


def read(path: Path) -> list[RawDataset]:
    """Every repository found at `path`: a folder, a folder of such folders, or an archive.

    Raises DatasetError with one sentence.
    """
    if path.is_dir():
        return _read_folder(path)
    if path.is_file():
        return _read_archive(path)
    raise DatasetError(f"There is no dataset at {path}: name a folder or a .tar.xz backup.")


def _read_folder(path: Path) -> list[RawDataset]:
    folders = [path] if _is_dataset(path) else sorted(child for child in path.iterdir() if _is_dataset(child))
    if not folders:
        archives = sorted(child for child in path.iterdir() if child.name.endswith(ARCHIVE_SUFFIXES))
        if archives:
            return [dataset for archive in archives for dataset in _read_archive(archive)]
        raise DatasetError(f"{path} holds no dataset: it has neither an issues nor a pulls folder.")
    return [_read_one_folder(folder) for folder in folders]


def _is_dataset(path: Path) -> bool:
    return any((path / name).is_dir() for name in ITEM_FOLDERS) or (path / "repository.json").is_file()


def _read_one_folder(folder: Path) -> RawDataset:
    dataset = RawDataset(source=str(folder))
    for name in ITEM_FOLDERS:
        for file in sorted((folder / name).glob("*.json")):
            _add(dataset, f"{name}/{file.name}", file.read_bytes())
    for name in EXTRA_FILES:
        file = folder / name
        if file.is_file():
            _add(dataset, name, file.read_bytes())
    if (folder / REPOSITORY_FOLDER).is_dir():
        dataset.git_dir = (folder / REPOSITORY_FOLDER).resolve()
    return dataset


def _read_archive(path: Path) -> list[RawDataset]:
    datasets: dict[str, RawDataset] = {}
    for name, content in _members(path):
        prefix, inner = _split(name)
        if inner is None:
            continue
        if prefix not in datasets:
            datasets[prefix] = RawDataset(source=f"{path}/{prefix}".rstrip("/."))
        _add(datasets[prefix], inner, content)
    return list(datasets.values()) or [RawDataset(source=str(path))]


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(path, mode="r|*") as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                if file is not None:
                    yield member.name, file.read()
    except (tarfile.TarError, lzma.LZMAError, EOFError, zlib.error, OSError) as error:
        raise DatasetError(f"{path} is damaged or not a backup archive ({error}): fetch it again.") from None


def _split(name: str) -> tuple[str, str | None]:
    """`a/issues/1.json` -> (`a`, `issues/1.json`); None for files that are no part of a dataset."""
    path = PurePosixPath(name)
    if path.suffix == ".json" and path.parent.name in ITEM_FOLDERS:
        return str(path.parent.parent), f"{path.parent.name}/{path.name}"
    if path.name in EXTRA_FILES:
        return str(path.parent), path.name
    return "", None


def _add(dataset: RawDataset, name: str, content: bytes) -> None:
    try:
        document = json.loads(content)
    except ValueError as error:
        raise DatasetError(f"{dataset.source}/{name} is not valid JSON ({error}): fetch the dataset again.") from None
    if name in EXTRA_FILES:
        dataset.extras[name.removesuffix(".json")] = document
    elif isinstance(document, dict):
        dataset.items.append(document)
