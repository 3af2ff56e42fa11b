"""`sprint whatif`: the forecast of one milestone under supposed changes, and what would reach a target."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine

from sprintlib.analysis.analyzing import find_situations, observe
from sprintlib.errors import AnalysisError
from sprintlib.forecast import Change, WhatIf, supposed
from sprintlib.forecast import what_if as compare
from sprintlib.history import load_past
from sprintlib.recommend import Plan, cheapest, ended_by, freed_by, whole
from sprintlib.risks import Situation, find_risks, listed
from sprintlib.settings import Settings

_REF = re.compile(r"(?:(?P<repo>[\w.-]+(?:/[\w.-]+)?)?#)?(?P<number>\d+)")


class Supposition(BaseModel):
    """A what-if about one milestone. open_items: as it is, and under the change. plan: where a target was asked."""

    model_config = ConfigDict(frozen=True)

    as_of: datetime
    milestone: str
    due_on: date | None
    open_items: tuple[int, int]
    found: WhatIf
    plan: Plan | None = None


def what_if(
    engine: Engine,
    settings: Settings,
    as_of: datetime,
    milestone: str | None = None,
    drop: Sequence[str] = (),
    unblock: Sequence[str] = (),
    review: Sequence[str] = (),
    due_on: date | None = None,
    people: int = 0,
    away_days: float = 0.0,
    target: float | None = None,
) -> Supposition:
    """The forecast of a milestone (default: the one due next) before and after the changes. Nothing is written.

    drop, unblock, review: items as `12`, `api#12` or `acme/api#12`; unblock takes the one that waits or the one waited
    for, review a pull request or the item it carries. due_on: new due date. people: who joins (negative: leaves).
    away_days: working days without one person. target: also search the cheapest actions that reach this probability
    under the changes.
    Raises AnalysisError for items that are not open in the milestone, a due date in the past, or when nothing has
    been collected.
    """
    past = load_past(engine, settings, as_of)
    if past.repositories.is_empty():
        raise AnalysisError("Nothing has been collected yet: run 'sprint sync' first.")
    situations = find_situations(past, settings, milestone)
    if not situations:
        raise AnalysisError("No milestone was open then: name one with --milestone.")
    situation = situations[0]
    sprint, outlook = situation.sprint, observe(situation)
    if due_on is not None and due_on < sprint.calendar.local_date(as_of):
        raise AnalysisError(f"{due_on} is over: give --move-due a day from {sprint.calendar.local_date(as_of)} on.")
    change = _change(situation, drop, unblock, review, due_on=due_on, people=people, away_days=away_days)
    plan = None
    if target is not None and outlook.basis != "insufficient-data":
        plan = cheapest(situation, supposed(outlook, change), find_risks(situation), target)
    left = sprint.open_items["ref"].to_list()
    return Supposition(
        as_of=as_of,
        milestone=sprint.title,
        due_on=sprint.due_on,
        open_items=(len(left), len(set(left) - set(change.drop))),
        found=compare(outlook, change),
        plan=plan,
    )


def _change(
    situation: Situation, drop: Sequence[str], unblock: Sequence[str], review: Sequence[str], **more: Any
) -> Change:
    inside = list(situation.pulls_of)
    waiting = [ref for one in situation.blockades for ref in (one.item, one.blocker) if ref]
    reviewed = [ref for item, pulls in situation.pulls_of.items() if pulls for ref in (item, *pulls)]
    return Change(
        drop=whole(situation, [_named(name, inside, "is not open in", situation) for name in drop]),
        unblock=_all(_freed(situation, _named(name, waiting, "blocks nothing in", situation)) for name in unblock),
        review=_all(_ended(situation, _named(name, reviewed, "is not under review in", situation)) for name in review),
        **more,
    )


def _named(name: str, refs: Sequence[str], problem: str, situation: Situation) -> str:
    """The one of these refs that is meant by `12`, `api#12` or `acme/api#12`."""
    match = _REF.fullmatch(name.strip())
    found = {ref for ref in refs if match and _fits(ref, match["repo"], match["number"])}
    if len(found) > 1:
        raise AnalysisError(f"'{name}' can be {listed(sorted(found))}: write the repository too.")
    if not found:
        known = f"choose from {listed(sorted(set(refs)), 8)}" if refs else "there is none to choose from"
        raise AnalysisError(f"'{name}' {problem} '{situation.sprint.title}': {known}.")
    return found.pop()


def _fits(ref: str, repo: str | None, number: str) -> bool:
    whole_name, _, own_number = ref.partition("#")
    return own_number == number and (repo is None or repo.lower() in (whole_name.lower(), _short(whole_name)))


def _short(repo: str) -> str:
    return repo.rpartition("/")[2].lower()


def _freed(situation: Situation, ref: str) -> tuple[str, ...]:
    """The item itself where it waits, else those that wait for it alone."""
    if any(one.item == ref for one in situation.blockades):
        return (ref,)
    freed = freed_by(situation, ref)
    if not freed:
        raise AnalysisError(f"What waits for {ref} waits for something else too: unblock the waiting item instead.")
    return freed


def _ended(situation: Situation, ref: str) -> tuple[str, ...]:
    """What ends with a pull request, or an item with the pull requests that carry it."""
    if ref in situation.pulls_of and situation.pulls_of[ref] != [ref]:
        return (ref, *(pull for pull in situation.pulls_of[ref] if pull in situation.pulls_of and pull != ref))
    return ended_by(situation, ref)


def _all(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ref for group in groups for ref in group))
