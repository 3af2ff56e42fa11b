"""What came into a milestone and what left it after its start, by day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import polars as pl

from sprintlib.analysis.pipeline import select_context, sprint_contexts
from sprintlib.project import ProjectHandle


@dataclass(frozen=True)
class ScopeEntry:
    """One item that came in or went out. ref: `owner/name#number`."""

    at: datetime
    way: Literal["in", "out"]
    ref: str
    title: str
    html_url: str


def scope_log(project: ProjectHandle, as_of: datetime, milestone: str) -> tuple[ScopeEntry, ...]:
    """Every change of a milestone's scope after its start, the newest first; of parts, each after its own.

    milestone: key, title or number. Raises AnalysisError for one that did not exist then.
    """
    context = select_context(sprint_contexts(project.state(as_of), project.settings, milestone), as_of)
    found: list[ScopeEntry] = []
    for part in context.sprint.parts:
        if part.start is None:
            continue
        stays = context.sprint.past.memberships.filter(
            pl.col("repository_id") == part.repository_id, pl.col("milestone") == part.number
        )
        moves = [("in", row["repo"], row["number"], row["entered_at"]) for row in stays.iter_rows(named=True)]
        moves += [("out", row["repo"], row["number"], row["left_at"]) for row in stays.iter_rows(named=True)]
        for way, repo, number, at in moves:
            item = context.items.get(f"{repo}#{number}")
            if item is not None and at is not None and part.start <= at <= as_of:
                found.append(ScopeEntry(at, "in" if way == "in" else "out", item.ref, item.title, item.html_url))
    return tuple(sorted(found, key=lambda entry: (entry.at, entry.ref), reverse=True))
