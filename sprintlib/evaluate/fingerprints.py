"""Which rows a model was fitted on, without keeping the rows: a short hash each."""

from hashlib import sha256

import polars as pl

_LENGTH = 10  # hexadecimal digits: a chance match among 1,500 known and 10,000 new rows has odds of 1 in 70,000
_IDENTITY = ("team", "sprint", "time", "days", "items_at_start", "items_todo", "work_todo", "delivered")


def fingerprints(sprints: pl.DataFrame) -> set[str]:
    """One short hash for each row of SPRINT_SCHEMA; the organisation's name, which a file may change, is left out."""
    rows = sprints.select(_IDENTITY).iter_rows()
    return {sha256(repr(row).encode()).hexdigest()[:_LENGTH] for row in rows}
