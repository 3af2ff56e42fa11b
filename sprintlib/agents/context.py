"""What the agents work on together: the store and the settings, and the past they read once."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from sprintlib.agents.state import WorkflowState
from sprintlib.analysis.citations import CitationCheck
from sprintlib.analysis.pipeline import select_context, sprint_contexts
from sprintlib.errors import AnalysisError, KnowledgeError
from sprintlib.forecast import ForecastInputs, rescheduled
from sprintlib.forecast.milestone_forecast import date_after
from sprintlib.forecast.rates import Rate
from sprintlib.history import ProjectState, Sprint, load_state
from sprintlib.knowledge import SemanticIndex, is_indexed, open_semantic_index
from sprintlib.llm import Found, Model, connect, look
from sprintlib.risks import SprintContext
from sprintlib.settings import RiskSettings, Settings


@dataclass
class AnalysisContext:
    """The store, the settings and the states that were loaded; opened once a process.

    The state as of a moment does not change, so a resumed run finds what the first one saw.
    """

    engine: Engine
    settings: Settings
    found_model: Found | None = None  # where somebody has looked already
    _pasts: dict[datetime, ProjectState] = field(default_factory=dict, repr=False)
    _contexts: dict[tuple[datetime, str | None], list[SprintContext]] = field(default_factory=dict, repr=False)

    def past(self, state: WorkflowState) -> ProjectState:
        """The project as of the moment of a run. Raises AnalysisError when nothing has been collected."""
        as_of = datetime.fromisoformat(state["request"]["as_of"])
        if as_of not in self._pasts:
            self._pasts[as_of] = load_state(self.engine, self.settings, as_of)
        if self._pasts[as_of].repositories.is_empty():
            raise AnalysisError("Nothing has been collected yet: run 'sprint sync' first.")
        return self._pasts[as_of]

    def sprint_context(self, state: WorkflowState) -> SprintContext:
        """The sprint of a run under the run's own thresholds. Raises AnalysisError where there is none."""
        past = self.past(state)
        title = state["facts"]["title"] if "facts" in state else state["request"]["milestone"]
        key = (past.as_of, title)
        if key not in self._contexts:
            self._contexts[key] = sprint_contexts(past, self.settings, title)
        found = select_context(self._contexts[key], past.as_of)
        thresholds = RiskSettings.model_validate(state["request"]["thresholds"])
        return replace(found, sprint=_due_as_said(found.sprint, state.get("work")), thresholds=thresholds)

    def inputs(self, state: WorkflowState) -> ForecastInputs:
        """What the forecast rests on: as observed, with what the state says about the work."""
        context = self.sprint_context(state)
        said = state.get("work")
        if not said:
            return context.inputs
        if context.sprint.days_left is not None and said["days_left"] is not None and said["days_left"] >= 0:
            said = said | {"days_left": context.sprint.days_left}  # to the end of the due date that they come to
        return replace(context.inputs, work=replace(context.inputs.work, **read_work(said)))

    @contextmanager
    def semantic_index(self) -> Iterator[SemanticIndex | None]:
        """The vector index, where one was made and its packages are there; full text alone serves without."""
        with ExitStack() as stack:
            found = None
            with suppress(KnowledgeError):
                if is_indexed(self.engine):
                    found = stack.enter_context(open_semantic_index(self.engine, self.settings))
            yield found

    @contextmanager
    def model(self, seconds: float) -> Iterator[Model]:
        """The language model, looked for once, for so many seconds. Raises LlmError."""
        self.found_model = self.found_model or look(self.settings.llm, seconds)
        with connect(self.settings.llm, seconds, self.found_model) as model:
            yield model

    def check(self, state: WorkflowState) -> CitationCheck:
        """A check of citations that counts from zero."""
        return CitationCheck(self.past(state))


def _due_as_said(sprint: Sprint, work: dict[str, Any] | None) -> Sprint:
    """The sprint, with the due date that the days left of the work come to where somebody changed them."""
    said = work["days_left"] if work else None
    if said is None or said < 0 or sprint.days_left is None or said == sprint.days_left:
        return sprint
    return rescheduled(sprint, date_after(sprint, said))


def write_work(inputs: ForecastInputs) -> dict[str, Any]:
    """The open work as JSON values that a reader can edit."""
    work = inputs.work
    return {
        "pace": _write_rate(work.pace),
        "arrivals": _write_rate(work.arrivals) if work.arrivals else None,
        "open": list(work.open),
        "blocked": dict(work.blocked),
        "days_left": work.days_left,
    }


def read_work(values: dict[str, Any]) -> dict[str, Any]:
    """Fields of a Workload from what `write_work` wrote, edited or not."""
    arrivals = values["arrivals"]
    return {
        "pace": Rate(**values["pace"]),
        "arrivals": Rate(**arrivals) if arrivals else None,
        "open": tuple(values["open"]),
        "blocked": dict(values["blocked"]),
        "days_left": values["days_left"],
    }


def _write_rate(rate: Rate) -> dict[str, float]:
    return {"shape": rate.shape, "days": rate.days}
