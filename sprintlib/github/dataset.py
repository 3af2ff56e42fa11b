"""A dataset on disk straight into the store, without HTTP: what a complete collection of it would hold."""

import lzma
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Engine

from sprintlib.errors import DatasetError
from sprintlib.facts.batch import FactBatch, write_project, write_repository
from sprintlib.facts.rows import Origin, Payload
from sprintlib.github.endpoints import MILESTONES, OF_REPOSITORY, RUNS
from sprintlib.github.json_text import read_json

_FILES_A_PAGE = 100
_LISTS = {f"{kind.name}.json": kind.payload for kind in (MILESTONES, RUNS, *OF_REPOSITORY)}


def ingest_dataset(engine: Engine, path: Path, project: str, observed_at: datetime | None = None) -> list[str]:
    """Store a dataset as a complete collection at `observed_at` (default: now) would; returns OWNER/NAME of each.

    Its repositories join the project, so that several datasets can be ingested one after the other.

    path: a folder or .tar.xz with issues/N.json and pulls/N.json (see `sprint github-server`), or a folder of such
    folders. Milestones and the repository are taken from milestones.json and repository.json, else put together
    from what the items embed. Raises DatasetError where the dataset cannot be read or does not say whose it is.
    """
    observed_at = observed_at or datetime.now(UTC)
    repositories = [_Repository(part, observed_at).store(engine) for part in _parts(path)]
    with engine.begin() as connection:
        write_project(connection, project, [payload["id"] for payload in repositories], only=False)
    return [payload["full_name"] for payload in repositories]


def _parts(path: Path) -> list[Path]:
    if path.is_file() or any((path / name).exists() for name in ("issues", "pulls", "repository.json")):
        return [path]
    parts = [
        part
        for part in sorted(path.glob("**/"))
        if any((part / name).exists() for name in ("issues", "pulls", "repository.json"))
    ]
    if not parts:
        raise DatasetError(f"{path} is not a dataset: it holds no issues/ and no pulls/ folder.")
    return parts


class _Repository:
    def __init__(self, path: Path, observed_at: datetime) -> None:
        self.path = path
        self.observed_at = observed_at
        self.given: dict[str, Any] | None = None
        self.embedded: dict[str, Any] | None = None
        self.owes_milestones = True

    def store(self, engine: Engine) -> dict[str, Any]:
        """Write everything; returns the repository object."""
        page: list[tuple[str, Any]] = []
        for name, content in dataset_files(self.path):
            self._learn_repository(name, content)
            page.append((name, content))
            if len(page) >= _FILES_A_PAGE and (self.given or self.embedded):
                self._write(engine, page)
                page = []
        return self._write(engine, page)

    def _learn_repository(self, name: str, content: Any) -> None:
        if name == "repository.json":
            self.given = content
        elif name == "milestones.json":
            self.owes_milestones = False
        elif name.startswith("pulls/"):
            base = content["pull"]["base"].get("repo")
            newer = base and (not self.embedded or base["updated_at"] > self.embedded["updated_at"])
            self.embedded = base if newer else self.embedded

    def _write(self, engine: Engine, page: list[tuple[str, Any]]) -> dict[str, Any]:
        payload = self.given or self.embedded
        if payload is None:
            raise DatasetError(f"{self.path} does not say which repository it is of: no pull request names it.")
        try:
            origin = Origin(payload["id"], "dataset", self.observed_at)
            facts = FactBatch(origin)
            for name, content in page:
                self._add(facts, name, content)
            with engine.begin() as connection:
                write_repository(connection, payload, origin)
                facts.write(connection)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise DatasetError(f"The dataset {self.path} has a form that is not understood: {error!r}.") from error
        return payload

    def _add(self, facts: FactBatch, name: str, content: Any) -> None:
        if name in _LISTS:
            facts.add(_LISTS[name], content)
        elif name == "dependencies.json":
            for number, blockers in content.items():
                facts.blocked_by(int(number), blockers)
        elif name.startswith(("issues/", "pulls/")):
            kind = content["type"]
            item: Payload = content[kind]
            facts.add(kind, [item])
            facts.add("timeline", content.get("events") or (), number=item["number"])
            facts.add("review_comment", content.get("comments") or (), number=item["number"])
            if self.owes_milestones and item.get("milestone"):
                facts.add("embedded_milestone", [item["milestone"]])


def dataset_files(path: Path) -> Iterator[tuple[str, Any]]:
    """Name and parsed content of the files of one repository, its own lists first where it has them.

    Raises DatasetError where they cannot be read.
    """
    try:
        if path.is_dir():
            names = sorted(path.glob("*.json"), key=lambda file: file.name != "repository.json")
            for file in [*names, *sorted(path.glob("issues/*.json")), *sorted(path.glob("pulls/*.json"))]:
                yield file.relative_to(path).as_posix(), read_json(file.read_bytes())
            return
        with tarfile.open(path) as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                if content and member.name.endswith(".json"):
                    yield "/".join(PurePosixPath(member.name).parts[-2:]), read_json(content.read())
    except (OSError, EOFError, lzma.LZMAError, tarfile.TarError, ValueError) as error:
        raise DatasetError(f"The dataset {path} cannot be read: {error}.") from error
