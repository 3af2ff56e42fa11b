"""Whether a team's own outcomes would have made its own forecasts better: a forward chain over its finished sprints.

One number is learned: how many times as long work takes here as the forecast says. Before anything is known it is one
(log-normal, standard deviation .3), and it moves with the likelihood of what came. Each sprint is forecast with what
the sprints that were over by then say, and scored beside the forecast as it was. See docs/learning.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from sqlalchemy import Engine

from sprintlib.calendar import WorkingCalendar
from sprintlib.dependencies import find_dependencies
from sprintlib.errors import AnalysisError
from sprintlib.evaluate.own import EVERY_SPRINT, SHARES, all_ended, sprint_at
from sprintlib.forecast import ForecastInputs, SprintHistory, count, headline, staffed
from sprintlib.history import load_state
from sprintlib.learning import FEWEST_SPRINTS
from sprintlib.risks import SprintContext
from sprintlib.settings import Settings

FIRST = 3  # of these are learned from and not scored
STRETCHES = tuple(float(value) for value in np.round(np.exp(np.linspace(-0.7, 0.7, 15)), 4))
_SPREAD = 0.3  # standard deviation of the logarithm, before anything is known


@dataclass(frozen=True)
class ReplayedForecast:
    """One forecast of a finished sprint. chances: the probability under each of STRETCHES. at: what it is as of."""

    sprint: str
    at: datetime
    deadline: datetime
    chances: tuple[float, ...]
    landed: bool


@dataclass(frozen=True)
class Trial:
    """What the own outcomes say, and whether it would have helped.

    stretch: learned from all `sprints`. scored: sprints that were forecast from the ones before. brier_without, brier:
    mean scores of these, as they were and with what was learned; error: standard error of their difference, sprints
    being independent. All None with too few sprints. helps: better by more than that error. sentence: all of it.
    """

    sprints: int
    scored: int
    stretch: float | None
    brier_without: float | None
    brier: float | None
    error: float | None
    helps: bool
    sentence: str


def try_recalibration(engine: Engine, settings: Settings, as_of: datetime) -> Trial:
    """The trial on a project's own finished sprints. Raises AnalysisError when nothing has been collected."""
    return judged(replays(engine, settings, as_of))


def replays(engine: Engine, settings: Settings, as_of: datetime) -> list[ReplayedForecast]:
    """Every finished dated sprint at 25, 50 and 75 % of its time, from the facts of that moment, nothing adopted."""
    whole = load_state(engine, settings, as_of)
    if whole.repositories.is_empty():
        raise AnalysisError("Nothing has been collected yet: run 'sprint sync' first.")
    calendar = WorkingCalendar.from_settings(settings)
    found = []
    for one in SprintHistory(whole, calendar, EVERY_SPRINT).finished:
        for share in SHARES:
            moment = one.start + (one.deadline - one.start) * (share / 100)
            past = replace(load_state(engine, settings, moment), recalibration=None)
            then = sprint_at(past, calendar, one.key)
            if then is None or then.items.is_empty():
                continue
            inputs = SprintContext(then, settings.risks, find_dependencies(past)).inputs
            told = headline(inputs)
            if told.probability is not None and told.reason is None:
                landed = all_ended(whole, then, one.deadline)
                found.append(ReplayedForecast(one.key, moment, one.deadline, _chances(inputs), landed))
    return found


def _chances(inputs: ForecastInputs) -> tuple[float, ...]:
    paces = (replace(inputs, work=staffed(inputs.work, 1 / stretch)) for stretch in STRETCHES)
    return tuple(headline(one).probability or 0.0 for one in paces)


def judged(forecasts: Sequence[ReplayedForecast]) -> Trial:
    """The trial on forecasts that were replayed."""
    sprints = sorted({(one.deadline, one.sprint) for one in forecasts})
    if len(sprints) < FEWEST_SPRINTS:
        told = f"{count(len(sprints), 'finished sprint')} with a forecast, and it takes {FEWEST_SPRINTS}"
        return Trial(len(sprints), 0, None, None, None, None, False, f"Nothing to learn from yet: {told}.")
    pairs = []
    for deadline, sprint in sprints:
        own = [one for one in forecasts if (one.deadline, one.sprint) == (deadline, sprint)]
        scores = [found for one in own if (found := _scores(one, forecasts))]
        if scores:
            pairs.append(np.mean(scores, axis=0))
    stretch = learned_stretch(forecasts)
    if len(pairs) < 2:
        told = f"of {count(len(sprints), 'finished sprint')} fewer than 2 came after {FIRST} others"
        return Trial(len(sprints), len(pairs), None, None, None, None, False, f"Nothing to learn from yet: {told}.")
    without, learned = np.array(pairs).T
    gaps = learned - without
    error = float(gaps.std(ddof=1) / np.sqrt(len(gaps)))
    helps = bool(gaps.mean() + error < 0) and stretch != 1.0
    means = float(without.mean()), float(learned.mean())
    return Trial(
        len(sprints), len(pairs), stretch, *means, error, helps, _told(len(pairs), stretch, *means, error, helps=helps)
    )


def learned_stretch(forecasts: Sequence[ReplayedForecast]) -> float:
    """The likeliest of STRETCHES. The forecasts of one sprint are alike: together they count as one."""
    if not forecasts:
        return 1.0
    names = [one.sprint for one in forecasts]
    weights = np.array([1 / names.count(name) for name in names])
    chances = np.clip([one.chances for one in forecasts], 0.01, 0.99)
    landed = np.array([one.landed for one in forecasts])[:, None]
    said = np.where(landed, np.log(chances), np.log(1 - chances))
    prior = -((np.log(STRETCHES) / _SPREAD) ** 2) / 2
    return STRETCHES[int(np.argmax(weights @ said + prior))]


def _scores(one: ReplayedForecast, forecasts: Sequence[ReplayedForecast]) -> tuple[float, float] | None:
    """Brier of a forecast as it was, and with what the sprints over by then say; None where they are too few."""
    before = [other for other in forecasts if other.deadline <= one.at]
    if len({other.sprint for other in before}) < FIRST:
        return None
    plain, learned = (one.chances[STRETCHES.index(stretch)] for stretch in (1.0, learned_stretch(before)))
    return (plain - one.landed) ** 2, (learned - one.landed) ** 2


def _told(scored: int, stretch: float, without: float, brier: float, error: float, *, helps: bool) -> str:
    numbers = (
        f"on {count(scored, 'sprint')}, each forecast with what was known from those before it, the Brier score would "
        f"have been {brier:.3f} instead of {without:.3f} (standard error of the difference {error:.3f}; less is better)"
    )
    if stretch == 1.0:
        return f"The forecast fits as it is; {numbers}."
    takes = f"Work takes {stretch:.2f} times as long here as the forecast says"
    return f"{takes}. It helps: {numbers}." if helps else f"{takes}, but that is not sure to help: {numbers}."
