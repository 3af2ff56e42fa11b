"""The LLM reasoner: what the texts around the sprint say, where a model is there to read them."""

from typing import Any

from sprintlib.agents.asking import MOST_CALLS, ask
from sprintlib.agents.desk import Desk
from sprintlib.agents.pack import facts_entry, item_entries, metric_entries, text_entries, within_budget
from sprintlib.agents.state import State
from sprintlib.knowledge import search

_HITS = 4


def reason(state: State, desk: Desk) -> State:
    """Claims on what bears on the sprint, from its items, its measures and what people wrote about them."""
    situation = desk.situation(state)
    query = f"{situation.sprint.title} blocked waiting delay"
    past = desk.past(state)
    with desk.meaning() as meaning:
        hits = search(
            desk.engine,
            desk.settings,
            query,
            past.as_of,
            _HITS,
            milestone=situation.sprint.title,
            meaning=meaning,
            past=past,
        )
    entries = [
        facts_entry(situation, state),
        *item_entries(situation),
        *text_entries(situation, hits),
        *metric_entries(situation, state["features"]),
    ]
    asked = ask("reasoner", within_budget(entries), state, desk, MOST_CALLS, ("fact", "inference"))
    return {"reasoning": asked | {"kept_from_the_model": [entry.id for entry in entries if entry.orders]}}


def calls_left(reasoning: dict[str, Any]) -> int:
    """How often a run may still ask. A model that is away or too slow is not asked again; one that babbled may be."""
    gone = reasoning.get("failed") in ("LlmUnavailable", "LlmTimeout")
    return 0 if gone else MOST_CALLS - len(reasoning.get("calls", []))
