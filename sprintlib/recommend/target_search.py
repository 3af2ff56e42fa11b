"""The cheapest up to three actions that reach a probability: every combination is tried, cheapest first."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, reduce
from itertools import combinations
from math import ceil

from sprintlib.forecast import (
    Change,
    ForecastInputs,
    clamp,
    count,
    day_name,
    gain,
    headline,
    percent,
    probability_in_time,
    probability_under,
    slowest_first,
    whole_points,
    work_under,
    working_days,
)
from sprintlib.recommend.candidates import Candidate, candidates, with_pull_requests
from sprintlib.recommend.effort import effort
from sprintlib.recommend.model import Alternative, Plan, PlannedAction
from sprintlib.recommend.scope_cuts import MOST_ITEMS, can_leave, cut
from sprintlib.risks import Risk, SprintContext, listed

MOST_ACTIONS = 3
_MOST_OTHERS = 6  # candidates looked at beside taking items out; the rest is left out, least gain first
_LONGEST_DELAY = 364  # days


@dataclass(frozen=True)
class Action:
    """A candidate with what it brings alone (0-1, None where the model cannot say) and what it costs."""

    candidate: Candidate
    gain: float | None
    effort: float

    @property
    def shows(self) -> bool:
        """Whether it brings anything that can be seen."""
        return self.gain is not None and whole_points(self.gain) > 0


Weight = Callable[[Action], float]
_Set = tuple[Action, ...]


def weighed(inputs: ForecastInputs, found: Sequence[Candidate], before: float | None) -> list[Action]:
    """Each candidate with its gain; before: the probability now."""
    return [
        Action(
            one,
            None if before is None or one.change is None else gain(before, probability_under(inputs, one.change)),
            effort(one),
        )
        for one in found
    ]


def cheapest(context: SprintContext, inputs: ForecastInputs, risks: Sequence[Risk], target: float) -> Plan | None:
    """The cheapest combination of at most three actions with at least this probability; no actions where it has it.

    None where there is no deadline. Equal costs: the one that gains more.
    """
    before = headline(inputs).probability
    if before is None or probability_in_time(inputs.work) is None:
        return None
    actions = weighed(inputs, candidates(context, risks), before)
    return Search(context, inputs, before, target).plan(actions)


@dataclass(frozen=True)
class Search:
    """The search from one forecast. before: its probability. kept: items that are not to be taken out.

    weight: what an action counts for in the order of costs; default: its effort.
    """

    context: SprintContext
    inputs: ForecastInputs
    before: float
    target: float
    kept: Collection[str] = ()
    weight: Weight = lambda action: action.effort
    _known: dict[tuple[str, ...], Action] = field(default_factory=dict, repr=False)

    def plan(self, actions: Sequence[Action]) -> Plan:
        """The plan from these actions and from taking items out."""
        chosen = self._found(actions) if self.before < self.target else ()
        together = reduce(Change.and_also, (_change(action) for action in chosen), Change())
        probability = (probability_under(self.inputs, together) if chosen else None) or self.before
        reached = probability >= self.target
        others = () if reached else tuple(self._alternatives())
        return Plan(
            target=self.target,
            reached=reached,
            probability=probability,
            cost=sum(action.effort for action in chosen),
            actions=tuple(_planned(action) for action in chosen),
            alternatives=others,
            statement=_statement(self.target, probability, chosen, others, overdue=self.inputs.sprint.overdue),
        )

    def _found(self, actions: Sequence[Action]) -> _Set:
        useful = sorted((one for one in actions if one.shows), key=lambda one: -(one.gain or 0.0))[:_MOST_OTHERS]
        best: tuple[int, float, _Set] = (0, 0.0, ())
        reached: tuple[float, float, _Set] | None = None
        for cost, chosen in self._combinations(useful):
            if reached and cost > reached[0]:
                break
            change = reduce(Change.and_also, (_change(action) for action in chosen), Change())
            after = clamp(probability_in_time(work_under(self.inputs.work, change)) or 0.0)
            best = max(best, (whole_points(after), -cost, chosen), key=lambda found: found[:2])
            if after >= self.target and (reached is None or after > reached[1]):
                reached = cost, after, chosen
        chosen = reached[2] if reached else best[2]
        return tuple(sorted(chosen, key=lambda one: -(one.gain or 0.0) / self.weight(one)))

    def _combinations(self, useful: Sequence[Action]) -> Iterator[tuple[float, _Set]]:
        """One to three actions about different items, taking items out being one of them, cheapest first."""
        found: list[_Set] = []
        for number in range(MOST_ACTIONS + 1):
            for chosen in combinations(useful, number):
                if not _apart(chosen):
                    continue
                found.append(chosen)
                if number < MOST_ACTIONS:
                    touched = {ref for action in chosen for ref in action.candidate.touches}
                    found += [(*chosen, action) for action in self._cuts(touched)]
        yield from sorted(
            ((sum(map(self.weight, chosen)), chosen) for chosen in found if chosen), key=lambda one: one[0]
        )

    def _cuts(self, touched: set[str]) -> Iterator[Action]:
        """Taking out one item, two, and so on up to half of them, none that another action is about."""
        most = min(MOST_ITEMS, ceil(len(self.inputs.work.pieces) / 2))
        left = [ref for ref in self._can_leave if not touched & {ref, *self.context.pulls_of[ref]}]
        for number in range(1, min(most, len(left)) + 1):
            action = self._cut(tuple(left[:number]))
            if action.shows:
                yield action

    def _cut(self, refs: tuple[str, ...]) -> Action:
        if refs not in self._known:
            (self._known[refs],) = weighed(
                self.inputs, [cut(self.context, refs, self.inputs.sprint.additions)], self.before
            )
        return self._known[refs]

    @cached_property
    def _can_leave(self) -> list[str]:
        return [ref for ref in can_leave(self.context, self.inputs) if ref not in self.kept]

    def _alternatives(self) -> Iterator[Alternative]:
        """The first due date, and the fewest items to take out, that reach the target."""
        sprint = self.inputs.sprint
        if sprint.due_on is not None:
            last = max(sprint.due_on, sprint.calendar.local_date(sprint.past.as_of) - timedelta(days=1))
            days = range(1, _LONGEST_DELAY + 1)
            found = self._first([Change(due_on=last + timedelta(days=later)) for later in days])
            if found and found[0].due_on:
                yield _alternative(f"a due date of {day_name(found[0].due_on)}", *found, self.before)
        if sprint.overdue:
            return
        leaving = [*self._can_leave, *(ref for ref in slowest_first(self.inputs) if ref not in self._can_leave)]
        inside = [ref for ref in leaving if ref in self.context.pulls_of and ref in self.inputs.work.pieces]
        cuts = [Change(drop=with_pull_requests(self.context, inside[:number])) for number in range(1, len(inside))]
        found = self._first(cuts)
        if found:
            number = cuts.index(found[0]) + 1
            words = f"taking out {count(number, 'item')} ({listed(inside[:number], 4)})"
            yield _alternative(words, *found, self.before)

    def _first(self, changes: Sequence[Change]) -> tuple[Change, float] | None:
        """The first of these that reaches the target, with its probability; each helps more than the one before."""
        low, high = 0, len(changes)
        probabilities: dict[int, float] = {}
        while low < high:
            middle = (low + high) // 2
            probabilities[middle] = probability_under(self.inputs, changes[middle]) or 0.0
            if probabilities[middle] >= self.target:
                high = middle
            else:
                low = middle + 1
        return (changes[low], probabilities[low]) if low < len(changes) else None


def _apart(actions: Sequence[Action]) -> bool:
    """Whether no item occurs in two of them."""
    touched = [ref for action in actions for ref in action.candidate.touches]
    return len(touched) == len(set(touched))


def _change(action: Action) -> Change:
    return action.candidate.change or Change()


def _planned(action: Action) -> PlannedAction:
    return PlannedAction(
        id=action.candidate.id,
        action=action.candidate.action,
        items=action.candidate.items,
        actor=action.candidate.actor,
        cost=action.effort,
        change=_change(action),
        expected_gain=action.gain or 0.0,
    )


def _alternative(words: str, change: Change, probability: float, before: float) -> Alternative:
    return Alternative(
        words=words, change=change, probability=probability, expected_gain=gain(before, probability) or 0.0
    )


def _statement(
    target: float,
    probability: float,
    chosen: Sequence[Action],
    alternatives: Sequence[Alternative],
    *,
    overdue: bool,
) -> str:
    """How far the actions get, and what would get there where they do not."""
    aim, now = percent(target), percent(probability)
    cost = working_days(sum(action.effort for action in chosen))
    first = "The first action brings" if len(chosen) == 1 else f"The first {len(chosen)} actions together bring"
    if probability >= target:
        alone = f"It stands at {now}, and the target is {aim}."
        return f"{first} it to {now} (target {aim}), for about {cost} of effort." if chosen else alone
    would = " or ".join(f"{one.words} ({percent(one.probability)})" for one in alternatives)
    beyond = f"{would[0].upper()}{would[1:]} would." if would else "No due date within a year would reach it either."
    if overdue:
        return f"The deadline has passed, so no action reaches {aim}. {beyond}"
    nearest = f"{first} it to {now}, for about {cost} of effort." if chosen else "Nothing found moves it by a point."
    return f"Nothing found reaches {aim} today. {nearest} {beyond}"
