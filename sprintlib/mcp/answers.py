"""What the tools answer: parts of what the services hand out, each with ids and addresses."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel

from sprintlib.analysis import MilestoneAnalysis
from sprintlib.evidence import Evidence
from sprintlib.forecast.model import Basis, ForecastDates
from sprintlib.mcp.untrusted import NOTICE, fenced
from sprintlib.services.evidence_texts import EvidenceText
from sprintlib.services.question_answering import Answer
from sprintlib.services.stored import MilestoneRisk
from sprintlib.services.whatif import WhatIfResult


class Cited(BaseModel):
    """Something stored that can be opened."""

    id: str
    url: str


class MarkedAnswer(BaseModel):
    """An answer; notice: how to take what is in it."""

    notice: str = NOTICE


class ToolVerdict(BaseModel):
    """One milestone. probability: that every item is done or dropped by the deadline; null with a reason."""

    id: str
    title: str
    urls: tuple[str, ...]
    state: str
    due_on: date | None
    probability: float | None
    reason: str | None
    probability_delivered: float | None
    basis: Basis
    n_history: int
    done_by: ForecastDates
    health: int | None
    scope: dict[str, int]
    summary: str


class Verdicts(MarkedAnswer):
    """Every milestone that was open, or the one that was named."""

    as_of: str
    project: str
    milestones: tuple[ToolVerdict, ...]
    notes: tuple[str, ...]


class NamedRisk(BaseModel):
    """What threatens a milestone. rule: why it is one."""

    id: str
    milestone: str
    severity: str
    statement: str
    rule: str
    items: tuple[str, ...]
    evidence: tuple[Cited, ...]


class Risks(MarkedAnswer):
    """The gravest of each milestone first."""

    risks: tuple[NamedRisk, ...]


class NamedAction(BaseModel):
    """What to do today. expected_gain: in the probability; id: for `what_if`."""

    id: str
    milestone: str
    action: str
    expected_gain: float | None
    why: str | None
    answered: str | None
    evidence: tuple[Cited, ...]


class Actions(MarkedAnswer):
    """By due date of the milestone, in the order in which they are recommended."""

    recommendations: tuple[NamedAction, ...]


class Supposed(MarkedAnswer):
    """A forecast before and after what was supposed. gain: after minus before."""

    as_of: str
    milestone: str
    urls: tuple[str, ...]
    probability_before: float | None
    probability_after: float | None
    gain: float | None
    assumptions: tuple[str, ...]
    open_items: tuple[int, int]
    done_by_before: ForecastDates
    done_by_after: ForecastDates


class AnswerSentence(BaseModel):
    """A sentence, and what it rests on."""

    text: str
    evidence: tuple[Cited, ...]


class Reply(MarkedAnswer):
    """An answer to a question. outcome: unknown and refused say so in one sentence."""

    question: str
    as_of: str
    outcome: Literal["answered", "unknown", "refused"]
    sentences: tuple[AnswerSentence, ...]
    notes: tuple[str, ...]


class CitedText(MarkedAnswer):
    """The text behind a reference. suspicious: it reads like orders to a language model."""

    id: str
    url: str
    kind: str
    title: str
    text: str
    author: str | None
    suspicious: bool


def cited(found: Iterable[Evidence]) -> tuple[Cited, ...]:
    """References with their addresses, each once."""
    return tuple(Cited(id=ref, url=url) for ref, url in dict.fromkeys((one.ref, one.url) for one in found))


def verdict(found: MilestoneAnalysis) -> ToolVerdict:
    """Of an analysis."""
    return ToolVerdict(
        id=found.key,
        title=found.title,
        urls=tuple(part.html_url for part in found.parts),
        state=found.state,
        due_on=found.due_on,
        probability=found.probability,
        reason=found.reason,
        probability_delivered=found.probability_delivered,
        basis=found.basis,
        n_history=found.n_history,
        done_by=found.forecast_dates,
        health=found.health,
        scope=found.scope.model_dump(),
        summary=found.summary,
    )


def named_risk(found: MilestoneRisk) -> NamedRisk:
    """Of a milestone's risk."""
    risk = found.risk
    return NamedRisk(
        id=f"{found.sprint}:{risk.kind}",
        milestone=found.milestone,
        severity=risk.severity,
        statement=risk.statement,
        rule=risk.rule,
        items=risk.items,
        evidence=cited(risk.evidence),
    )


def actions(found: MilestoneAnalysis, said: Mapping[str, Any]) -> list[NamedAction]:
    """Of an analysis. said: what was answered, by id."""
    return [
        NamedAction(
            id=one.id,
            milestone=found.title,
            action=one.action,
            expected_gain=one.expected_gain,
            why=one.why,
            answered=said.get(one.id),
            evidence=cited(one.evidence),
        )
        for one in found.recommendations
    ]


def supposed(found: WhatIfResult, urls: tuple[str, ...]) -> Supposed:
    """Of a what-if. urls: of the milestone."""
    before, after = found.found.before, found.found.after
    return Supposed(
        as_of=found.as_of.isoformat(),
        milestone=found.milestone,
        urls=urls,
        probability_before=before.probability,
        probability_after=after.probability,
        gain=found.gain,
        assumptions=found.found.assumptions,
        open_items=found.open_items,
        done_by_before=before.dates,
        done_by_after=after.dates,
    )


def reply(found: Answer) -> Reply:
    """Of an answer; quotations are marked in the notice."""
    return Reply(
        question=found.question,
        as_of=found.as_of.isoformat(),
        outcome=found.outcome,
        sentences=tuple(AnswerSentence(text=one.text, evidence=cited(one.evidence)) for one in found.sentences),
        notes=found.notes,
    )


def cited_text(found: EvidenceText) -> CitedText:
    """Of stored evidence, what others wrote between marks."""
    wrap = fenced if found.untrusted else _as_it_is
    return CitedText(
        id=found.ref,
        url=found.url,
        kind=found.kind,
        title=wrap(found.title, found.ref),
        text=wrap(found.text, found.ref),
        author=found.author,
        suspicious=found.suspicious,
    )


def _as_it_is(text: str, _source: str) -> str:
    return text
