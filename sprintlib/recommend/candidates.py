"""Actions that could be taken today, each on concrete items and, where one is known, with a named actor.

Wording says what teams do, never what will happen because of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sprintlib.evidence import Evidence
from sprintlib.forecast import REVIEW_DAYS, ForecastInputs, Workload, count, probability_in_time
from sprintlib.risks import Risk, SprintContext, listed, plays
from sprintlib.risks.blocked_item import CROSS_KIND, next_actor
from sprintlib.risks.blocked_item import KIND as BLOCKED
from sprintlib.risks.failing_ci import KIND as CI
from sprintlib.risks.scope_creep import KIND as CREEP
from sprintlib.risks.stale_pull_request import KIND as STALE
from sprintlib.risks.unstarted_near_due import KIND as UNSTARTED

ENOUGH = 0.8  # probability that taking items out aims at
OVERCOMMITTED = 0.5  # below it the playbook cuts scope (PB-010)

WhatIf = Callable[[Workload], Workload]


@dataclass(frozen=True)
class Candidate:
    """An entry of the playbook applied to items. what_if: the work under it; None where the model cannot say."""

    play: str
    action: str
    items: tuple[str, ...]
    actor: str | None = None
    what_if: WhatIf | None = None
    urgent: bool = False
    cited: tuple[Evidence, ...] = ()


def candidates(context: SprintContext, inputs: ForecastInputs, risks: Sequence[Risk]) -> list[Candidate]:
    """What the risks call for, then fewer items where too many are left."""
    found: list[Candidate] = [*_unblock(context, risks)]
    for risk in risks:
        if risk.kind == STALE:
            found.append(_move(context, risk))
        elif risk.kind == CI and risk.severity != "unknown":
            found.append(_stop_the_line(risk))
        elif risk.kind == UNSTARTED:
            found.append(_assign(risk))
        elif risk.kind in plays():
            found.append(_as_written(risk))
    return [*found, *_cut(context, inputs, risks)]


def _unblock(context: SprintContext, risks: Sequence[Risk]) -> Iterator[Candidate]:
    """One candidate a blocker; items that wait for something else too are not freed by it."""
    told = [risk.items for risk in risks if risk.kind in (BLOCKED, CROSS_KIND)]
    blockers = dict.fromkeys(blocker for _item, *named in told for blocker in named)
    for blocker in blockers:
        waiting = [blockade.item for blockade in context.blocked_items if blockade.blocker == blocker]
        freed = freed_by(context, blocker)
        crosses = any(b.crosses for b in context.blocked_items if b.blocker == blocker)
        actor = next_actor(context, blocker)
        waits = f"{listed(waiting)} {'waits' if len(waiting) == 1 else 'wait'} for it"
        if crosses and context.items[blocker].kind == "pull":
            play, action = "PB-007", f"Review {blocker} first and write Depends-On in both: {waits}."
        else:
            owner = f"Agree a date for {blocker} with {actor}" if actor else f"Give {blocker} an owner and a date"
            play, action = "PB-006", f"{owner} today, and stub its interface so that both sides can move: {waits}."
        yield Candidate(play, action, (blocker, *waiting), actor, partial(Workload.unblocked, refs=freed))


def _move(context: SprintContext, risk: Risk) -> Candidate:
    pull = risk.items[0]
    move = context.moves[pull]
    if move.role == "author":
        play = "PB-003"
        whom = f"with {move.who}" if move.who else "with whoever takes it over"
        action = f"Go through the open threads of {pull} {whom}: merge as is with a follow-up, or re-slice."
    else:
        play = "PB-001"
        asked = f"{move.who} for a review of" if move.who else "one named maintainer to review or merge"
        action = f"Ask {asked} {pull} at the next natural break, or offer 15 minutes as a pair."
    ended = ended_by(context, pull)
    return Candidate(play, action, risk.items, move.who, partial(Workload.landed_within, refs=ended, days=REVIEW_DAYS))


def freed_by(context: SprintContext, blocker: str) -> tuple[str, ...]:
    """Open items that wait for this blocker and for nothing else."""
    waiting = [blockade.item for blockade in context.blocked_items]
    return tuple(b.item for b in context.blocked_items if b.blocker == blocker and waiting.count(b.item) == 1)


def ended_by(context: SprintContext, pull: str) -> tuple[str, ...]:
    """Open items that end with this pull request: those that no other one carries, and itself."""
    return tuple(item for item, pulls in context.pulls_of.items() if pulls == [pull] or item == pull)


def _stop_the_line(risk: Risk) -> Candidate:
    action = f"Stop the line: {risk.statement} Revert the breaking commit if there is no fix in 30 minutes."
    return Candidate("PB-013", action, (), risk.actor, urgent=True, cited=risk.evidence)


def _assign(risk: Risk) -> Candidate:
    action = f"Agree today who takes {listed(risk.items, 4)}, one item a person, the riskiest dependency first."
    return Candidate("PB-011", action, risk.items)


def _as_written(risk: Risk) -> Candidate:
    play, action = plays()[risk.kind]
    cited = () if risk.items else risk.evidence
    return Candidate(play, action.format(items=listed(risk.items)), risk.items, cited=cited)


def _cut(context: SprintContext, inputs: ForecastInputs, risks: Sequence[Risk]) -> Iterator[Candidate]:
    """Swap what came in after the start, or else cut to what fits."""
    before = probability_in_time(inputs.work)
    droppable = least_begun(context)
    added = {item for risk in risks if risk.kind == CREEP for item in risk.items}
    creeping = [ref for ref in droppable if ref in added]
    if creeping:
        out = _enough(context, inputs, creeping)
        action = f"Trade scope: move out {listed(out, 4)}, or as many others, to make room for what was added."
        yield Candidate("PB-009", action, out, what_if=partial(Workload.without, refs=with_pull_requests(context, out)))
    elif before is not None and before < OVERCOMMITTED and len(droppable) > 1:
        out = _enough(context, inputs, droppable[: -(-len(droppable) // 2)])
        action = f"Cut to what the goal needs: let the lead choose {count(len(out), 'item')}, such as {listed(out, 4)}."
        yield Candidate("PB-010", action, out, what_if=partial(Workload.without, refs=with_pull_requests(context, out)))


def least_begun(context: SprintContext) -> list[str]:
    """Open items, those without pull request and assignee first, the newest of each first; none that carry another."""
    open_items = context.sprint.open_items.select("ref", "created_at").iter_rows()
    carrying = {pull for item, pulls in context.pulls_of.items() for pull in pulls if pull != item}
    created = {ref: moment for ref, moment in open_items if ref not in carrying}
    return sorted(
        created,
        key=lambda ref: (
            bool(context.pulls_of[ref]) + bool(context.items[ref].assignees),
            -created[ref].timestamp(),
            ref,
        ),
    )


def with_pull_requests(context: SprintContext, refs: Sequence[str]) -> tuple[str, ...]:
    """These items with the pull requests that carry them."""
    return tuple(dict.fromkeys(each for ref in refs for each in (ref, *context.pulls_of[ref])))


def _enough(context: SprintContext, inputs: ForecastInputs, refs: Sequence[str]) -> tuple[str, ...]:
    """The fewest of the first refs that raise the probability to ENOUGH; all where none do or there is no number."""
    for number in range(1, len(refs)):
        after = probability_in_time(inputs.work.without(with_pull_requests(context, refs[:number])))
        if after is not None and after >= ENOUGH:
            return tuple(refs[:number])
    return tuple(refs)
