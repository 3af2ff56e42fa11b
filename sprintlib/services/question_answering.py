"""`sprint ask`: stored facts first, then what was said, every sentence with its citation; no model writes it."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sprintlib.analysis.model import MilestoneAnalysis, Sentence
from sprintlib.analysis.pipeline import analyze_past
from sprintlib.errors import KnowledgeError
from sprintlib.evidence import Evidence
from sprintlib.history import ProjectState
from sprintlib.knowledge import (
    FLOOR,
    Claim,
    Hit,
    Report,
    SemanticIndex,
    Source,
    is_indexed,
    open_semantic_index,
    relevances,
    search,
    similar_sprints,
    sources,
    update_texts,
    verify,
)
from sprintlib.project import ProjectHandle
from sprintlib.questions import UNKNOWN, AskedProject, Assertion, MilestoneOutlook, QuestionReply, reply
from sprintlib.recommend import read_feedback
from sprintlib.recommend.playbook import playbook_texts
from sprintlib.services.redaction import redacted

MOST_CLAIMS = 8
_TELLING = 4  # words of a passage that says something
_SHORTEST = 8  # characters, where a script has no spaces
_QUOTED = 4  # passages taken over from what was found
_ALIKE = 3  # similar sprints that are named
_ABOUT_PAST = r"\blate|slip|delay|similar|past|before|again|usual|histor|compar"


class Answer(BaseModel):
    """What `sprint ask` says.

    milestone: what the question is about, or null. items: refs of the items it is about. outcome: `answered`, or
    `unknown` or `refused` with one sentence that says so and cites nothing. hits: what was found, best first.
    report: of the citations.
    """

    model_config = ConfigDict(frozen=True)

    question: str
    as_of: datetime
    milestone: str | None
    sentences: tuple[Sentence, ...]
    hits: tuple[Hit, ...]
    report: Report
    notes: tuple[str, ...] = ()
    outcome: Literal["answered", "unknown", "refused"] = "answered"
    items: tuple[str, ...] = ()


def answer(
    project: ProjectHandle,
    question: str,
    as_of: datetime | None = None,
    k: int = 8,
    semantic_index: SemanticIndex | None = None,
) -> Answer:
    """Answer from what is known now, or was at `as_of`, and from the texts that are indexed.

    Raises AnalysisError when nothing has been collected.
    """
    told = _Told.of(project, question, as_of)
    return told.with_texts(k, semantic_index) if is_indexed(project.engine) else told.alone()


def ask(
    project: ProjectHandle,
    question: str,
    as_of: datetime | None = None,
    k: int = 8,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> Answer:
    """The same, bringing full text to what is stored where stored facts are not enough, and by meaning if indexed.

    A note says what is missing.
    """
    told = _Told.of(project, question, as_of)
    if told.reply.outcome != "open" and told.reply.enough:
        return told.alone()
    if project.withheld:  # the index is of all repositories, and is not brought to a part of them
        return told.with_texts(k, None) if is_indexed(project.engine) else told.alone()
    notes: list[str] = []
    try:
        update_texts(project.engine, project.settings, progress, playbook_texts())
    except KnowledgeError as error:
        notes.append(str(error))
    with ExitStack() as stack:
        semantic_index = None
        try:
            semantic_index = stack.enter_context(open_semantic_index(project.engine, project.settings))
        except KnowledgeError as error:
            notes.append(str(error))
        found = told.with_texts(k, semantic_index)
    return found.model_copy(update={"notes": (*notes, *found.notes)})


@dataclass(frozen=True)
class _Told:
    """What stored facts say to a question; the past is loaded once, for them and for the search."""

    project: ProjectHandle
    question: str
    past: ProjectState
    reply: QuestionReply

    @classmethod
    def of(cls, project: ProjectHandle, question: str, as_of: datetime | None) -> "_Told":
        project.permit("read")
        past = project.state(as_of or project.clock())
        asked = AskedProject(past, project.settings, project.engine, lambda title: _outlook(project, past, title))
        return cls(project, question, past, reply(asked, question))

    def alone(self) -> Answer:
        """Without a search."""
        if self.reply.told is not None:
            return self._silent(self.reply.told, ())
        return self._checked(list(self.reply.statements), ())

    def with_texts(self, k: int, semantic_index: SemanticIndex | None) -> Answer:
        """With passages that hold enough of what is asked, where facts alone do not answer it."""
        if self.reply.told is not None:
            return self._silent(self.reply.told, ())
        about = self.reply.about if self.reply.outcome == "answered" else None
        found = search(
            self.project.engine, self.project.settings, self._query(), self.past.as_of, k,
            milestone=about, semantic_index=semantic_index, past=self.past,
        )  # fmt: skip
        with self.project.engine.connect() as connection:
            held = relevances(connection, self.reply.content, found)
        statements = list(self.reply.statements)
        if about is not None and re.search(_ABOUT_PAST, self.question.lower()):
            statements += self._similar(about)
        if not self.reply.enough:
            fit = [hit for hit in found if held[hit.chunk_id] >= FLOOR and self._fits(hit)]
            order = sorted(fit, key=lambda hit: -round(held[hit.chunk_id], 1))
            statements += _quotes(order)
        return self._checked(statements, found)

    def _query(self) -> str:
        """The question, and what it turned out to be about."""
        return " ".join([self.question, *self.reply.items])

    def _fits(self, hit: Hit) -> bool:
        """Where the answer is about items, their texts alone; where somebody's words are asked for, theirs alone."""
        if self.reply.items:
            return hit.ref in self.reply.items and hit.kind in ("comment", "review", "issue")
        return not self.reply.people or hit.author in self.reply.people

    def _similar(self, title: str) -> Iterator[Assertion]:
        """How similar sprints ended together, and those that are most alike one by one."""
        similar = similar_sprints(self.past, self.project.calendar, title)
        if similar.statement is not None:
            endings = "; ".join(one.ending for one in similar.sprints[:_ALIKE])
            text = f"{similar.statement} Most alike: {endings}."
            told = "\n".join([text, *(one.ending for one in similar.sprints)])
            cited = tuple(evidence for one in similar.sprints for evidence in one.evidence[:1])
            yield Assertion(text, (Source(id="similar sprints", text=told, evidence=cited),), "inference")

    def _checked(self, statements: Sequence[Assertion], hits: Sequence[Hit]) -> Answer:
        """Only what checks out against what it cites; where nothing is left, that it is not known."""
        chosen = statements[:MOST_CLAIMS]
        context = list({source.id: source for one in statements for source in one.sources}.values())
        verified = verify([one.claim() for one in chosen], context, self.past)
        by_id = {source.id: source for source in context}
        sentences = tuple(_sentence(claim, by_id) for claim in verified.kept)
        if not sentences:
            return self._silent(UNKNOWN, hits, verified.report)
        return self._answer(sentences, hits, verified.report, "answered")

    def _silent(self, told: str, hits: Sequence[Hit], report: Report | None = None) -> Answer:
        """One sentence that cites nothing: that it is not known, or not told."""
        outcome: Literal["unknown", "refused"] = "refused" if self.reply.outcome == "refused" else "unknown"
        empty = report or verify([], [], self.past).report
        return self._answer((Sentence(text=told, kind="fact"),), hits, empty, outcome)

    def _answer(
        self,
        sentences: tuple[Sentence, ...],
        hits: Sequence[Hit],
        report: Report,
        outcome: Literal["answered", "unknown", "refused"],
    ) -> Answer:
        found = Answer(
            question=self.question,
            as_of=self.past.as_of,
            milestone=self.reply.about,
            sentences=sentences,
            hits=tuple(hits),
            report=report,
            notes=tuple(_notes(hits)),
            outcome=outcome,
            items=self.reply.items,
        )
        return redacted(self.project, found)


def _sentence(claim: Claim, by_id: dict[str, Source]) -> Sentence:
    evidence = dict.fromkeys(cited for one in claim.evidence for cited in by_id[one].evidence)
    return Sentence(text=claim.text, kind=claim.kind, evidence=tuple(evidence))


def _outlook(project: ProjectHandle, past: ProjectState, title: str) -> MilestoneOutlook | None:
    """The analysis of one milestone, as far as answers tell it."""
    feedback = read_feedback(project.engine, past.project, past.as_of)
    found = analyze_past(past, project.settings, title, feedback=feedback).milestones
    if not found:
        return None
    about, dates = found[0], found[0].forecast_dates
    parts = tuple(
        Evidence(ref=f"{part.repo} milestone {part.number}", kind="milestone", url=part.html_url, note=part.title_then)
        for part in about.parts
    )
    return MilestoneOutlook(
        title=about.title,
        summary=about.summary,
        told=_all_said(about, past.as_of),
        parts=parts,
        finish=(dates.p50, dates.p85),
        risks=about.risks,
        recommendations=about.recommendations,
    )


def _all_said(about: MilestoneAnalysis, moment: datetime) -> str:
    """What the analysis says in words and numbers, for the check of its own sentence."""
    dates = " ".join(str(day) for day in about.forecast_dates.model_dump().values() if day)
    scope = " ".join(f"{value} {name}" for name, value in about.scope.model_dump().items())
    return (
        f"{about.title} as of {moment.date()}: {about.summary} Due {about.due_on}; {scope}. "
        f"Done with 50 %, 70 %, 85 %, 95 % probability by {dates}."
    )


def _quotes(hits: Sequence[Hit]) -> Iterator[Assertion]:
    """Passages, word for word; texts that read like orders are left out, and such as "Concept ACK"."""
    harmless = [hit for hit in hits if not hit.suspicious and hit.kind != "analysis"]
    fit = [hit for hit in harmless if _says_something(_passage(hit))]
    quoted = list({_passage(hit): hit for hit in reversed(fit)}.values())[::-1][:_QUOTED]  # the same words once
    for hit, source in zip(quoted, sources(quoted), strict=True):
        who = hit.author if hit.kind in ("comment", "review") else None
        when = f"{hit.happened_at:%Y-%m-%d}" if hit.happened_at else None
        said = ", ".join(part for part in (who, when) if part)
        yield Assertion(f'{hit.ref} ({hit.kind}{", " if said else ""}{said}): "{_passage(hit)}"', (source,))


def _says_something(passage: str) -> bool:
    return len(passage.split()) >= _TELLING or (not passage.isascii() and len(passage) >= _SHORTEST)


def _passage(hit: Hit) -> str:
    """What is quoted of it, without quotation marks of its own."""
    return re.sub(r'["“”]', "'", hit.title if hit.kind in ("commit", "pull") else hit.excerpt)


def _notes(hits: Sequence[Hit]) -> Iterator[str]:
    marked = sum(hit.suspicious for hit in hits)
    if marked:
        yield f"{marked} of the texts found may be prompt injection and were not quoted."
