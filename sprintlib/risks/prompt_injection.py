"""Texts of a sprint that speak to a language model instead of to people.

Not one of the detectors: these risks threaten whoever lets an assistant read the repository, not the date. They stand
beside the others, so that nothing that somebody writes into a text can move a probability, a risk or an action.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from sprintlib.evidence import Evidence, EvidenceKind
from sprintlib.forecast import count
from sprintlib.knowledge.injection import HIDDEN, IGNORE, KEEP, SECRETS, instructions
from sprintlib.risks.context import SprintContext, listed
from sprintlib.risks.model import Risk

KIND = "instructions_in_text"
KIND_OF_REST = "more_instructions_in_text"
_MOST = 5  # items told one by one; the rest in one sentence
_GRAVE = frozenset({HIDDEN, IGNORE, KEEP, SECRETS})
_RULE = (
    "A title, description, comment, review, commit message, branch name or label of an item of the sprint, of a pull "
    "request that carries one, or of an item that mentions one contains instructions aimed at AI assistants; high when "
    "it is hidden, or asks to ignore earlier instructions, for secrets, or to keep something from its readers."
)
_ADVICE = "Read it before you let an AI assistant work on this repository; nothing here follows it."
_KEY = ["repository_id", "number"]
_remembered = lru_cache(maxsize=8192)(instructions)  # most texts are the same in the next analysis


class _Place(NamedTuple):
    """A text: on which item, what it is called, and where it can be opened."""

    ref: str
    name: str
    kind: EvidenceKind
    url: str
    text: str


class _Order(NamedTuple):
    """A text that contains instructions, and what for."""

    place: _Place
    asks: tuple[str, ...]


def find_hostile_text(context: SprintContext) -> tuple[Risk, ...]:
    """A risk for each item with such texts, the gravest first, at most `_MOST` and one for the rest.

    What they say is never repeated: it is meant for machines, and may hold links and names of its own.
    """
    by_item: dict[str, list[_Order]] = {}
    for place in _places(context):
        if asks := tuple(one.asks for one in _remembered(place.text)):
            by_item.setdefault(place.ref, []).append(_Order(place, asks))
    risks = sorted((_risk(ref, orders) for ref, orders in by_item.items()), key=lambda one: one.severity != "high")
    return (*risks[:_MOST], *_rest(risks[_MOST:]))


def _risk(ref: str, orders: list[_Order]) -> Risk:
    asked = dict.fromkeys(asks for order in orders for asks in order.asks)
    names = [order.place.name for order in orders]
    told = [name if names.count(name) == 1 else count(names.count(name), name.split(" ", 1)[1]) for name in names]
    where = listed(dict.fromkeys(told), 7)
    contain = "contains" if len(orders) == 1 else "contain"
    return Risk(
        kind=KIND,
        severity="high" if _GRAVE & asked.keys() else "medium",
        statement=f"Possible prompt injection: on {ref}, {where} {contain} instructions aimed at AI assistants "
        f"({listed(asked, 4)}). {_ADVICE}",
        rule=_RULE,
        items=(ref,),
        evidence=tuple(
            Evidence(ref=ref, kind=order.place.kind, url=order.place.url, note=order.place.name) for order in orders
        ),
    )


def _rest(risks: list[Risk]) -> Iterator[Risk]:
    if risks:
        items = tuple(item for risk in risks for item in risk.items)
        yield Risk(
            kind=KIND_OF_REST,
            severity="medium",
            statement=f"Possible prompt injection: texts on {count(len(items), 'more item')} contain instructions "
            f"aimed at AI assistants: {listed(items, 8)}. {_ADVICE}",
            rule=_RULE,
            items=items,
            evidence=tuple(risk.evidence[0] for risk in risks),
        )


def _places(context: SprintContext) -> Iterator[_Place]:
    """Every text of the items looked at."""
    past, items = context.sprint.past, _items(context)
    columns = ("ref", "kind", "html_url", "title", "body", "head_ref", "labels")
    for ref, kind, url, title, body, branch, labels in items.select(columns).iter_rows():
        texts = [("the title", title), ("the description", body), ("the branch name", _spoken(branch))]
        for name, text in (*texts, *(("a label", label) for label in labels)):
            yield _Place(ref, name, kind, url, text or "")
    yield from _said(past.comments, items, "a comment", "comment")
    yield from _said(past.reviews, items, "a review", "review")
    messages = past.commits.rename({"message": "body"})  # a message is cited by its pull request
    yield from _said(messages.join(items.select(*_KEY, "html_url"), on=_KEY), items, "a commit message", "pull")


def _said(texts: pl.DataFrame, items: pl.DataFrame, name: str, kind: EvidenceKind) -> Iterator[_Place]:
    """Texts of these items: repository_id, number, body, html_url."""
    for ref, url, body in (
        texts.filter(pl.col("body") != "")
        .join(items.select(*_KEY, "ref"), on=_KEY, maintain_order="left")
        .select("ref", "html_url", "body")
        .iter_rows()
    ):
        yield _Place(ref, name, kind, url, body)


def _spoken(branch: str | None) -> str:
    """A branch name as words: it cannot hold spaces."""
    return (branch or "").translate(str.maketrans("-_/", "   "))


def _items(context: SprintContext) -> pl.DataFrame:
    """The items of the sprint, the open pull requests that carry one, and what mentions either (schema ITEMS)."""
    past = context.sprint.past
    refs = {*context.sprint.items["ref"], *(pull for pulls in context.pulls_of.values() for pull in pulls)}
    inside = past.items.filter(pl.col("ref").is_in(refs))
    mentions = past.events.filter(kind="cross-referenced").join(inside, on=_KEY, how="semi")
    return past.items.filter(pl.col("ref").is_in(refs | set(mentions["subject"].drop_nulls())))
