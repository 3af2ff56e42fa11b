"""The chain: eight agents as a graph, every step kept in data/traces.db, so that it can be resumed and forked."""

import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import StateSnapshot, StateUpdate
from langsmith import tracing_context

from sprintlib.agents.analysis_agents import engineer, stage_agent, without_forecast
from sprintlib.agents.context import AnalysisContext
from sprintlib.agents.data_collector import collect
from sprintlib.agents.explainer import explain_all, without_words
from sprintlib.agents.llm_reasoner import reason
from sprintlib.agents.orchestrator import orchestrate
from sprintlib.agents.state import WorkflowState
from sprintlib.agents.steps import RETRY, WorkflowStep
from sprintlib.analysis.model import Analysis
from sprintlib.errors import AnalysisError

STEPS = (
    WorkflowStep("orchestrator", orchestrate),
    WorkflowStep("data_collector", collect, ("orchestrator",)),
    WorkflowStep("feature_engineer", engineer, ("data_collector",), lambda *_: WorkflowState(features=[], work=None)),
    WorkflowStep("llm_reasoner", reason, ("feature_engineer",), lambda *_: WorkflowState(reasoning={})),
    WorkflowStep("sprint_analyzer", stage_agent("forecast"), ("llm_reasoner",), without_forecast),
    WorkflowStep("risk_assessor", stage_agent("risks"), ("llm_reasoner",), lambda *_: WorkflowState(risks=[])),
    WorkflowStep(
        "recommender",
        stage_agent("advice"),
        ("sprint_analyzer", "risk_assessor"),
        lambda *_: WorkflowState(recommendations=[], plan=None),
    ),
    WorkflowStep("explainer", explain_all, ("recommender",), without_words),
)
AGENTS = tuple(step.name for step in STEPS)
TRACES = "traces.db"
KEPT_RUNS = 100  # the newest; one takes a third of a megabyte

_Graph = CompiledStateGraph[WorkflowState, None, WorkflowState, WorkflowState]


@dataclass(frozen=True)
class WorkflowRun:
    """A run of the chain as it stands. waiting: the agents that come next; none once it is finished."""

    id: str
    state: WorkflowState
    waiting: tuple[str, ...]

    @property
    def analysis(self) -> Analysis:
        """What the run found. Raises AnalysisError while it is unfinished."""
        if "analysis" not in self.state:
            raise AnalysisError(f"Run {self.id} is not finished: go on with 'sprint explain --resume {self.id}'.")
        return Analysis.model_validate(self.state["analysis"])


@dataclass(frozen=True)
class Workflow:
    """The eight agents over one desk. Open it with `open_workflow`; every method runs agents in this process."""

    analysis_context: AnalysisContext
    steps: Sequence[WorkflowStep]
    _graph: _Graph
    _saver: SqliteSaver

    @property
    def agents(self) -> dict[str, Callable[[WorkflowState], WorkflowState]]:
        """Each agent as a plain function of the state, for a notebook cell: nothing is stored."""
        return {step.name: partial(step.run, analysis_context=self.analysis_context) for step in self.steps}

    def start(self, as_of: datetime, milestone: str | None = None, **request: Any) -> WorkflowRun:
        """Run the chain over one milestone (default: the one due next) as of a moment, from the beginning.

        request: `words` (False asks no model), `thresholds`, `prompts`; see State.
        Raises AnalysisError when there is nothing to analyse, and what an agent without a stand-in raises.
        """
        run = _new_name()
        try:
            return self._go(run, {"request": {"as_of": as_of.isoformat(), "milestone": milestone, **request}})
        except AnalysisError:  # a mistyped milestone, say: there is nothing that a run could go on with
            self._saver.delete_thread(run)
            raise

    def resume(self, run: str) -> WorkflowRun:
        """Go on with a run that was stopped; what has finished is not done again."""
        self._snapshots(run)
        return self._go(run, None)

    def after(self, run: str, agent: str | None = None) -> WorkflowState:
        """The state of a run, as it was right after an agent had finished."""
        return self._after(run, agent or AGENTS[-1])

    def fork(self, run: str, after: str, **changes: Any) -> WorkflowRun:
        """A new run from the state after an agent, with keys of the state replaced: only what is downstream runs.

        Raises AnalysisError for an unknown run, agent or key.
        """
        unknown = sorted(set(changes) - set(WorkflowState.__annotations__))
        if unknown:
            raise AnalysisError(f"A state has no '{unknown[0]}': it has {', '.join(WorkflowState.__annotations__)}.")
        values = {**self._after(run, after), **changes}
        beside = [step.name for step in self.steps if step.after == self._step(after).after and step.name != after]
        updates = [StateUpdate(values, after), *(StateUpdate({}, other) for other in beside)]
        forked = _new_name()
        self._graph.bulk_update_state(_config(forked), [updates])
        return self._go(forked, None)

    def runs(self) -> list[WorkflowRun]:
        """Every run that is kept, the newest first."""
        return [self.run(name) for name in self._names()]

    def run(self, run: str) -> WorkflowRun:
        """A run as it stands. Raises AnalysisError for one that is not kept."""
        newest = self._snapshots(run)[0]
        return WorkflowRun(run, cast(WorkflowState, newest.values), newest.next)

    def _names(self) -> list[str]:
        with self._saver.cursor(transaction=False) as cursor:
            return [row[0] for row in cursor.execute("SELECT DISTINCT thread_id FROM checkpoints ORDER BY 1 DESC")]

    def _go(self, run: str, state: WorkflowState | None) -> WorkflowRun:
        with tracing_context(enabled=False):  # nothing about a run leaves this machine, whatever the environment says
            self._graph.invoke(state, _config(run), durability="sync")
        for old in self._names()[KEPT_RUNS:]:
            self._saver.delete_thread(old)
        return self.run(run)

    def _after(self, run: str, agent: str) -> WorkflowState:
        downstream = {step.name for step in self.steps if self._step(agent).name in step.after}
        for snapshot in self._snapshots(run):
            ran = {entry["agent"] for entry in snapshot.values.get("trace", [])}
            if agent in ran and not ran & downstream:
                return cast(WorkflowState, snapshot.values)
        raise AnalysisError(f"Run {run} has not got past {agent}: it waits for {', '.join(self.run(run).waiting)}.")

    def _snapshots(self, run: str) -> list[StateSnapshot]:
        found = list(self._graph.get_state_history(_config(run)))
        if not found:
            raise AnalysisError(f"There is no run {run}: 'sprint trace list' shows those that are kept.")
        return found

    def _step(self, agent: str) -> WorkflowStep:
        found = next((step for step in self.steps if step.name == agent), None)
        if found is None:
            raise AnalysisError(f"There is no agent '{agent}': there are {', '.join(AGENTS)}.")
        return found


@contextmanager
def open_workflow(analysis_context: AnalysisContext, steps: Sequence[WorkflowStep] = STEPS) -> Iterator[Workflow]:
    """The chain, with its traces in the data folder."""
    folder = analysis_context.settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / TRACES, check_same_thread=False)) as connection:
        saver = SqliteSaver(connection)
        saver.setup()
        yield Workflow(analysis_context, steps, _compile(analysis_context, steps, saver), saver)


def _compile(analysis_context: AnalysisContext, steps: Sequence[WorkflowStep], saver: SqliteSaver) -> _Graph:
    graph = StateGraph(WorkflowState)
    for step in steps:
        graph.add_node(step.name, step.node(analysis_context), retry_policy=RETRY)
        if not step.after:
            graph.add_edge(START, step.name)
        elif len(step.after) == 1:
            graph.add_edge(step.after[0], step.name)
        else:
            graph.add_edge(list(step.after), step.name)
    graph.add_edge(steps[-1].name, END)
    return graph.compile(checkpointer=saver)


def _new_name() -> str:
    """Sorts by time; two runs within a millisecond differ."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"[:-3] + f"-{secrets.token_hex(2)}"


def _config(run: str) -> Any:
    return {"configurable": {"thread_id": run}}
