"""What a backup says of itself, and whether that is true of a store."""

import hashlib
from importlib.metadata import version
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import Connection, select

from sprintlib.analysis import Analysis
from sprintlib.errors import SprintError
from sprintlib.project import ProjectHandle
from sprintlib.services import analyze
from sprintlib.store import schema

_ROWS_AT_A_TIME = 5_000


class Contents(BaseModel):
    """What is in a store.

    rows: table -> how many. digests: table -> SHA-256 over its rows, in the order of their keys.
    """

    model_config = ConfigDict(frozen=True)

    rows: dict[str, int]
    digests: dict[str, str]

    def differences(self, other: "Contents") -> list[str]:
        """Names of the tables that hold other rows there, or are missing."""
        names = sorted(self.rows.keys() | other.rows.keys())
        return [name for name in names if self.digests.get(name) != other.digests.get(name)]


class BackupManifest(BaseModel):
    """The first file of a backup, `manifest.json`.

    made_at: the moment whose state it holds. version: of sprintlib. revision: of the store's schema. analysis: SHA-256
    of the analysis as of `made_at`; null where nothing could be analysed. files: name -> SHA-256 of what else is in it.
    """

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    version: str
    revision: str
    backend: Literal["sqlite", "postgresql"]
    project: str
    made_at: AwareDatetime
    contents: Contents
    analysis: str | None
    files: dict[str, str]


def installed_version() -> str:
    """The version of sprintlib that runs."""
    return version("sprintlib")


def contents_of(connection: Connection) -> Contents:
    """Count and digest every table of a store, a few thousand rows in memory at a time."""
    rows: dict[str, int] = {}
    digests: dict[str, str] = {}
    for table in schema.metadata.sorted_tables:
        digest, count = hashlib.sha256(), 0
        query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_ROWS_AT_A_TIME)
        for row in connection.execute(query):
            digest.update(repr(tuple(row)).encode(errors="surrogatepass"))
            count += 1
        rows[table.name], digests[table.name] = count, digest.hexdigest()
    return Contents(rows=rows, digests=digests)


def analysis_digest(project: ProjectHandle, manifest_moment: AwareDatetime) -> str | None:
    """SHA-256 of the analysis as of a moment, without how long it took; None where nothing can be analysed."""
    try:
        found = analyze(project, manifest_moment)
    except SprintError:
        return None
    return hashlib.sha256(_without_timings(found).encode()).hexdigest()


def _without_timings(found: Analysis) -> str:
    untimed = tuple(milestone.model_copy(update={"timings": {}}) for milestone in found.milestones)
    return found.model_copy(update={"timings": {}, "milestones": untimed}).model_dump_json()
