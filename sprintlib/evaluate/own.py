"""How good the forecasts of the project's own sprints would have been, and how well its plans held."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from sqlalchemy import Engine

from sprintlib.calendar import WorkingCalendar
from sprintlib.dependencies import find_dependencies
from sprintlib.errors import AnalysisError
from sprintlib.evaluate.metrics import brier
from sprintlib.forecast import (
    EarlierSprint,
    PlanAccuracy,
    SprintHistory,
    count,
    earlier_sprints,
    forecast,
    plan_accuracy,
)
from sprintlib.forecast.sprint_history import Finished
from sprintlib.history import ProjectState, Sprint, find_sprints, load_state
from sprintlib.risks import SprintContext
from sprintlib.settings import Settings

SHARES = (25, 50, 75)  # % of the time from start to deadline
ENOUGH = 20  # forecasts below which a difference is called noise, whatever it is
EVERY_SPRINT = 10_000  # more than any project has


@dataclass(frozen=True)
class SprintReplay:
    """One forecast of a finished sprint, from what was known then, beside what came.

    probability: null where there was no number, or the outcome was settled (`reason`). base_rate: share of the sprints
    over by then that landed, (landed + 1) / (sprints + 2). landed: every item then open inside ended by the deadline.
    days_late: days from the due date until the milestone itself was closed (history.lateness), as everywhere else.
    """

    title: str
    share: int
    open_items: int
    probability: float | None
    probability_delivered: float | None
    reason: str | None
    base_rate: float
    landed: bool
    delivered: bool
    days_late: int = 0


@dataclass(frozen=True)
class OwnScore:
    """Brier of the forecasts at one time beside that of the base rate. error: standard error of the difference."""

    share: int
    n: int
    brier: float | None
    base_rate_brier: float | None
    difference: float | None
    error: float | None


@dataclass(frozen=True)
class WholeScore:
    """The same over all times: n forecasts of so many sprints. error: of the difference, sprints being independent."""

    n: int
    sprints: int
    brier: float | None
    base_rate_brier: float | None
    difference: float | None
    error: float | None


@dataclass(frozen=True)
class OwnBacktest:
    """Every replay, scores by time and over all times, how the plans held, and the verdict in words."""

    replays: tuple[SprintReplay, ...]
    scores: tuple[OwnScore, ...]
    plans: tuple[EarlierSprint, ...]
    accuracy: PlanAccuracy | None
    verdict: str
    whole: WholeScore


def backtest_own(engine: Engine, settings: Settings, as_of: datetime) -> OwnBacktest:
    """Replay every finished dated sprint at 25, 50 and 75 % of its time, each from the facts of that moment alone.

    Raises AnalysisError when nothing has been collected.
    """
    whole = load_state(engine, settings, as_of)
    if whole.repositories.is_empty():
        raise AnalysisError("Nothing has been collected yet: run 'sprint sync' first.")
    calendar = WorkingCalendar.from_settings(settings)
    record = SprintHistory(whole, calendar, EVERY_SPRINT)
    replays: list[SprintReplay] = []
    for share in SHARES:
        over: list[tuple[datetime, bool]] = []  # deadline of each sprint so far, and whether it landed
        for one in record.finished:
            moment = one.start + (one.deadline - one.start) * (share / 100)
            then = sprint_at(load_state(engine, settings, moment), calendar, one.key)
            if then is None or then.items.is_empty():
                continue
            known = [landed for deadline, landed in over if deadline <= moment]
            replays.append(_replay(whole, one, then, share, known, settings))
            over.append((one.deadline, replays[-1].landed))
    scores = tuple(_score(share, [one for one in replays if one.share == share]) for share in SHARES)
    plans = earlier_sprints(record)
    together = whole_score(replays)
    return OwnBacktest(tuple(replays), scores, plans, plan_accuracy(plans), verdict(together, scores), together)


def sprint_at(past: ProjectState, calendar: WorkingCalendar, key: str) -> Sprint | None:
    """The sprint with this key (SprintKey as written) in a past; None where it was not there yet."""
    return next(iter(find_sprints(past, calendar, key)), None)


def _replay(
    whole: ProjectState, one: Finished, then: Sprint, share: int, earlier: list[bool], settings: Settings
) -> SprintReplay:
    told = forecast(SprintContext(then, settings.risks, find_dependencies(then.past)).inputs)
    return SprintReplay(
        title=one.title,
        share=share,
        open_items=then.open_items.height,
        probability=None if told.reason else told.probability,
        probability_delivered=None if told.reason else told.probability_delivered,
        reason=told.reason,
        base_rate=(sum(earlier) + 1) / (len(earlier) + 2),
        landed=all_ended(whole, then, one.deadline),
        delivered=one.delivered >= then.items.height,
        days_late=one.days_late,
    )


def all_ended(whole: ProjectState, then: Sprint, deadline: datetime) -> bool:
    """Whether every item that was open in a sprint then had ended by the deadline, as a later past knows."""
    ended = whole.items.join(then.open_items.select("ref"), on="ref", how="semi")
    return ended.filter(pl.col("closed_at") < deadline).height == then.open_items.height


def _score(share: int, replays: list[SprintReplay]) -> OwnScore:
    rows = [(one.probability, one.base_rate, one.landed) for one in replays if one.probability is not None]
    if not rows:
        return OwnScore(share, 0, None, None, None, None)
    told, rate, came = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    gaps = (told - came) ** 2 - (rate - came) ** 2
    error = float(gaps.std(ddof=1) / np.sqrt(len(gaps))) if len(gaps) > 1 else None
    truth = came.astype(np.int64)
    return OwnScore(share, len(rows), brier(told, truth), brier(rate, truth), float(gaps.mean()), error)


def whole_score(replays: Iterable[SprintReplay]) -> WholeScore:
    """Every forecast with a number. The forecasts of one sprint are alike, so the error is that of sprint means."""
    rows = [(one.title, one.probability, one.base_rate, one.landed) for one in replays if one.probability is not None]
    if not rows:
        return WholeScore(0, 0, None, None, None, None)
    frame = pl.DataFrame(rows, schema=("sprint", "told", "rate", "came"), orient="row")
    came = pl.col("came").cast(pl.Float64)
    scored = frame.with_columns(own=(pl.col("told") - came) ** 2, base=(pl.col("rate") - came) ** 2)
    means = scored.group_by("sprint").agg(gap=(pl.col("own") - pl.col("base")).mean(), n=pl.len())
    own, base = (float(np.mean(scored[name].to_numpy())) for name in ("own", "base"))
    weights = means["n"].to_numpy() / means["n"].mean()
    spread = (means["gap"].to_numpy() - (own - base)) * weights
    sprints = means.height
    error = float(np.sqrt((spread**2).sum() / (sprints - 1) / sprints)) if sprints > 1 else None
    return WholeScore(len(rows), sprints, own, base, own - base, error)


def verdict(whole: WholeScore, scores: Iterable[OwnScore]) -> str:
    """Whether the forecast beats the team's own base rate over all times, whether that can be known, and each time."""
    if whole.difference is None:
        return "No finished dated sprint had a forecast: there is nothing to judge by."
    told = (
        f"Over all {count(whole.n, 'forecast')} of {count(whole.sprints, 'sprint')} the forecast is "
        f"{_better(whole.difference)} than the team's own base rate by {abs(whole.difference):.3f} (Brier "
        f"{whole.brier:.3f} against {whole.base_rate_brier:.3f}"
    )
    if whole.sprints < ENOUGH or whole.error is None:
        judged = f"{told}): too few sprints to call it more than chance."
    else:
        sure = abs(whole.difference) > 2 * whole.error
        judged = f"{told}, standard error {whole.error:.3f}): {'unlikely to be' if sure else 'could be'} chance."
    times = [
        f"at {one.share} % {_better(one.difference)} by {abs(one.difference):.3f} (n = {one.n})"
        for one in scores
        if one.difference is not None
    ]
    return f"{judged} By time: {', '.join(times)}."


def _better(difference: float) -> str:
    return "better" if difference < 0 else "worse"


def own_text(result: OwnBacktest) -> str:
    """The tables for a terminal."""
    lines = ["The project's own finished dated sprints, each forecast from what was known then", "", result.verdict, ""]
    lines.append(f"{'time':<6}{'n':>4}{'Brier':>8}{'base rate':>11}{'difference (standard error)':>30}")
    for score in result.scores:
        lines.append(f"{score.share:>3} % {score.n:>4}" + _numbers(score))
    lines += ["", f"{'sprint':<32}{'time':>6}{'open':>6}{'chance':>8}{'base rate':>11}  came"]
    for one in result.replays:
        chance = "-" if one.probability is None else f"{one.probability:.2f}"
        came = "all items in time" if one.landed else "not all items in time"
        came += f", closed {count(one.days_late, 'day')} late" if one.days_late else ", closed in time"
        title = "".join(char if char.isprintable() else " " for char in one.title)[:31]
        lines.append(f"{title:<32}{one.share:>4} %{one.open_items:>6}{chance:>8}{one.base_rate:>11.2f}  {came}")
    return "\n".join([*lines, "", *_plan_lines(result.accuracy)])


def _numbers(score: OwnScore) -> str:
    if score.brier is None:
        return f"{'-':>8}{'-':>11}{'-':>30}"
    error = "-" if score.error is None else f"{score.error:.3f}"
    return f"{score.brier:>8.3f}{score.base_rate_brier:>11.3f}{f'{score.difference:+.3f} ({error})':>30}"


def _plan_lines(accuracy: PlanAccuracy | None) -> list[str]:
    if accuracy is None:
        return ["No finished dated sprint had committed items."]
    spread = ""
    if accuracy.spread is not None:
        spread = f", spread {100 * accuracy.spread:.0f} points (less is more predictable)"
    return [
        f"Planning accuracy {accuracy.planning:.0%} of the committed items ended in time{spread}; n = {accuracy.n}",
        f"Capacity accuracy {accuracy.capacity:.0%}: everything that ended in time / committed",
    ]
