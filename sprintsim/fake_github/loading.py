"""From files to datasets, tolerant of what other backups leave out."""

import json
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

from sprintlib.errors import DatasetError
from sprintsim.fake_github import reading
from sprintsim.fake_github.dataset import Dataset
from sprintsim.fake_github.payloads import Payload

# without these GitHub gives no issue and no pull request
_NEEDED = ("node_id", "html_url", "created_at")


def load(*paths: Path | str) -> list[Dataset]:
    """The repositories at these paths (folders, folders of folders, archives).

    Raises DatasetError when one cannot be read, or when a repository is there twice.
    """
    sources = [source for path in paths for source in reading.sources(Path(path).expanduser())]
    # decompression runs beside the parsing of another archive
    with ThreadPoolExecutor() as pool:
        datasets = [dataset for found in pool.map(_load_source, sources) for dataset in found]
    names = [dataset.full_name.lower() for dataset in datasets]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise DatasetError(f"{twice} is in more than one dataset: leave one of them out.")
    return datasets


def _load_source(source: Path) -> list[Dataset]:
    datasets: dict[str, Dataset] = {}
    extras: defaultdict[str, Payload] = defaultdict(dict)
    for document in reading.documents(source):
        if document.part not in reading.ITEM_FOLDERS:
            # a backup keeps notes of its own beside what GitHub lists
            if document.part in reading.EXTRAS or isinstance(document.content, list):
                extras[document.source][document.part] = _extra(document)
            continue
        item = _item_document(document)
        if document.source not in datasets:
            datasets[document.source] = Dataset(_name_in(item) or _name_of(document.source))
        try:
            datasets[document.source].put(item)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # somewhere inside a value has a type that GitHub never gives it
            raise _unreadable(document, f"is not as GitHub writes it ({error})") from None
    for folder in {*datasets, *extras} or {str(source)}:
        if folder not in datasets:
            datasets[folder] = Dataset(extras[folder].get("repository", {}).get("full_name") or _name_of(folder))
        _complete(datasets[folder], extras[folder], Path(folder) / reading.GIT_FOLDER)
    return list(datasets.values())


def _extra(document: reading.Document) -> Any:
    if not isinstance(document.content, reading.EXTRAS.get(document.part, list)):
        raise _unreadable(document, "does not hold what its name says")
    return document.content


def _unreadable(document: reading.Document, what: str) -> DatasetError:
    return DatasetError(f"{document.source}/{document.name} {what}: fetch the dataset again.")


def _complete(dataset: Dataset, extras: Payload, git_dir: Path) -> None:
    for name, value in extras.items():
        dataset.set_extra(name, value)
    if git_dir.is_dir():
        dataset.git_dir = git_dir.resolve()


def _item_document(document: reading.Document) -> Payload:
    """The item in a file: with its envelope, or a bare payload; the number is also in the file's name."""
    kind, content = document.part.removesuffix("s"), document.content
    if not isinstance(content, dict):
        raise _unreadable(document, "is not an issue or a pull request")
    payload = content.get("pull") or content.get("issue") or (content if "title" in content else None)
    number = PurePosixPath(document.name).stem
    if not isinstance(payload, dict) or not (isinstance(payload.get("number"), int) or number.isdecimal()):
        raise _unreadable(document, "holds no issue and no pull request")
    envelope = {} if payload is content else content
    return {
        "pull" if "pull" in envelope else kind: payload | {"number": payload.get("number") or int(number)},
        "events": envelope.get("events") or [],
        "comments": envelope.get("comments") or [],
    }


def check_servable(datasets: Iterable[Dataset]) -> None:
    """Raises DatasetError for a dataset that could be served, but that no collector could read."""
    for dataset in datasets:
        for item in dataset.items.values():
            issue = json.loads(item.issue)
            missing = next((key for key in _NEEDED if not issue.get(key)), None)
            if missing:
                raise DatasetError(
                    f"{dataset.full_name}#{item.number} has no {missing}, which GitHub gives with every item: this is "
                    "an old or another backup format that cannot be served; make the backup again."
                )


def _name_in(item: Payload) -> str | None:
    url = (item.get("pull") or item.get("issue") or {}).get("url") or ""
    parts = str(url).partition("/repos/")[2].split("/")
    return f"{parts[0]}/{parts[1]}" if len(parts) >= 2 else None


def _name_of(source: str) -> str:
    """OWNER/NAME from a file or folder called OWNER_NAME. Raises DatasetError."""
    owner, _, name = Path(source).name.partition(".tar")[0].partition("_")
    if not owner or not name:
        raise DatasetError(f"{source} does not say whose repository it is: call it OWNER_NAME or add repository.json.")
    return f"{owner}/{name}"
