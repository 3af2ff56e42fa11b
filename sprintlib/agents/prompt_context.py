"""The evidence pack: what a model is shown, within a budget. What Python found, and what people wrote, kept apart."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import polars as pl
from pydantic import BaseModel, ConfigDict

from sprintlib.agents.state import WorkflowState
from sprintlib.analysis.steps import SprintFindings
from sprintlib.evidence import Evidence
from sprintlib.forecast import day_name, percent, points
from sprintlib.forecast.model import Forecast
from sprintlib.knowledge import Hit, Similar, Source, clean, instructions
from sprintlib.masking import mask
from sprintlib.risks import SprintContext, shorten

BUDGET_TOKENS = 2_200  # of evidence in one prompt: half a minute to read for a 3B model on a laptop
_CHARACTERS_A_TOKEN = 3.2
_MOST_ITEMS = 12
_MOST_TEXTS = 8
_QUOTE_CHARACTERS = 320
_METRICS = 14


class PromptNote(BaseModel):
    """One thing that may be cited.

    told: what Python found, without a word from GitHub. quoted: what people wrote, cleaned; a title or a passage.
    evidence: what it stands for. orders: the passage reads like orders to a language model, so no model sees it.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    told: str
    quoted: str = ""
    evidence: tuple[Evidence, ...] = ()
    orders: bool = False

    def source(self) -> Source:
        """The entry as claims are checked against it."""
        return Source(id=self.id, text=f"{self.told}\n{self.quoted}", evidence=self.evidence)


def within_budget(entries: Iterable[PromptNote], tokens: int = BUDGET_TOKENS) -> list[PromptNote]:
    """The first entries that fit; those that read like orders to a model are left out."""
    kept, spent = [], 0.0
    for entry in entries:
        spent += (len(entry.told) + len(entry.quoted) + 24) / _CHARACTERS_A_TOKEN
        if spent > tokens:
            break
        if not entry.orders:
            kept.append(entry)
    return kept


def facts_entry(sprint_context: SprintContext, state: WorkflowState) -> PromptNote:
    """The sprint itself, in numbers."""
    facts, sprint = state["facts"], sprint_context.sprint
    left = f"{sprint.days_left:.1f} working days are left" if sprint.days_left is not None else "there is no deadline"
    due = f"due {day_name(sprint.due_on)} ({sprint.due_on})" if sprint.due_on else "without a due date"
    told = (
        f"The milestone is {due}; {left}. {len(facts['open_items'])} of {facts['items']} items are open. "
        f"As of {sprint.past.as_of:%Y-%m-%d}."
    )
    return PromptNote(id="M1", told=told, quoted=_quoted(sprint.title), evidence=milestones(sprint_context))


def milestones(sprint_context: SprintContext) -> tuple[Evidence, ...]:
    """The milestone of every part as evidence."""
    return tuple(
        Evidence(ref=f"{part.repo} milestone {part.number}", kind="milestone", url=part.html_url)
        for part in sprint_context.sprint.parts
    )


def metric_entries(sprint_context: SprintContext, features: Sequence[dict[str, Any]]) -> Iterator[PromptNote]:
    """What was measured, where it has a value and cites something."""
    known = [one for one in features if one["value"] is not None and one["evidence"]]
    for place, one in enumerate(known[:_METRICS], start=1):
        name = one["name"].replace("_", " ")
        told = f"Measured: {name} {one['value']:.3g} {one['unit']} (n = {one['n']}, {one['window']})."
        evidence = sprint_context.cite(one["evidence"][:3])
        if evidence:
            yield PromptNote(id=f"F{place}", told=told, evidence=evidence)


def item_entries(sprint_context: SprintContext) -> Iterator[PromptNote]:
    """Open items, those that wait for another one first, then the oldest."""
    waits = {blocked_item.item: blocked_item.blocker for blocked_item in sprint_context.blocked_items}
    rows = sprint_context.sprint.open_items.sort("created_at", "ref").iter_rows(named=True)
    ordered = sorted(rows, key=lambda row: row["ref"] not in waits)
    for place, row in enumerate(ordered[:_MOST_ITEMS], start=1):
        kind = "pull request" if row["kind"] == "pull" else "issue"
        people = f"assigned to {', '.join(row['assignees'])}" if row["assignees"] else "not assigned"
        waiting = f" It waits for {waits[row['ref']]}." if row["ref"] in waits else ""
        told = f"{row['ref']} is an open {kind}, created {row['created_at']:%Y-%m-%d}, {people}.{waiting}"
        title = "" if instructions(row["title"]) else _quoted(row["title"])  # what reads like orders stays out
        yield PromptNote(id=f"I{place}", told=told, quoted=title, evidence=sprint_context.cite([row["ref"]]))


def text_entries(sprint_context: SprintContext, hits: Sequence[Hit] = ()) -> Iterator[PromptNote]:
    """The last thing a person said on open items and on what they wait for; then what a search found."""
    comments = _last_comments(sprint_context)
    texts = [(row["ref"], row["author"], row["body"], row["html_url"], row["created_at"]) for row in comments]
    texts += [(hit.ref, hit.author, hit.excerpt, hit.url, hit.happened_at) for hit in hits if hit.kind != "analysis"]
    for place, (ref, author, body, url, at) in enumerate(texts[:_MOST_TEXTS], start=1):
        when = f" on {at:%Y-%m-%d}" if at else ""
        evidence = Evidence(ref=ref, kind="comment", url=url, note=shorten(_quoted(body)))
        yield PromptNote(
            id=f"T{place}",
            told=f"Text of {author or 'a deleted user'}{when}, on {ref}.",
            quoted=_quoted(body),
            evidence=(evidence,),
            orders=bool(instructions(body)),
        )


def finding_entries(sprint_context: SprintContext, found: SprintFindings) -> Iterator[PromptNote]:
    """What the steps found: the verdict, then risks, actions and drivers."""
    yield PromptNote(id="V1", told=_verdict(found.forecast), evidence=milestones(sprint_context))
    for place, risk in enumerate(found.risks, start=1):
        actor = f" Next move: {risk.actor}." if risk.actor else ""
        told = f"Risk, {risk.severity}: {_untitled(sprint_context, risk.statement)}{actor}"
        yield PromptNote(id=f"R{place}", told=told, evidence=risk.evidence or milestones(sprint_context))
    for place, one in enumerate(found.recommendations, start=1):
        gain = f" Gain by the model: {points(one.expected_gain)}." if one.expected_gain is not None else ""
        told = f"Possible action: {_untitled(sprint_context, one.action)}{gain}"
        yield PromptNote(id=f"A{place}", told=told, evidence=one.evidence or milestones(sprint_context))
    for place, driver in enumerate(found.drivers, start=1):
        told = f"How the score came about: {driver.name}, {driver.points:+.1f} points. {driver.remedy}"
        yield PromptNote(id=f"D{place}", told=told, evidence=driver.evidence or milestones(sprint_context))


def similar_entries(similar: Similar) -> Iterator[PromptNote]:
    """How past sprints ended that stood alike."""
    if similar.statement is not None:
        cited = tuple(one for sprint in similar.sprints for one in sprint.evidence[:1])
        yield PromptNote(id="P1", told=f"Past sprints: {similar.statement}", evidence=cited)


def _verdict(future: Forecast) -> str:
    dates = ", ".join(
        f"{level} % by {day_name(day)} ({day})" for level in (50, 85) if (day := getattr(future.dates, f"p{level}"))
    )
    done = f" Everything is done with {dates}." if dates else ""
    basis = f" It rests on {future.n_history} closings ({future.basis})."
    if future.probability is None:
        return f"There is no probability: {future.reason}{done}{basis}"
    return f"The chance to land in time is {percent(future.probability)}.{done}{basis}"


def _last_comments(sprint_context: SprintContext) -> Iterator[dict[str, Any]]:
    blockers = {blocked_item.blocker for blocked_item in sprint_context.blocked_items}
    refs = pl.DataFrame(
        {"ref": sorted({*sprint_context.sprint.open_items["ref"], *blockers})}, schema={"ref": pl.String}
    )
    said = sprint_context.sprint.past.comments.with_columns(ref=pl.concat_str("repo", pl.lit("#"), "number"))
    known = said.filter(~pl.col("author_is_bot")).drop_nulls("body").join(refs, on="ref", how="semi")
    newest = known.sort("created_at", descending=True).unique("ref", keep="first", maintain_order=True)
    yield from newest.head(_MOST_TEXTS).iter_rows(named=True)


def _quoted(text: str) -> str:
    """People's words as a model may see them: cleaned, without secrets, on one line and not endless."""
    line = " ".join(mask(clean(text)).split())
    return line if len(line) <= _QUOTE_CHARACTERS else line[:_QUOTE_CHARACTERS].rstrip() + "…"


def _untitled(sprint_context: SprintContext, text: str) -> str:
    """A statement without the titles in it, which are words from GitHub."""
    for ref in sprint_context.items:
        if ref in text:
            text = text.replace(sprint_context.called(ref), ref)
    return text.replace(sprint_context.sprint.title, "the milestone")
