"""Asking the model for claims: strangers' words marked, ids as an enum, everything kept for the trace."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from time import perf_counter
from typing import Annotated, Any, Literal

from pydantic import WithJsonSchema, create_model

from sprintlib.agents.context import AnalysisContext
from sprintlib.agents.grounding import ground
from sprintlib.agents.prompt_context import PromptNote
from sprintlib.agents.prompts import version
from sprintlib.agents.state import WorkflowState
from sprintlib.errors import LlmError
from sprintlib.knowledge import Claim
from sprintlib.knowledge.citations import ClaimKind
from sprintlib.llm import Call

MOST_CLAIMS = 5
MOST_CALLS = 3  # of one run: one repair at most
_MOST_IDS = 4  # of one claim
_MOST_CHARACTERS = 220  # of one claim
_THINKING_CHARACTERS = 300
_ANSWER_TOKENS = 900  # what all of that takes at most


def ask(
    agent: str,
    entries: Sequence[PromptNote],
    state: WorkflowState,
    analysis_context: AnalysisContext,
    calls_left: int,
    kinds: Sequence[ClaimKind],
) -> dict[str, Any]:
    """What one agent asked and got: system, prompt, calls, claims kept and dropped, or `missing` and why.

    JSON values, for the state. An unreachable, slow or babbling model is no failure: the words are missing.
    """
    record = _unanswered(agent, state["request"]["prompts"][agent], entries)
    if not state["request"]["words"]:
        return record | {"missing": "It was turned off for this run."}
    if calls_left < 1:
        return record | {"missing": "The model had used up its calls."}
    started, calls = perf_counter(), list[Call]()
    try:
        with analysis_context.model(analysis_context.settings.llm.words_seconds - _spent(state)) as model:
            calls = model.calls
            answer = model.ask(
                record["system"], record["prompt"], shape(entries, kinds), _ANSWER_TOKENS, repair=calls_left > 1
            )
    except LlmError as error:
        seconds = round(perf_counter() - started, 2)
        spent = {"calls": [asdict(call) for call in calls], "seconds": seconds}
        return record | spent | {"missing": str(error), "failed": type(error).__name__}
    told = [Claim.model_validate(claim.model_dump()) for claim in answer.value.claims[:MOST_CLAIMS]]
    verified = ground(told, entries, analysis_context.past(state))
    return record | {
        "calls": [asdict(call) for call in calls],
        "answer": answer.value.model_dump(mode="json"),
        "kept": [claim.model_dump(mode="json") for claim in verified.kept],
        "dropped": [one.model_dump(mode="json") for one in verified.dropped],
        "report": verified.report.model_dump(),
        "seconds": round(perf_counter() - started, 2),
    }


def _unanswered(agent: str, system: str, entries: Sequence[PromptNote]) -> dict[str, Any]:
    """The record of a question before there is an answer; strangers' words are marked by what they cannot know."""
    marker = secrets.token_hex(3)
    return {
        "agent": agent,
        "version": version(system),
        "system": system.replace("{marker}", marker),
        "prompt": written(entries, marker),
        "pack": [entry.model_dump(mode="json") for entry in entries],
        "calls": [],
        "answer": None,
        "kept": [],
        "dropped": [],
        "report": None,
        "missing": None,
    }


def _spent(state: WorkflowState) -> float:
    """Seconds that the model has had in this run; those of a run that is gone on with do not count again."""
    return float(state.get("reasoning", {}).get("seconds", 0.0))


def written(entries: Sequence[PromptNote], marker: str) -> str:
    """The notes of a prompt: `[I1] what we found`, and below it, on marked lines, what people wrote."""
    lines = ["Notes:"]
    for entry in entries:
        lines.append(f"[{entry.id}] {entry.told}")
        if entry.quoted:
            lines.append(f"{marker}| {entry.quoted.replace(marker, '')}")
    return "\n".join([*lines, "", "Answer with JSON: thinking, then claims."])


def shape(entries: Sequence[PromptNote], kinds: Sequence[ClaimKind]) -> Any:
    """The asked shape: thinking first, because a format that leaves no room for it costs accuracy; ids before words.

    Lengths bind the server's grammar, without which a small model never comes to an end, and are not checked here;
    nor is the enum of ids: what comes back wrong costs its claim, not the answer.
    """
    kind: Any = Literal[tuple(kinds)]
    ids = {"type": "string", "enum": [entry.id for entry in entries]}
    cited = {"type": "array", "items": ids, "minItems": 1, "maxItems": _MOST_IDS}
    told = create_model(
        "Told",
        evidence=(Annotated[list[str], WithJsonSchema(cited)], ...),
        text=(_bounded(_MOST_CHARACTERS), ...),
        kind=(kind, ...),
    )
    several = {"type": "array", "items": told.model_json_schema(), "maxItems": MOST_CLAIMS}
    return create_model(
        "Claims",
        thinking=(_bounded(_THINKING_CHARACTERS), ...),
        claims=(Annotated[list[told], WithJsonSchema(several)], ...),
    )


def _bounded(characters: int) -> Any:
    return Annotated[str, WithJsonSchema({"type": "string", "maxLength": characters})]
