"""The forecast of one milestone under supposed changes, and what would reach a target.

`sprint whatif`, the pages, the API and notebooks all ask here.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import reduce
from typing import Any

from pydantic import BaseModel, ConfigDict

from sprintlib.analysis.pipeline import select_context, sprint_contexts
from sprintlib.errors import AnalysisError
from sprintlib.facts.names import called_today
from sprintlib.forecast import (
    Change,
    WhatIfForecasts,
    apply_change,
    forecast,
    gain,
    headline,
    probability_under,
    slowest_first,
)
from sprintlib.forecast import what_if as compare
from sprintlib.project import ProjectHandle
from sprintlib.recommend import (
    Feedback,
    Plan,
    candidates,
    cheapest,
    ended_by,
    freed_by,
    read_feedback,
    recommend,
    short_id,
    with_pull_requests,
)
from sprintlib.recommend.feedback import identifier_today
from sprintlib.results.analyses import recommended
from sprintlib.risks import SprintContext, find_risks, listed
from sprintlib.services.redaction import redacted

_REF = re.compile(r"(?:(?P<repo>[\w.-]+(?:/[\w.-]+)?)?#)?(?P<number>\d+)")


class WhatIfResult(BaseModel):
    """A what-if about one milestone. open_items: as it is, and under the change. plan: where a target was asked.

    gain: probability under the change minus the probability now, 0-1, as `expected_gain` of an action; null where one
    is missing. actions: ids of the recommendations that the change is of.
    """

    model_config = ConfigDict(frozen=True)

    as_of: datetime
    milestone: str
    due_on: date | None
    open_items: tuple[int, int]
    gain: float | None
    change: Change
    actions: tuple[str, ...] = ()
    found: WhatIfForecasts
    plan: Plan | None = None


def what_if(
    project: ProjectHandle,
    as_of: datetime,
    milestone: str | None = None,
    drop: Sequence[str] = (),
    unblock: Sequence[str] = (),
    review: Sequence[str] = (),
    due_on: date | None = None,
    people: int = 0,
    away_days: float = 0.0,
    target: float | None = None,
    actions: Sequence[str] = (),
) -> WhatIfResult:
    """The forecast of a milestone (default: the one due next) before and after the changes. Nothing is written.

    actions: ids of recommendations, long or short, whose changes are added; without a milestone that of the first.

    drop, unblock, review: items as `12`, `api#12` or `acme/api#12`; unblock takes the one that waits or the one waited
    for, review a pull request or the item it carries. due_on: new due date. people: who joins (negative: leaves).
    away_days: working days without one person. target: also search the cheapest actions that reach this probability
    under the changes.
    Raises AnalysisError for items that are not open in the milestone, a due date in the past, or when nothing has
    been collected.
    """
    project.permit("read")
    contexts = sprint_contexts(project.state(as_of), project.settings, milestone)
    context, advised = _advised(project, contexts, actions, as_of) if actions else (select_context(contexts, as_of), {})
    sprint, inputs = context.sprint, context.inputs
    if due_on is not None and due_on < sprint.calendar.local_date(as_of):
        raise AnalysisError(f"{due_on} is over: give --move-due a day from {sprint.calendar.local_date(as_of)} on.")
    change = _change(context, drop, unblock, review, due_on=due_on, people=people, away_days=away_days)
    change = reduce(Change.and_also, advised.values(), change)
    plan = None
    if target is not None and inputs.basis != "insufficient-data":
        plan = cheapest(context, apply_change(inputs, change), find_risks(context), target)
    left = sprint.open_items["ref"].to_list()
    found = compare(inputs, change)
    result = WhatIfResult(
        as_of=as_of,
        milestone=sprint.title,
        due_on=sprint.due_on,
        open_items=(len(left), len(set(left) - set(change.drop))),
        gain=found.gain,
        change=change,
        actions=tuple(advised),
        found=found,
        plan=plan,
    )
    return redacted(project, result)


def gains_if_out(project: ProjectHandle, as_of: datetime, milestone: str, most: int = 20) -> dict[str, float]:
    """How much each of the items least likely to be done in time holds the milestone back, by ref.

    It is what `what_if` says of taking the item out with the pull requests that carry it: probability after minus
    before, 0-1. most: of how many items. Empty where there is no probability. Raises AnalysisError as `what_if`.
    """
    context = select_context(sprint_contexts(project.state(as_of), project.settings, milestone), as_of)
    before = headline(context.inputs).probability
    found = {}
    for ref in slowest_first(context.inputs)[:most] if before is not None else ():
        change = Change(drop=with_pull_requests(context, [ref]))
        brought = gain(before, probability_under(context.inputs, change))
        if brought is not None:
            found[ref] = brought
    return found


def can_change(project: ProjectHandle, as_of: datetime, milestone: str) -> tuple[frozenset[str], frozenset[str]]:
    """Open items of a milestone that wait for something, and those under review. Raises AnalysisError as `what_if`."""
    context = select_context(sprint_contexts(project.state(as_of), project.settings, milestone), as_of)
    waiting = frozenset(one.item for one in context.blocked_items)
    return waiting, frozenset(ref for ref, pulls in context.pulls_of.items() if pulls)


def last_recommended(project: ProjectHandle, name: str) -> datetime | None:
    """The newest moment as of which a stored analysis recommends this, by its long or short id; None for none."""
    moments = [as_of for as_of, known in recommended(project.engine, project.name) if name in (known, short_id(known))]
    return max(moments, default=None)


def _advised(
    project: ProjectHandle, contexts: Sequence[SprintContext], names: Sequence[str], as_of: datetime
) -> tuple[SprintContext, dict[str, Change]]:
    """The sprint for which all of these are recommended, and what each changes. Raises AnalysisError for none."""
    said = read_feedback(project.engine, project.name, as_of)
    stored = {short_id(known): known for _, known in recommended(project.engine, project.name)}
    former = project.state(as_of).holdings.former_names
    meant = [(name, identifier_today(stored.get(name, name), former)) for name in names]
    for context in contexts:
        known = _recommendable(context, said)
        found = [next((one for one in known if one == today or short_id(one) == name), None) for name, today in meant]
        if all(found):
            return context, {one: _weighable(one, known[one]) for one in found if one}
    raise AnalysisError(f"{listed(names)} was not recommended then: 'sprint feedback' shows what is.")


def _recommendable(context: SprintContext, said: Sequence[Feedback]) -> dict[str, Change | None]:
    """What could be recommended for a sprint, shown or not, by id."""
    risks = find_risks(context)
    advice = recommend(context, context.inputs, forecast(context.inputs), risks, said).recommendations
    return {one.id: one.change for one in candidates(context, risks)} | {one.id: one.change for one in advice}


def _weighable(name: str, change: Change | None) -> Change:
    if change is None:
        raise AnalysisError(f"'{name}' changes nothing that the forecast looks at: its gain is unknown.")
    return change


def _change(
    context: SprintContext, drop: Sequence[str], unblock: Sequence[str], review: Sequence[str], **more: Any
) -> Change:
    inside = list(context.pulls_of)
    waiting = [ref for one in context.blocked_items for ref in (one.item, one.blocker) if ref]
    reviewed = [ref for item, pulls in context.pulls_of.items() if pulls for ref in (item, *pulls)]
    return Change(
        drop=with_pull_requests(context, [_named(name, inside, "is not open in", context) for name in drop]),
        unblock=_all(_freed(context, _named(name, waiting, "blocks nothing in", context)) for name in unblock),
        review=_all(_ended(context, _named(name, reviewed, "is not under review in", context)) for name in review),
        **more,
    )


def _named(name: str, refs: Sequence[str], problem: str, context: SprintContext) -> str:
    """The one of these refs that is meant by `12`, `api#12` or `acme/api#12`."""
    match = _REF.fullmatch(called_today(name.strip(), context.sprint.past.holdings.former_names))
    found = {ref for ref in refs if match and _fits(ref, match["repo"], match["number"])}
    if len(found) > 1:
        raise AnalysisError(f"'{name}' can be {listed(sorted(found))}: write the repository too.")
    if not found:
        known = f"choose from {listed(sorted(set(refs)), 8)}" if refs else "there is none to choose from"
        raise AnalysisError(f"'{name}' {problem} '{context.sprint.title}': {known}.")
    return found.pop()


def _fits(ref: str, repo: str | None, number: str) -> bool:
    whole_name, _, own_number = ref.partition("#")
    return own_number == number and (repo is None or repo.lower() in (whole_name.lower(), _short(whole_name)))


def _short(repo: str) -> str:
    return repo.rpartition("/")[2].lower()


def _freed(context: SprintContext, ref: str) -> tuple[str, ...]:
    """The item itself where it waits, else those that wait for it alone."""
    if any(one.item == ref for one in context.blocked_items):
        return (ref,)
    freed = freed_by(context, ref)
    if not freed:
        raise AnalysisError(f"What waits for {ref} waits for something else too: unblock the waiting item instead.")
    return freed


def _ended(context: SprintContext, ref: str) -> tuple[str, ...]:
    """What ends with a pull request, or an item with the pull requests that carry it."""
    if ref in context.pulls_of and context.pulls_of[ref] != [ref]:
        return (ref, *(pull for pull in context.pulls_of[ref] if pull in context.pulls_of and pull != ref))
    return ended_by(context, ref)


def _all(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ref for group in groups for ref in group))
