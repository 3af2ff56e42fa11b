"""Which sprints are to be analysed again for what was touched: at once, or as soon as nothing else waits."""

from collections.abc import Iterable, Sequence

import polars as pl

from sprintlib.history import ProjectState, Sprint
from sprintlib.history.started_work import pulls_of
from sprintlib.history.touched import Touched


def affected(state: ProjectState, sprints: Sequence[Sprint], edges: pl.DataFrame, touched: Touched) -> list[Sprint]:
    """The sprints that what was touched is in, was in, blocks, waits for or carries; or whose repository it is about.

    All others are touched too, since a team's pace and its work in progress count for each of its sprints; but less.
    edges: who waits for whom (schema dependencies.EDGES).
    """
    refs = _refs(state, touched)
    linked = _linked(edges, refs)
    repositories = {*(key for _, key in touched.listed), *touched.commits, *_repositories_of(state, touched.runs)}
    return [sprint for sprint in sprints if _is_affected(state, sprint, touched, refs, linked, repositories)]


def _is_affected(
    state: ProjectState,
    sprint: Sprint,
    touched: Touched,
    refs: set[str],
    linked: set[str],
    repositories: set[int],
) -> bool:
    for part in sprint.parts:
        if part.repository_id in repositories or part.number in touched.milestones.get(part.repository_id, ()):
            return True
        inside = (pl.col("repository_id") == part.repository_id) & (pl.col("milestone") == part.number)
        members = set(state.memberships.filter(inside)["number"])
        if members & touched.items.get(part.repository_id, frozenset()):
            return True
    if linked & set(sprint.items["ref"]):
        return True
    return any(refs & set(pulls) for pulls in pulls_of(sprint).values())


def _refs(state: ProjectState, touched: Touched) -> set[str]:
    names: dict[int, str] = dict(state.repositories.select("repository_id", "repo").iter_rows())
    return {f"{names[key]}#{number}" for key, numbers in touched.items.items() for number in numbers if key in names}


def _linked(edges: pl.DataFrame, refs: Iterable[str]) -> set[str]:
    """What waits for these, or what they wait for."""
    known = sorted(refs)
    near = edges.filter(pl.col("waiting").is_in(known) | pl.col("blocker").is_in(known))
    return {*near["waiting"], *near["blocker"].drop_nulls()}


def _repositories_of(state: ProjectState, runs: frozenset[int]) -> set[int]:
    return set(state.runs.filter(pl.col("id").is_in(sorted(runs)))["repository_id"]) if runs else set()
