"""From files of GH Archive to facts: files are read side by side, and written one after the other in their order."""

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Engine

from sprintlib.archive.events import EventPart, parts_of, repository_of
from sprintlib.archive.scanning import FileScan, Wanted, scan_file
from sprintlib.archive.summary import ArchiveSummary, BadLine, FileSummary
from sprintlib.errors import CollectError
from sprintlib.facts.batch import (
    NOT_UNDERSTOOD,
    FactBatch,
    add_repository,
    why_not_understood,
    write_project,
)
from sprintlib.facts.rows import ARCHIVE, Origin, Payload
from sprintlib.github.cursors import find_id
from sprintlib.github.json_text import read_json
from sprintlib.github.progress import OnProgress, silent
from sprintlib.parallel import in_order, open_executor
from sprintlib.settings import ProjectSettings

# a file by its name, and how to open it; None where the archive does not have it
Source = tuple[str, Callable[[], AbstractContextManager[Path | None]]]


def collect(
    engine: Engine,
    settings: ProjectSettings,
    repositories: Sequence[str],
    sources: Sequence[Source],
    progress: OnProgress | None = None,
    scheduler: str | None = None,
) -> ArchiveSummary:
    """Store what these files tell about these repositories (OWNER/NAME); those that the settings name join the project.

    Files are opened and read side by side, and their facts stored one by one in the order of `sources`: whatever stops
    it, what was stored is kept, and reading a file again changes nothing. scheduler: as of `open_executor`; by default
    threads of this process. Raises CollectError where one cannot be read.
    """
    began = time.monotonic()
    report = progress or silent
    writer = _Writer(engine, settings.name, repositories, settings.repositories)
    with open_executor(scheduler, "threads") as executor:
        wanted = writer.wanted()
        scans = in_order(executor, _scanned, [(name, opened, wanted) for name, opened in sources])
        for done, ((name, _), scan) in enumerate(zip(sources, scans, strict=True), start=1):
            writer.write(name, scan)
            report("files of GH Archive", done, len(sources))
    writer.summary.seconds = time.monotonic() - began
    return writer.summary


def _scanned(name: str, opened: Callable[[], AbstractContextManager[Path | None]], wanted: Wanted) -> FileScan | None:
    try:
        with opened() as path:
            return scan_file(path, wanted) if path else None
    except OSError as error:
        raise CollectError(
            f"{name} cannot be read ({error.strerror or error}): what came before it is kept."
        ) from error


class _Writer:
    """Stores scans file by file, and counts. summary: what it came to so far."""

    def __init__(self, engine: Engine, project: str, repositories: Sequence[str], planned: Collection[str]) -> None:
        self._engine = engine
        self._project = project
        self._planned = {name.lower() for name in planned}
        self.summary = ArchiveSummary()
        with engine.connect() as connection:
            self._ids = {name.lower(): find_id(connection, name) for name in repositories}

    def wanted(self) -> Wanted:
        """The repositories, by what their names mean to the store now."""
        known = {key for key in self._ids.values() if key is not None}
        new = {name for name, key in self._ids.items() if key is None}
        return Wanted(frozenset(known), frozenset(self._ids), frozenset(new))

    def write(self, name: str, scan: FileScan | None) -> None:
        """Store the facts of one file in one transaction."""
        if scan is None:
            self.summary.missing.append(name)
            return
        bad = list(scan.bad)
        batches: dict[int, FactBatch] = {}
        kept = 0
        for number, line in scan.lines:
            try:
                kept += self._add(batches, read_json(line))
            except NOT_UNDERSTOOD as error:
                bad.append(BadLine(name, number, why_not_understood(error)))
        with self._engine.begin() as connection:
            for batch in batches.values():
                batch.write(connection)
        others = scan.events - len(scan.bad) - len(scan.lines)
        self.summary.files.append(FileSummary(name, scan.events, kept, len(bad), others, scan.error))
        self.summary.eras += scan.eras
        self.summary.bad_lines += sorted(bad, key=lambda line: line.number)

    def _add(self, batches: dict[int, FactBatch], event: Payload) -> bool:
        """Add the facts of an event to the batch of its repository; returns whether there were any."""
        parts = list(parts_of(event))
        if not parts:
            self.summary.without_facts[str(event["type"])] += 1
            return False
        key = self._repository(event, parts[0])
        told = FactBatch(Origin(key, ARCHIVE, parts[0].told_at))
        for part in parts:
            told.origin = Origin(key, ARCHIVE, part.told_at)
            told.add(part.kind, [part.payload], part.number)
        batches.setdefault(key, FactBatch(told.origin)).merge(told)
        return True

    def _repository(self, event: Payload, part: EventPart) -> int:
        """The id of the repository, which is stored where nobody knew it. Raises ValueError for another one."""
        key, name = repository_of(event)
        known = self._ids.get((name or "").lower())
        if key is None or key == known or key in self._ids.values():
            return key or known or 0
        if known is not None or name is None:
            raise ValueError(f"{name} is another repository than the one stored under that name")
        with self._engine.begin() as connection:
            add_repository(connection, key, name, Origin(key, ARCHIVE, part.told_at))
            if name.lower() in self._planned:
                write_project(connection, self._project, [key], only=False)
        self._ids[name.lower()] = key
        return key
