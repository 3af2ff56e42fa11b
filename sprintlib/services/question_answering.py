"""`sprint ask`: an answer put together from an analysis and from what was said, every sentence with its citation."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine

from sprintlib.analysis.pipeline import analyze_past
from sprintlib.analysis.model import MilestoneAnalysis, Sentence
from sprintlib.results.analyses import latest_analyses
from sprintlib.calendar import WorkingCalendar
from sprintlib.errors import AnalysisError, KnowledgeError
from sprintlib.evidence import Evidence
from sprintlib.history import load_state
from sprintlib.knowledge import (
    Claim,
    ClaimKind,
    Hit,
    SemanticIndex,
    Report,
    Similar,
    Source,
    open_semantic_index,
    search,
    similar_sprints,
    sources,
    update_texts,
    verify,
)
from sprintlib.recommend.playbook import playbook_texts
from sprintlib.settings import Settings

MOST_CLAIMS = 8
_TELLING = 4  # words of a passage that says something
_QUOTED = 4  # passages taken over from what was found
_ALIKE = 3  # similar sprints that are named
_RISKY = 3  # items of the gravest risks that are looked at
_ABOUT_DELIVERY = (
    r"late|slip|delay|behind|deadline|on time|in time|land|finish|done|ready|ship|deliver|forecast|chance|probab|risk"
    r"|threat|block|wait|stuck|health|score|driver|sprint|milestone|release"
)
_ABOUT_ACTION = (
    r"what (?:should|can|must|do|could) (?:we|i|one)|to do|help|fix|action|recommend|advice|next|speed|rescue"
)
_ABOUT_PAST = r"late|slip|delay|similar|past|before|again|usual|histor|compar"
_ABOUT_DATE = r"\bwhen\b|\bdate\b|how long|finish"


class Answer(BaseModel):
    """milestone: what the question is about, or null. hits: what was found, best first. report: of the citations."""

    model_config = ConfigDict(frozen=True)

    question: str
    as_of: datetime
    milestone: str | None
    sentences: tuple[Sentence, ...]
    hits: tuple[Hit, ...]
    report: Report
    notes: tuple[str, ...] = ()


@dataclass
class _Draft:
    """Claims with their sources: every claim cites the source it was put together from."""

    claims: list[Claim]
    context: list[Source]

    def add(self, text: str, kind: ClaimKind, cited: Sequence[Source], place: int | None = None) -> None:
        self.context += [source for source in cited if source not in self.context]
        claim = Claim(text=text, kind=kind, evidence=tuple(one.id for one in cited))
        self.claims.insert(len(self.claims) if place is None else place, claim)


def answer(
    engine: Engine,
    settings: Settings,
    question: str,
    as_of: datetime | None = None,
    k: int = 8,
    semantic_index: SemanticIndex | None = None,
) -> Answer:
    """Answer from the newest stored analysis, or with `as_of` from an analysis of that moment; no model writes it.

    Raises AnalysisError when nothing has been collected.
    """
    analyses, moment = _analyses(engine, settings, as_of)
    past = load_state(engine, settings, moment)
    about = _meant(question, analyses)
    title = about.title if about else None
    hits = search(engine, settings, _query(question, about), moment, k, milestone=title, semantic_index=semantic_index, past=past)
    draft = _Draft([], [])
    if about is not None:
        _from_analysis(draft, question, about, moment)
        if re.search(_ABOUT_PAST, question.lower()):
            _from_past_sprints(draft, similar_sprints(past, WorkingCalendar.from_settings(settings), about.title))
    _from_hits(draft, question, hits)
    verified = verify(draft.claims[:MOST_CLAIMS], draft.context, past)
    by_id = {source.id: source for source in draft.context}
    return Answer(
        question=question,
        as_of=moment,
        milestone=about.title if about else None,
        sentences=tuple(
            Sentence(
                text=claim.text,
                kind=claim.kind,
                evidence=tuple(dict.fromkeys(cited for one in claim.evidence for cited in by_id[one].evidence)),
            )
            for claim in verified.kept
        ),
        hits=tuple(hits),
        report=verified.report,
        notes=tuple(_notes(hits, draft)),
    )


def ask(
    engine: Engine,
    settings: Settings,
    question: str,
    as_of: datetime | None = None,
    k: int = 8,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> Answer:
    """The same, after bringing full text to what is stored, and by meaning where that index is there.

    A note says what is missing.
    """
    notes: list[str] = []
    try:
        update_texts(engine, settings, progress, playbook_texts())
    except KnowledgeError as error:
        notes.append(str(error))
    with ExitStack() as stack:
        semantic_index = None
        try:
            semantic_index = stack.enter_context(open_semantic_index(engine, settings))
        except KnowledgeError as error:
            notes.append(str(error))
        found = answer(engine, settings, question, as_of, k, semantic_index)
    return found.model_copy(update={"notes": (*notes, *found.notes)})


def _query(question: str, about: MilestoneAnalysis | None) -> str:
    """The question; one about a milestone's course also asks for the items that its gravest risks are about."""
    if about is None or not re.search(rf"\b(?:{_ABOUT_DELIVERY})", question.lower()):
        return question
    refs = [ref for risk in about.risks if risk.severity == "high" for ref in risk.items]
    return " ".join([question, *dict.fromkeys(refs[:_RISKY])])


def _analyses(
    engine: Engine, settings: Settings, as_of: datetime | None
) -> tuple[Sequence[MilestoneAnalysis], datetime]:
    stored = latest_analyses(engine, settings.project.name) if as_of is None else []
    if stored:
        newest = max(moment for moment, _ in stored)
        return [found for moment, found in stored if moment == newest], newest
    moment = as_of or datetime.now(UTC)
    past = load_state(engine, settings, moment)
    if past.repositories.is_empty():
        raise AnalysisError("Nothing has been collected yet: run 'sprint sync' first.")
    return analyze_past(past, settings).milestones, moment


def _meant(question: str, analyses: Sequence[MilestoneAnalysis]) -> MilestoneAnalysis | None:
    """The milestone a question names, else the one due next if it asks about delivery."""
    asked = question.lower()
    named = [one for one in analyses if any(_names(asked, title) for title in (one.title, *one.titles_then))]
    if named:
        return max(named, key=lambda one: len(one.title))
    about_delivery = re.search(rf"\b(?:{_ABOUT_DELIVERY})", asked) or re.search(_ABOUT_ACTION, asked)
    return analyses[0] if analyses and about_delivery else None


def _names(asked: str, title: str) -> bool:
    """The whole title, its version number, or one of its longer words."""
    parts = [title.lower(), *re.findall(r"\d+(?:\.\d+)+|[a-z]{5,}", title.lower())]
    return any(re.search(rf"(?<![\w.]){re.escape(part)}(?![\w]|\.\d)", asked) for part in parts)


def _from_analysis(draft: _Draft, question: str, about: MilestoneAnalysis, moment: datetime) -> None:
    """The sentence first, then what the question is about: reasons, dates or actions."""
    parts = [
        Evidence(ref=f"{part.repo} milestone {part.number}", kind="milestone", url=part.html_url, note=part.title_then)
        for part in about.parts
    ]
    whole = Source(id="analysis", text=_told(about, moment), evidence=tuple(parts))
    draft.add(about.summary, "inference", [whole])
    asked = question.lower()
    if re.search(_ABOUT_DATE, asked) and about.forecast_dates.p50:
        dates = about.forecast_dates
        draft.add(f"Done with 50 % probability by {dates.p50}, with 85 % by {dates.p85}.", "inference", [whole])
    risks: list[tuple[str, ClaimKind, Source]] = [
        (risk.statement, "fact", Source(id=f"risk:{risk.kind}:{place}", text=risk.statement, evidence=risk.evidence))
        for place, risk in enumerate(about.risks)
        if risk.severity in ("high", "medium")
    ]
    advice: list[tuple[str, ClaimKind, Source]] = [
        (one.action, "advice", Source(id=f"advice:{one.id}", text=one.action, evidence=one.evidence))
        for one in about.recommendations
    ]
    acting = re.search(_ABOUT_ACTION, asked)
    for text, kind, source in [*advice[:3], *risks[:2]] if acting else [*risks[:4], *advice[:1]]:
        if source.evidence:
            draft.add(text, kind, [source])


def _from_past_sprints(draft: _Draft, similar: Similar) -> None:
    """How they ended together, and those that are most alike one by one."""
    if similar.statement is None:
        return
    endings = "; ".join(one.ending for one in similar.sprints[:_ALIKE])
    text = f"{similar.statement} Most alike: {endings}."
    told = "\n".join([text, *(one.ending for one in similar.sprints)])
    cited = tuple(evidence for one in similar.sprints for evidence in one.evidence[:1])
    draft.add(text, "inference", [Source(id="similar sprints", text=told, evidence=cited)], place=1)


def _told(about: MilestoneAnalysis, moment: datetime) -> str:
    """What the analysis says in words and numbers, for the check of its own sentence."""
    dates = " ".join(str(day) for day in about.forecast_dates.model_dump().values() if day)
    scope = " ".join(f"{value} {name}" for name, value in about.scope.model_dump().items())
    return (
        f"{about.title} as of {moment.date()}: {about.summary} Due {about.due_on}; {scope}. "
        f"Done with 50 %, 70 %, 85 %, 95 % probability by {dates}."
    )


def _from_hits(draft: _Draft, question: str, hits: Sequence[Hit]) -> None:
    """Passages, word for word; texts that read like orders are left out, and such as "Concept ACK"."""
    harmless = [hit for hit in hits if not hit.suspicious and hit.kind != "analysis"]
    fit = [hit for hit in harmless if len(_passage(hit).split()) >= _TELLING]
    quoted = list({_passage(hit): hit for hit in reversed(fit)}.values())[::-1][:_QUOTED]  # the same words once
    for hit, source in zip(quoted, sources(quoted), strict=True):
        who = hit.author if hit.kind in ("comment", "review") else None
        when = f"{hit.happened_at:%Y-%m-%d}" if hit.happened_at else None
        said = ", ".join(part for part in (who, when) if part)
        draft.add(f'{hit.ref} ({hit.kind}{", " if said else ""}{said}): "{_passage(hit)}"', "fact", [source])


def _passage(hit: Hit) -> str:
    """What is quoted of it, without quotation marks of its own."""
    return re.sub(r'["“”]', "'", hit.title if hit.kind in ("commit", "pull") else hit.excerpt)


def _notes(hits: Sequence[Hit], draft: _Draft) -> Iterator[str]:
    if not draft.claims:
        yield "Nothing stored fits the question; name an item (#12), a milestone, or other words."
    marked = sum(hit.suspicious for hit in hits)
    if marked:
        yield f"{marked} of the texts found read like orders to a language model and were not quoted."
