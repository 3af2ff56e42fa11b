"""The main job on one screen: what was known, what will be, what threatens it, what to do, and why."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from time import perf_counter

from sqlalchemy import Engine

from sprintlib.analysis.model import Analysis, BurnUp, MilestoneAnalysis, Part, ProjectionPoint
from sprintlib.analysis.scoping import burn_up_days, counts, first_day, total
from sprintlib.calendar import WorkingCalendar
from sprintlib.errors import AnalysisError
from sprintlib.explain import explain, summary
from sprintlib.forecast import Outlook, Sprint, forecast, governing_part, part_probability, prepare, sprints
from sprintlib.history import Past, load_past
from sprintlib.settings import Settings


def analyze(engine: Engine, settings: Settings, as_of: datetime, milestone: str | None = None) -> Analysis:
    """Analyse every milestone that was open at `as_of`, or the one of that title or number, open or not.

    The same title in several repositories is one sprint. Nothing is written.
    Raises AnalysisError when `milestone` names none that existed then.
    """
    clock = Stopwatch()
    with clock("load"):
        past = load_past(engine, settings, as_of)
    found = sprints(past, WorkingCalendar.from_settings(settings), _first_days(settings), milestone)
    if milestone is not None and not found:
        raise AnalysisError(_unknown(milestone, past))
    return Analysis(
        as_of=as_of,
        project=past.project,
        milestones=tuple(analyze_sprint(sprint, settings) for sprint in found),
        freshness=dict(past.repositories.select("repo", "observed_at").iter_rows()),
        notes=(),
        timings=clock.seconds,
    )


def analyze_sprint(sprint: Sprint, settings: Settings) -> MilestoneAnalysis:
    """Forecast, risks, recommendations and explanation of one sprint."""
    clock = Stopwatch()
    with clock("forecast"):
        outlook = prepare(sprint)
        future = forecast(outlook)
    parts = _parts(outlook)
    scope = total(part.scope for part in parts)
    return MilestoneAnalysis(
        title=sprint.title,
        titles_then=tuple(dict.fromkeys(part.title_then for part in sprint.parts)),
        number={part.repo: part.number for part in sprint.parts},
        repos=tuple(part.repo for part in sprint.parts),
        due_on=sprint.due_on,
        state=sprint.state,
        scope=scope,
        probability=future.probability,
        reason=future.reason,
        probability_delivered=future.probability_delivered,
        interval=future.interval,
        basis=future.basis,
        n_history=future.n_history,
        forecast_dates=future.dates,
        closed_in_two_weeks=future.closed_in_two_weeks,
        health=None if future.probability is None else round(100 * future.probability),
        summary=summary(outlook, future),
        drivers=explain(outlook, future),
        risks=(),
        recommendations=(),
        parts=parts,
        governed_by=governing_part(outlook),
        burn_up=BurnUp(
            days=burn_up_days(sprint),
            projection=tuple(
                ProjectionPoint(day=day, low=low, middle=middle, high=high)
                for day, low, middle, high in future.projection
            ),
            start=first_day(sprint),
            due_on=sprint.due_on,
        ),
        known_later=(),
        timings=clock.seconds,
    )


def _first_days(settings: Settings) -> dict[str, date]:
    return {title: known.start for title, known in settings.milestones.items() if known.start}


def _parts(outlook: Outlook) -> tuple[Part, ...]:
    sprint = outlook.sprint
    return tuple(
        Part(
            repo=part.repo,
            number=part.number,
            html_url=part.html_url,
            title_then=part.title_then,
            due_on=part.due_on,
            scope=counts(part.scope),
            probability=part_probability(outlook, index),
        )
        for index, part in enumerate(sprint.parts)
    )


def _unknown(milestone: str, past: Past) -> str:
    known = ", ".join(f"'{title}'" for title in past.milestones["title"].unique().sort().to_list()[:8])
    return f"No milestone is called '{milestone}': {f'there are {known}' if known else 'none is known yet'}."


class Stopwatch:
    """Seconds by stage: `with clock("load"): ...`."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = perf_counter()
        yield
        self.seconds[stage] = round(perf_counter() - start, 4)
