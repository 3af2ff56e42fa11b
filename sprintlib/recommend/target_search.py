"""The cheapest up to three actions that reach a probability: every combination is tried, cheapest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from pydantic import BaseModel, ConfigDict

from sprintlib.forecast import ForecastInputs, Workload, clamp, count, probability_in_time
from sprintlib.recommend.candidates import Candidate, candidates, least_begun, with_pull_requests
from sprintlib.recommend.effort import COSTS, DROP_COST
from sprintlib.risks import Risk, SprintContext, listed

MOST_ACTIONS = 3
_MOST_OTHERS = 8  # candidates looked at beside dropping; the rest is left out, least gain first
_MOST_DROPPED = 8


class PlannedAction(BaseModel):
    """One of the actions. items: what it is about. actor: login of who can act next. cost: in working days."""

    model_config = ConfigDict(frozen=True)

    action: str
    items: tuple[str, ...]
    actor: str | None
    cost: float


class Plan(BaseModel):
    """reached: whether the target is; if not, the actions that come nearest. probability: under all of them."""

    model_config = ConfigDict(frozen=True)

    target: float
    reached: bool
    probability: float
    cost: float
    actions: tuple[PlannedAction, ...]


@dataclass(frozen=True)
class _Option:
    action: Candidate
    cost: float


def cheapest(context: SprintContext, inputs: ForecastInputs, risks: Sequence[Risk], target: float) -> Plan | None:
    """The cheapest combination of at most three actions with at least this probability; no actions where it has it.

    None where there is no deadline. Equal costs: the one that gains more.
    """
    now = probability_in_time(inputs.work)
    if now is None:
        return None
    best: tuple[float, tuple[_Option, ...]] = (now, ())
    reached: tuple[float, float, tuple[_Option, ...]] | None = None
    for cost, chosen in _combinations(_options(context, inputs, risks)):
        if reached and cost > reached[0]:
            break
        after = probability_in_time(_under(inputs.work, chosen)) or 0.0
        best = max(best, (after, chosen), key=lambda found: found[0])
        if clamp(after) >= target and (reached is None or after > reached[1]):
            reached = cost, after, chosen
    probability, actions = (reached[1], reached[2]) if reached else best
    return Plan(
        target=target,
        reached=reached is not None,
        probability=clamp(probability),
        cost=sum(option.cost for option in actions),
        actions=tuple(
            PlannedAction(
                action=option.action.action, items=option.action.items, actor=option.action.actor, cost=option.cost
            )
            for option in actions
        ),
    )


def _under(work: Workload, chosen: Sequence[_Option]) -> Workload:
    for option in chosen:
        if option.action.what_if:
            work = option.action.what_if(work)
    return work


def _options(
    context: SprintContext, inputs: ForecastInputs, risks: Sequence[Risk]
) -> tuple[list[_Option], list[_Option]]:
    """What could be done beside dropping, and how much could be dropped."""
    named = [one for one in candidates(context, inputs, risks) if one.what_if and one.play in COSTS]
    others = [_Option(one, COSTS[one.play]) for one in {one.items: one for one in named}.values()]
    gains = {option.action.items: probability_in_time(_under(inputs.work, [option])) or 0.0 for option in others}
    useful = [option for option in others if gains[option.action.items] > (probability_in_time(inputs.work) or 0.0)]
    useful.sort(key=lambda option: -gains[option.action.items])
    droppable = [ref for ref in least_begun(context) if ref in inputs.work.open][:_MOST_DROPPED]
    drops = [_dropping(context, tuple(droppable[: number + 1])) for number in range(len(droppable))]
    return useful[:_MOST_OTHERS], drops


def _dropping(context: SprintContext, refs: tuple[str, ...]) -> _Option:
    action = f"Take out or move {listed(refs, 4)}, or {count(len(refs), 'other item')} that the goal needs least."
    what_if = partial(Workload.without, refs=with_pull_requests(context, refs))
    return _Option(Candidate("PB-010", action, refs, what_if=what_if), DROP_COST * len(refs))


def _combinations(options: tuple[list[_Option], list[_Option]]) -> Iterator[tuple[float, tuple[_Option, ...]]]:
    """Up to three actions, dropping being one of them, cheapest first."""
    others, drops = options
    found = [
        (*chosen, *dropped)
        for number in range(MOST_ACTIONS + 1)
        for chosen in combinations(others, number)
        for dropped in ((), *((drop,) for drop in drops))
        if len(chosen) + len(dropped) <= MOST_ACTIONS
    ]
    yield from sorted(((sum(option.cost for option in chosen), chosen) for chosen in found), key=lambda one: one[0])
