"""What to do today, in which order: the cheapest way to the target, then what the model expects most of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sprintlib.forecast import ForecastInputs, headline, item_words
from sprintlib.forecast.model import Forecast
from sprintlib.learning import Priors
from sprintlib.recommend.candidates import CUTS, candidates
from sprintlib.recommend.feedback import Feedback, Record, acceptance, hidden, record_words, records
from sprintlib.recommend.model import Advice, Plan, Recommendation
from sprintlib.recommend.playbook import interventions
from sprintlib.recommend.scope_cuts import cut
from sprintlib.recommend.target_search import Action, Search, weighed
from sprintlib.risks import Risk, SprintContext

MOST = 6
APART = 3  # so many of the first are about different items
URGENT = 0.02  # where an urgent action without a number stands among those with one
_WORDS = 3  # items that a reason names


def recommend(
    context: SprintContext,
    inputs: ForecastInputs,
    forecast: Forecast,
    risks: Sequence[Risk],
    feedback: Sequence[Feedback] = (),
) -> Advice:
    """At most six actions: those that together reach the target at the least effort, then the others by gain.

    feedback: what the team said up to the moment; what it dismissed or put off is left out, and what it rarely accepts
    counts as dearer. An action whose gain would be shown as 0 points is left out; what the model cannot weigh has a
    gain of null. There is none without a probability, nor once the outcome is settled: then the plan says which due
    date would do, if any.
    """
    sprint = context.sprint
    gone = hidden(feedback, sprint.calendar.local_date(sprint.past.as_of))
    order = _Order(records(feedback, sprint.past, sprint.calendar), sprint.past.priors)
    now = headline(inputs).probability
    before = now if forecast.probability is not None and forecast.reason is None else None
    found = [one for one in candidates(context, risks) if not one.names & gone]
    actions = weighed(inputs, found, before)
    plan = None
    if now is not None and forecast.probability is not None and inputs.work.open:
        kept = {ref for said in feedback if said.recommendation in gone and said.play in CUTS for ref in said.items}
        plan = Search(context, inputs, now, context.target, kept, order.cost).plan(actions)
    planned = _planned(context, inputs, plan, actions, before) if plan else []
    others = [one for one in actions if one not in planned and (one.shows or (_is_asked(one) and one.gain is None))]
    ranked = _apart(planned, sorted(others, key=order.rank, reverse=True))
    return Advice(
        recommendations=tuple(_recommendation(context, inputs, one, order) for one in ranked[:MOST]), plan=plan
    )


@dataclass(frozen=True)
class _Order:
    """What the team's answers do to the order. known: how each play fared here; priors: elsewhere."""

    known: Mapping[str, Record]
    priors: Priors | None

    def acceptance(self, action: Action) -> float:
        return acceptance(action.candidate.usual_play, self.known, self.priors)

    def cost(self, action: Action) -> float:
        """Effort; more where such actions are dismissed more often than accepted, less where accepted."""
        return action.effort / (2 * self.acceptance(action))

    def rank(self, action: Action) -> float:
        worth = max(action.gain or 0.0, URGENT if action.candidate.urgent else 0.0)
        return worth / self.cost(action)


def _is_asked(action: Action) -> bool:
    return action.candidate.called_for


def _planned(
    context: SprintContext, inputs: ForecastInputs, plan: Plan, actions: Sequence[Action], before: float | None
) -> list[Action]:
    """The actions of a plan; taking items out is none of the candidates."""
    known = {one.candidate.id: one for one in actions}
    found = []
    for step in plan.actions:
        if step.id not in known:
            (known[step.id],) = weighed(inputs, [cut(context, step.items, inputs.sprint.additions)], before)
        found.append(known[step.id])
    return found


def _apart(first: Sequence[Action], others: Sequence[Action]) -> list[Action]:
    """The first ones, then the others in their order; what is about an item of the first APART comes after these."""
    found, later = list(first), []
    for action in others:
        touched = {ref for one in found[:APART] for ref in one.candidate.touches}
        if len(found) < APART and touched & action.candidate.touches:
            later.append(action)
        else:
            found.append(action)
    if len(found) < APART:
        return found
    return [*found[:APART], *sorted([*later, *found[APART:]], key=[*first, *others].index)]


def _recommendation(context: SprintContext, inputs: ForecastInputs, action: Action, order: _Order) -> Recommendation:
    candidate = action.candidate
    changed = candidate.change.refs if candidate.change and action.gain is not None else ()
    return Recommendation(
        id=candidate.id,
        action=candidate.action,
        actor=candidate.actor,
        change=candidate.change,
        expected_gain=action.gain,
        effort=action.effort,
        why="; ".join(item_words(inputs, changed)[:_WORDS]) or None,
        record=record_words(candidate.play, order.known, order.priors),
        experiment=candidate.drawn,
        evidence=(*context.cite(candidate.items), *candidate.cited, interventions()[candidate.play].cite()),
    )
