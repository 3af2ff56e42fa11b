"""The main job on one screen: what was known, what will be, what threatens it, what to do, and why."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from time import perf_counter

import polars as pl
from sqlalchemy import Engine

from sprintlib.analysis.citations import CitationCheck
from sprintlib.analysis.data_quality import known_later, notes, planned_absences
from sprintlib.analysis.model import Analysis, BurnUp, FinishPoint, MilestoneAnalysis, Part, ProjectionPoint
from sprintlib.analysis.scope_counts import burn_up_days, counts, first_day, in_points, total
from sprintlib.analysis.steps import STEPS, SprintFindings, StepInputs, run_steps, stage_steps
from sprintlib.calendar import WorkingCalendar
from sprintlib.dependencies import find_dependencies
from sprintlib.errors import AnalysisError
from sprintlib.explain import health, summary
from sprintlib.forecast import (
    ForecastInputs,
    earlier_sprints,
    governing_part,
    item_forecasts,
    part_forecast,
    plan_accuracy,
    sprint_history,
)
from sprintlib.forecast.model import Forecast
from sprintlib.history import ProjectState, Sprint, due_next, find_sprints, load_state
from sprintlib.recommend import Feedback, read_feedback
from sprintlib.risks import SprintContext
from sprintlib.settings import Settings

_MOST_TITLES = 8


def analyze(
    engine: Engine,
    settings: Settings,
    as_of: datetime,
    milestone: str | None = None,
    load: Callable[[datetime], ProjectState] | None = None,
) -> Analysis:
    """Analyse every milestone that was open at `as_of`, or the one of that title or number, open or not.

    The same title in several repositories is one sprint. Nothing is written. load: gives the state as of a moment;
    default: the store.
    Raises AnalysisError when nothing has been collected, or `milestone` names none that existed then.
    """
    clock = Stopwatch()
    with clock("load"):
        past = load(as_of) if load else load_state(engine, settings, as_of)
    if past.repositories.is_empty():
        raise AnalysisError("Nothing has been collected yet: run 'sprint sync' first.")
    return analyze_past(past, settings, milestone, clock, read_feedback(engine, past.project, as_of))


def analyze_past(
    past: ProjectState,
    settings: Settings,
    milestone: str | None = None,
    clock: "Stopwatch | None" = None,
    feedback: Sequence[Feedback] = (),
) -> Analysis:
    """The same for a past that is in memory: nothing else is looked at. Raises as `analyze` does."""
    clock = clock or Stopwatch()
    with clock("dependencies"):
        contexts = sprint_contexts(past, settings, milestone)
    return analyze_contexts(past, settings, contexts, feedback, clock)


def analyze_contexts(
    past: ProjectState,
    settings: Settings,
    contexts: Sequence[SprintContext],
    feedback: Sequence[Feedback] = (),
    clock: "Stopwatch | None" = None,
) -> Analysis:
    """The analysis of these sprints of one past, and of no others."""
    clock = clock or Stopwatch()
    check = CitationCheck(past)
    sprints = [StepInputs(context, context.inputs, check, feedback) for context in contexts]
    with clock("features"):
        measured = [run_steps(stage_steps("features"), sprint) for sprint in sprints]
    with clock("milestones"):
        analyses = tuple(analyze_sprint(sprint, found) for sprint, found in zip(sprints, measured, strict=True))
    return build_analysis(past, settings, contexts, analyses, check.dropped, clock.seconds)


def sprint_contexts(past: ProjectState, settings: Settings, milestone: str | None = None) -> list[SprintContext]:
    """The sprints to analyse, by due date, with who waits for whom. Raises AnalysisError for an unknown milestone.

    What is worked out on them is kept as long as the past: one what-if after the other asks for the same.
    """
    found = past.cached(_contexts, _Same(settings), milestone)
    if milestone is not None and not found:
        raise AnalysisError(_unknown(milestone, past))
    return list(found)


@dataclass(frozen=True, eq=False)
class _Same:
    """Settings as a key: the same object, whatever it holds."""

    settings: Settings

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.settings is self.settings

    def __hash__(self) -> int:
        return id(self.settings)


def _contexts(past: ProjectState, given: _Same, milestone: str | None) -> tuple[SprintContext, ...]:
    edges = past.cached(find_dependencies)
    found = project_sprints(past, given.settings, milestone)
    return tuple(sprint_context(sprint, given.settings, edges) for sprint in found)


def sprint_context(sprint: Sprint, settings: Settings, edges: pl.DataFrame) -> SprintContext:
    """A sprint with the thresholds and the target of sprint.toml. edges: as `find_dependencies` gives them."""
    return SprintContext(sprint, settings.risks, edges, settings.actions.target, planned_absences(settings))


def project_sprints(past: ProjectState, settings: Settings, milestone: str | None = None) -> list[Sprint]:
    """The open sprints of a project, or the one named, grouped and started as sprint.toml says."""
    calendar = WorkingCalendar.from_settings(settings)
    return find_sprints(past, calendar, milestone)


def select_context(contexts: Sequence[SprintContext], as_of: datetime) -> SprintContext:
    """The sprint that is meant where nobody names one (`history.due_next`). Raises AnalysisError for none."""
    found = due_next(contexts, lambda context: context.sprint.deadline, as_of)
    if found is None:
        raise AnalysisError("No milestone was open then: name one with --milestone, or choose another date.")
    return found


def check_milestone(engine: Engine, settings: Settings, as_of: datetime, milestone: str) -> None:
    """Raises AnalysisError when `milestone` names none that existed at `as_of`. Nothing is analysed."""
    past = load_state(engine, settings, as_of)
    if not project_sprints(past, settings, milestone):
        raise AnalysisError(_unknown(milestone, past))


def analyze_sprint(sprint: StepInputs, measured: SprintFindings) -> MilestoneAnalysis:
    """Run what is left of STEPS on one sprint whose features are measured, and put its analysis together."""
    clock = Stopwatch()
    found = run_steps([step for step in STEPS if step.stage != "features"], sprint, measured, clock)
    with clock("history"):
        sentence = summary(sprint.inputs, found.forecast)
        analysis = build_milestone_analysis(sprint.inputs, found, sentence)
    return analysis.model_copy(update={"timings": clock.seconds})


def build_milestone_analysis(inputs: ForecastInputs, found: SprintFindings, sentence: str) -> MilestoneAnalysis:
    """One milestone's analysis from what the steps found. sentence: its summary."""
    future = found.forecast
    sprint, parts = inputs.sprint, _parts(inputs)
    return MilestoneAnalysis(
        key=str(sprint.key),
        title=sprint.title,
        titles_then=tuple(dict.fromkeys(part.title_then for part in sprint.parts)),
        number={part.repo: part.number for part in sprint.parts},
        repos=tuple(part.repo for part in sprint.parts),
        due_on=sprint.due_on,
        deadline=sprint.deadline,
        state=sprint.state,
        scope=total(part.scope for part in parts),
        points=in_points(sprint),
        probability=future.probability,
        reason=future.reason,
        probability_delivered=future.probability_delivered,
        delivered_by=future.delivered_by,
        interval=future.interval,
        basis=future.basis,
        n_history=future.n_history,
        adopted=inputs.adopted,
        forecast_dates=future.dates,
        closed_in_two_weeks=future.closed_in_two_weeks,
        health=health(future.probability),
        summary=sentence,
        drivers=found.drivers,
        risks=found.risks,
        recommendations=found.recommendations,
        plan=found.plan,
        hostile_text=found.hostile_text,
        parts=parts,
        items=item_forecasts(inputs),
        governed_by=governing_part(inputs),
        burn_up=_burn_up(sprint, future),
        finish_by_day=tuple(FinishPoint(day=day, share=share) for day, share in future.finish_by_day),
        measurements=found.features,
        known_later=known_later(sprint),
        timings={},
    )


def build_analysis(
    past: ProjectState,
    settings: Settings,
    contexts: Sequence[SprintContext],
    analyses: tuple[MilestoneAnalysis, ...],
    dropped: int,
    timings: dict[str, float],
) -> Analysis:
    """The analyses of a project's sprints, with what is missing or unresolved. dropped: citations that left."""
    calendar = WorkingCalendar.from_settings(settings)
    told = notes(past, settings, calendar, [context.sprint for context in contexts], dropped)
    earlier = earlier_sprints(sprint_history(past, calendar))
    return Analysis(
        as_of=past.as_of,
        project=past.project,
        time_zone=settings.project.time_zone,
        milestones=analyses,
        freshness=dict(past.repositories.select("repo", "observed_at").iter_rows()),
        heard=dict(past.repositories.select("repo", "heard_at").iter_rows()),
        notes=tuple(told),
        earlier=earlier,
        plan_accuracy=plan_accuracy(earlier),
        timings=timings,
    )


def _parts(inputs: ForecastInputs) -> tuple[Part, ...]:
    """What each repository adds to the sprint."""
    forecasts = [part_forecast(inputs, part) for part in inputs.sprint.parts]
    return tuple(
        Part(
            repo=part.repo,
            number=part.number,
            html_url=part.html_url,
            title_then=part.title_then,
            due_on=part.due_on,
            scope=counts(part.scope),
            probability=probability,
            reason=reason,
        )
        for part, (probability, reason) in zip(inputs.sprint.parts, forecasts, strict=True)
    )


def _burn_up(sprint: Sprint, future: Forecast) -> BurnUp:
    names = ("day", "low", "middle", "high")
    return BurnUp(
        days=burn_up_days(sprint),
        projection=tuple(ProjectionPoint(**dict(zip(names, point, strict=True))) for point in future.projection),
        start=first_day(sprint),
        due_on=sprint.due_on,
    )


def _unknown(milestone: str, past: ProjectState) -> str:
    titles = past.milestones["title"].unique().sort().to_list()
    nearest = get_close_matches(milestone, titles, 3) if len(titles) > _MOST_TITLES else titles
    known = ", ".join(f"'{title}'" for title in nearest or titles[:_MOST_TITLES])
    there_are = "there are" if nearest == titles else f"the closest of {len(titles)} are" if nearest else "among others"
    return f"No milestone is called '{milestone}': {f'{there_are} {known}' if known else 'none is known yet'}."


class Stopwatch:
    """Seconds by stage: `with clock("load"): ...`."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = perf_counter()
        yield
        self.seconds[stage] = round(perf_counter() - start, 4)
