"""What travels through the chain: plain JSON values only, so that every step can be stored, shown and edited."""

import operator
from typing import Annotated, Any, TypedDict


class WorkflowState(TypedDict, total=False):
    """One run over one milestone as of one moment. Every agent reads some of it and returns the part it adds.

    request         orchestrator: as_of (RFC 3339), milestone, thresholds (of the detectors), prompts (texts), words
                    (whether a model may be asked)
    facts           data collector: title, repos, counts, due_on, days_left
    features        feature engineer: what `features.measure` found, a dict each
    work            feature engineer: what the forecast rests on: pace, arrivals, open, blocked, days_left
    reasoning       LLM reasoner: what it was shown and what of its claims was kept
    forecast        sprint analyzer
    drivers         sprint analyzer: the account of the score
    risks           risk assessor
    hostile_text    risk assessor: texts that read like orders to a language model; nothing else uses them
    recommendations recommender
    plan            recommender: the cheapest way to the target; null without a probability
    words           explainer: what it asked the model and got
    analysis        explainer: the object of `sprint analyze --json`, with this milestone alone
    faults          sentences about what failed and is missing
    dropped         citations that did not check out
    trace           one entry a step: agent, seconds, attempt
    """

    request: dict[str, Any]
    facts: dict[str, Any]
    features: list[dict[str, Any]]
    work: dict[str, Any] | None
    reasoning: dict[str, Any]
    forecast: dict[str, Any]
    drivers: list[dict[str, Any]]
    risks: list[dict[str, Any]]
    hostile_text: list[dict[str, Any]]
    recommendations: list[dict[str, Any]]
    plan: dict[str, Any] | None
    words: dict[str, Any]
    analysis: dict[str, Any]
    faults: Annotated[list[str], operator.add]
    dropped: Annotated[int, operator.add]
    trace: Annotated[list[dict[str, Any]], operator.add]
