"""The LLM reasoner: what the texts around the sprint say, where a model is there to read them."""

from typing import Any

from sprintlib.agents.context import AnalysisContext
from sprintlib.agents.llm_call import MOST_CALLS, ask
from sprintlib.agents.prompt_context import facts_entry, item_entries, metric_entries, text_entries, within_budget
from sprintlib.agents.state import WorkflowState
from sprintlib.knowledge import search

_HITS = 4


def reason(state: WorkflowState, analysis_context: AnalysisContext) -> WorkflowState:
    """Claims on what bears on the sprint, from its items, its measures and what people wrote about them."""
    sprint_context = analysis_context.sprint_context(state)
    query = f"{sprint_context.sprint.title} blocked waiting delay"
    past = analysis_context.past(state)
    with analysis_context.semantic_index() as semantic_index:
        hits = search(
            analysis_context.engine,
            analysis_context.settings,
            query,
            past.as_of,
            _HITS,
            milestone=sprint_context.sprint.title,
            semantic_index=semantic_index,
            past=past,
        )
    entries = [
        facts_entry(sprint_context, state),
        *item_entries(sprint_context),
        *text_entries(sprint_context, hits),
        *metric_entries(sprint_context, state["features"]),
    ]
    asked = ask("reasoner", within_budget(entries), state, analysis_context, MOST_CALLS, ("fact", "inference"))
    return {"reasoning": asked | {"kept_from_the_model": [entry.id for entry in entries if entry.orders]}}


def calls_left(reasoning: dict[str, Any]) -> int:
    """How often a run may still ask. A model that is away or too slow is not asked again; one that babbled may be."""
    gone = reasoning.get("failed") in ("LlmUnavailable", "LlmTimeout")
    return 0 if gone else MOST_CALLS - len(reasoning.get("calls", []))
