"""What a forecast rests on: the pace, the arrivals and the open items of a sprint."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from sprintlib.forecast.developers import active_developers
from sprintlib.forecast.items import closings_of, shipped_hazard
from sprintlib.forecast.model import Basis
from sprintlib.forecast.rates import (
    ITEMS_PER_DEVELOPER_DAY,
    Rate,
    discounted_counts,
    prior_arrivals,
    prior_pace,
    starting_pace,
)
from sprintlib.forecast.sprint_history import sprint_history
from sprintlib.forecast.throughput_history import ThroughputHistory, throughput_history
from sprintlib.forecast.unblock_time import unblock_days
from sprintlib.forecast.workload import Congestion, Workload
from sprintlib.history import ProjectState
from sprintlib.history.sprint import Sprint

MINIMUM_CLOSING_DAYS = 5  # Lighthouse's rule: no forecast under five active days
LOWEST, HIGHEST = 0.03, 0.97  # forecasts of sprints are over-confident beyond (docs/forecast.md)


@dataclass(frozen=True)
class ForecastInputs:
    """What a forecast rests on: the open work of a sprint and the observations behind its rates.

    courses: one a part. prior: the pace before anything was observed. closing_days: distinct working days with a
    closing. delivery_logit: log-odds of `probability_delivered` by the statistical layer, None where it has no say.
    adopted: what the team adopted that it rests on too, in words. per_developer: items a working day in the prior.
    """

    sprint: Sprint
    work: Workload
    throughput: tuple[ThroughputHistory, ...]
    prior: Rate
    closing_days: int
    delivery_logit: float | None = None
    adopted: tuple[str, ...] = ()
    per_developer: float = ITEMS_PER_DEVELOPER_DAY

    @property
    def n_history(self) -> int:
        """Closings of milestone items that the pace rests on."""
        return sum(len(seen.closings) for seen in self.throughput)

    @property
    def developers(self) -> float:
        """Active people that the general pace was taken for; who works elsewhere too counts in part."""
        return self.prior.mean / self.per_developer

    @property
    def basis(self) -> Basis:
        """`prior` where the general prior outweighs what was observed, after discounting."""
        if self.closing_days < MINIMUM_CLOSING_DAYS:
            return "insufficient-data"
        return "learned" if self.work.pace.days >= 2 * self.prior.days else "prior"


def build_inputs(
    sprint: Sprint, blocked: Collection[str] = (), waits_for: Mapping[str, Collection[str]] | None = None
) -> ForecastInputs:
    """Observe a sprint. `blocked`: refs of open items that wait for another open item; waits_for: for which, if known.

    The parts of a sprint are the work of one team: their closings, days and arrivals are observed together.
    """
    past, calendar = sprint.past, sprint.calendar
    today = calendar.local_date(past.as_of)
    throughput = tuple(throughput_history(past, calendar, part.repo, part.number) for part in sprint.parts)
    closed = [calendar.local_date(entry.at) for seen in throughput for entry in seen.closings]
    added = [calendar.local_date(entry.at) for seen in throughput for entry in seen.arrivals]
    closings = discounted_counts(closed, _most(seen.worked for seen in throughput), today, calendar)
    arrivals = discounted_counts(added, _most(seen.offered for seen in throughput), today, calendar)
    developers = sum(active_developers(past, part.repo) for part in sprint.parts)
    prior, per_developer = starting_pace(developers, closings.days, imported_pace(past))
    refs = tuple(sprint.open_items.sort("repo", "number")["ref"])
    pace, items = prior.after(closings.events, closings.days), closings_of(past, calendar)
    waiting = [ref for ref in refs if ref in blocked]
    waits = {ref: tuple(sorted(waits_for[ref])) for ref in waiting if waits_for and waits_for.get(ref)}
    carries = items.carried
    pieces = [ref for ref in refs if carries.get(ref) not in refs]
    known = list(dict.fromkeys([*refs, *(one for each in waits.values() for one in each)]))
    work = Workload(
        name=" ".join(sorted(str(part.repository_id) for part in sprint.parts)),
        pace=pace,
        arrivals=prior_arrivals(sprint.items.height).after(arrivals.events, arrivals.days),
        open=refs,
        blocked=dict.fromkeys(waiting, unblock_days(past, calendar) if waiting else 0.0),
        days_left=sprint.days_left,
        rates=items.rates(known),
        waits_for=waits,
        congestion=Congestion(len(pieces), developers, shipped_hazard().slowing()),
        carries=carries,
        usual=prior_pace(developers).after(closings.events, closings.days).mean,
        identities=_identities(past, {*known, *(carries[ref] for ref in known if ref in carries)}),
    )
    days = sum(map(calendar.is_working_day, set(closed)))
    found = ForecastInputs(sprint, work, throughput, prior, days, per_developer=per_developer)
    if per_developer != ITEMS_PER_DEVELOPER_DAY:
        told = f"that pace is from imported priors: {per_developer:.2g} items a working day for each developer"
        found = replace(found, adopted=(told,))
    if found.basis == "insufficient-data" or not refs:
        return found
    return replace(found, delivery_logit=sprint_history(past, calendar).delivery_logit(sprint, developers))


def imported_pace(past: ProjectState) -> float | None:
    """Items of each developer and working day, as imported priors say; None without any."""
    return past.priors.items_per_developer_day if past.priors else None


def _identities(past: ProjectState, refs: Collection[str]) -> dict[str, str]:
    """Ref -> repository id and number: a repository that is renamed keeps its random numbers."""
    known = past.items.filter(pl.col("ref").is_in(sorted(refs))).select("ref", "repository_id", "number")
    return {ref: f"{repository_id}#{number}" for ref, repository_id, number in known.iter_rows()}


def _most(exposures: Iterable[Mapping[date, float]]) -> dict[date, float]:
    """For each day the most that any part says."""
    found: dict[date, float] = {}
    for exposure in exposures:
        for day, amount in exposure.items():
            found[day] = max(found.get(day, 0.0), amount)
    return found


def clamp(probability: float) -> float:
    """Within [.03, .97], to a thousandth: beyond that the forecast is not reliable."""
    return round(min(max(probability, LOWEST), HIGHEST), 3)
