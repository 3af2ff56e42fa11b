"""How one agent runs: tried again where that helps, replaced by what is honest where it fails, and timed."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from langgraph.runtime import Runtime
from langgraph.types import RetryPolicy
from sqlalchemy.exc import OperationalError

from sprintlib.agents.context import AnalysisContext
from sprintlib.agents.state import WorkflowState

ATTEMPTS = 3

Agent = Callable[[WorkflowState, AnalysisContext], WorkflowState]


class Node(Protocol):
    """What LangGraph calls."""

    def __call__(self, state: WorkflowState, *, runtime: Runtime[None]) -> WorkflowState: ...


@dataclass(frozen=True)
class WorkflowStep:
    """An agent in the chain. after: who must have finished. instead: what stands in for it where it fails.

    Without `instead` its failure is the run's: there is nothing to say about a project that cannot be read.
    """

    name: str
    agent: Agent
    after: tuple[str, ...] = ()
    instead: Callable[[WorkflowState, AnalysisContext, str], WorkflowState] | None = None

    def node(self, analysis_context: AnalysisContext) -> "Node":
        """`(state) -> partial state`, as the graph calls it."""

        def run(state: WorkflowState, *, runtime: Runtime[None]) -> WorkflowState:
            info = runtime.execution_info
            return self.run(state, analysis_context, info.node_attempt if info else ATTEMPTS)

        return run

    def run(self, state: WorkflowState, analysis_context: AnalysisContext, attempt: int = ATTEMPTS) -> WorkflowState:
        """Do the work once. A failure that another attempt may heal is raised while there are attempts left."""
        started = perf_counter()
        try:
            update = self.agent(state, analysis_context)
        except Exception as error:
            if self.instead is None or (worth_another_try(error) and attempt < ATTEMPTS):
                raise
            sentence = f"The {self.name.replace('_', ' ')} failed ({_in_words(error)}): its part is missing."
            update = WorkflowState(**self.instead(state, analysis_context, sentence), faults=[sentence])
        entry = {"agent": self.name, "seconds": round(perf_counter() - started, 4), "attempt": attempt}
        return WorkflowState(**update, trace=[entry])


def worth_another_try(error: Exception) -> bool:
    """Only a store that is busy for a moment; what a model or a detector did wrong, it will do wrong again."""
    return isinstance(error, OperationalError)


RETRY = RetryPolicy(max_attempts=ATTEMPTS, initial_interval=0.2, jitter=False, retry_on=worth_another_try)


def _in_words(error: Exception) -> str:
    text = " ".join(str(error).split()).rstrip(".")
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__
