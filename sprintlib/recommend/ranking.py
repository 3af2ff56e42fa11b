"""Which actions to show, and in which order: by what the model expects of them."""

from collections.abc import Mapping, Sequence
from zlib import crc32

from sprintlib.forecast import ForecastInputs, clamp, probability_in_time
from sprintlib.forecast.model import Forecast
from sprintlib.recommend.candidates import Candidate, candidates
from sprintlib.recommend.effort import effort
from sprintlib.recommend.feedback import Feedback, Record, hidden, records, slug
from sprintlib.recommend.model import Recommendation
from sprintlib.recommend.playbook import interventions
from sprintlib.risks import Risk, SprintContext

MOST = 6
URGENT = 0.02  # where an urgent action without a number stands among those with one
_ID_LENGTH = 96


def recommend(
    context: SprintContext,
    inputs: ForecastInputs,
    forecast: Forecast,
    risks: Sequence[Risk],
    feedback: Sequence[Feedback] = (),
) -> tuple[Recommendation, ...]:
    """At most six actions by expected gain x acceptance / effort; what the model cannot weigh has a gain of null.

    feedback: what the team said up to the moment; what it dismissed or put off is left out.

    Gain is the probability under the action minus the probability now, both by the mechanistic layer and with the
    same random numbers. There is none without a probability, nor once the outcome is settled.
    """
    open_question = forecast.probability is not None and forecast.reason is None
    before = probability_in_time(inputs.work) if open_question else None
    found: dict[str, tuple[Candidate, float | None]] = {}
    for candidate in candidates(context, inputs, risks):
        gain = None if before is None else _gain(inputs, candidate, before)
        found.setdefault(_identifier(candidate), (candidate, gain))
    sprint = context.sprint
    known = records(feedback, sprint.past, sprint.calendar)
    gone = hidden(feedback, sprint.calendar.local_date(sprint.past.as_of))
    shown = {name: entry for name, entry in found.items() if name not in gone}
    ranked = sorted(shown.items(), key=lambda entry: -_rank(entry[1], known))
    return tuple(_recommendation(context, name, *entry, known) for name, entry in ranked[:MOST])


def _gain(inputs: ForecastInputs, candidate: Candidate, before: float) -> float | None:
    if candidate.what_if is None:
        return None
    after = probability_in_time(candidate.what_if(inputs.work))
    return None if after is None else round(clamp(after) - clamp(before), 3)


def _rank(entry: tuple[Candidate, float | None], known: Mapping[str, Record]) -> float:
    candidate, gain = entry
    worth = max(gain or 0.0, URGENT if candidate.urgent else 0.0)
    return worth * known.get(candidate.play, Record()).acceptance / effort(candidate)


def _recommendation(
    context: SprintContext, name: str, candidate: Candidate, gain: float | None, known: Mapping[str, Record]
) -> Recommendation:
    return Recommendation(
        id=name,
        action=candidate.action,
        actor=candidate.actor,
        expected_gain=gain,
        record=str(known[candidate.play]) if candidate.play in known else None,
        evidence=(*context.cite(candidate.items), *candidate.cited, interventions()[candidate.play].cite()),
    )


def _identifier(candidate: Candidate) -> str:
    """Stable for the same action on the same items: `pb-006-sprint-demo-api-44`."""
    about = " ".join(candidate.items or [citation.ref for citation in candidate.cited])
    name = slug(f"{candidate.play} {about}")
    return name if len(name) <= _ID_LENGTH else f"{name[: _ID_LENGTH - 9]}-{crc32(name.encode()):08x}"
