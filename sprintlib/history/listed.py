"""Things of a repository that belong to no item, as frames: what GitHub lists by id, and had not lost by the moment."""

from dataclasses import dataclass

import polars as pl
from polars._typing import PolarsDataType
from sqlalchemy import Table

from sprintlib.store import schema
from sprintlib.store.frames import UTC_DATETIME


@dataclass(frozen=True)
class ListedFrame:
    """How the rows of a table of such things become a frame.

    columns: of the frame, which has `repo` and `url` (from html_url) beside those of the table. at: the column by which
    a thing is there; the rows are in its order, those of one time by `then`.
    """

    table: Table
    columns: pl.Schema
    at: str
    then: str


_RELEASE: dict[str, PolarsDataType] = {
    "repository_id": pl.Int64,
    "repo": pl.String,
    "tag": pl.String,
    "url": pl.String,
    "prerelease": pl.Boolean,
    "published_at": UTC_DATETIME,
}
RELEASES = pl.Schema(_RELEASE)
LISTED: tuple[ListedFrame, ...] = (
    # a line for each kind
    ListedFrame(schema.listed.release, RELEASES, at="published_at", then="tag"),
)


def no_listed() -> dict[str, pl.DataFrame]:
    """Frames without rows, by the name of the table."""
    return {one.table.name: pl.DataFrame(schema=one.columns) for one in LISTED}
