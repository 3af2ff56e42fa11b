"""The first days of sprints that sprint.toml gives, by the milestones that they are about."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from sprintlib.history.sprint_grouping import same_name
from sprintlib.settings import Settings

_Key = tuple[int, int]  # repository_id, milestone number
_Called = tuple[int, int, str]  # and a title of it
_COLUMNS = ("repository_id", "number", "title")


class FirstDays(NamedTuple):
    """found: (repository_id, milestone number) -> first day. unknown: titles that no milestone ever had, sorted."""

    found: dict[_Key, date]
    unknown: tuple[str, ...]


def first_days(
    settings: Settings,
    parts: Mapping[str, Sequence[str]],
    milestones: pl.DataFrame,
    titles: pl.DataFrame,
    memberships: pl.DataFrame,
) -> FirstDays:
    """`start` of each milestone that a section of sprint.toml is about.

    These are its `parts`; else, in each repository, the newest milestone of that title, and only where none has it
    today, of one that had it. parts: as in `ProjectState.sprint_parts`. milestones: newest payloads; titles: sightings;
    memberships: schema MEMBERSHIPS of all times, as who a title belonged to is identity.
    """
    today = list(milestones.select(_COLUMNS).iter_rows())
    events = memberships.select("repository_id", number="milestone", title="milestone_title").drop_nulls()
    earlier = [*titles.select(_COLUMNS).iter_rows(), *events.iter_rows()]
    numbered = {f"{repo}#{number}".lower(): (key, number) for key, repo, number in _numbered(milestones)}
    found: dict[_Key, date] = {}
    unknown = []
    for title, known in settings.milestones.items():
        named = [numbered[part.lower()] for part in parts.get(title, ()) if part.lower() in numbered]
        meant = named if known.parts else _newest(title, today) or _newest(title, earlier)
        if not meant and not known.parts:
            unknown.append(title)
        if known.start:
            found |= dict.fromkeys(meant, known.start)
    return FirstDays(found, tuple(sorted(unknown)))


def _newest(title: str, called: Iterable[_Called]) -> list[_Key]:
    """The milestone of each repository with the highest number among those called so."""
    newest: dict[int, int] = {}
    for repository_id, number, name in called:
        if same_name(name) == same_name(title):
            newest[repository_id] = max(newest.get(repository_id, number), number)
    return list(newest.items())


def _numbered(milestones: pl.DataFrame) -> Iterable[tuple[int, str, int]]:
    return milestones.select("repository_id", "repo", "number").iter_rows()
