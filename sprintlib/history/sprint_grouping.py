"""Which milestones of several repositories are one sprint.

The rule: the same title in different repositories, but for capitals, spaces and a `v` before a version; open at a
time that both share; and, where both have a due date, due within a month of each other. Two milestones of one
repository are never one sprint. `[milestones."TITLE"] parts` in sprint.toml decides instead.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

MOST_DAYS_APART = 31  # between the due dates of two parts
_VERSION = re.compile(r"^v(?=\d)")
_FOREVER = datetime.max.replace(tzinfo=UTC)

Row = dict[str, Any]


def same_name(title: str) -> str:
    """A title as it is compared: `v2.4  Checkout` and `2.4 checkout` are one, `1.2` and `1.20` are two."""
    return _VERSION.sub("", " ".join(title.split()).casefold())


def group_milestones(milestones: pl.DataFrame, parts: Mapping[str, Sequence[str]] | None = None) -> list[list[Row]]:
    """Rows of `milestones` (schema history.state.MILESTONES) by sprint, the oldest milestone of each first.

    parts: title of a sprint -> its milestones as `owner/name#number`, where sprint.toml says so; what is named there
    is in no other sprint.
    """
    rows = sorted(milestones.to_dicts(), key=lambda row: (row["created_at"], row["repository_id"], row["number"]))
    chosen = {name.lower(): title for title, names in (parts or {}).items() for name in names}
    groups: dict[str, list[list[Row]]] = {}
    named: dict[str, list[Row]] = {}
    for row in rows:
        title = chosen.get(f"{row['repo']}#{row['number']}".lower())
        if title is not None:
            named.setdefault(title, []).append(row)
            continue
        alike = groups.setdefault(same_name(row["title"]), [])
        fitting = [group for group in alike if all(_one_sprint(row, other) for other in group)]
        if fitting:
            min(fitting, key=lambda group: _days_apart(row, group[0])).append(row)
        else:
            alike.append([row])
    return [*named.values(), *(group for alike in groups.values() for group in alike)]


def _one_sprint(one: Row, other: Row) -> bool:
    if one["repository_id"] == other["repository_id"]:
        return False
    overlap = one["created_at"] <= _end(other) and other["created_at"] <= _end(one)
    return overlap and _days_apart(one, other) <= MOST_DAYS_APART


def _end(row: Row) -> datetime:
    end: datetime = row["closed_at"] or _FOREVER
    return end


def _days_apart(one: Row, other: Row) -> int:
    """Days between the due dates; 0 where one has none."""
    return abs((one["due_on"] - other["due_on"]).days) if one["due_on"] and other["due_on"] else 0
