"""Who waits for whom as of a moment: edges between items, with the signal and the evidence of each."""

from collections.abc import Iterator
from datetime import datetime
from functools import reduce
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlsplit

import polars as pl
from polars._typing import PolarsDataType

from sprintlib.dependencies.statements import Statement, statements_in
from sprintlib.history import ProjectState
from sprintlib.history.about_open_items import about_open_items
from sprintlib.references import Resolver
from sprintlib.store.frames import UTC_DATETIME

_COLUMNS: dict[str, PolarsDataType] = {
    "waiting": pl.String,  # owner/name#number, an open item of the project
    "blocker": pl.String,  # owner/name#number; null: a label says blocked and nobody says by what
    "type": pl.String,  # blocks | relates; only what is not closed blocks
    "blocker_state": pl.String,  # open | closed | external; null without a named blocker
    "source": pl.String,  # the strongest signal: native | footer | text | weak text | label | mention
    "sources": pl.List(pl.String),  # all of them
    "confidence": pl.Float64,  # 0-1
    "since": UTC_DATETIME,  # when it was first stated
    "evidence_ref": pl.String,
    "evidence_url": pl.String,
    "note": pl.String,  # plain text from GitHub: escape it
    "known_later": pl.List(pl.String),  # ["note"]: the text may have been edited after the moment
}
EDGES = pl.Schema(_COLUMNS)
# lists as strings: making lists of Python's takes as long as all the rest
_FLAT = {name: pl.String if kind == pl.List(pl.String) else kind for name, kind in _COLUMNS.items()}
# How often such a statement is right: judgement, to be replaced by a hand-labelled sample (docs/dependencies.md).
CONFIDENCE = {"native": 0.99, "footer": 0.95, "text": 0.85, "weak text": 0.7, "label": 0.5, "mention": 0.3}
_BLOCKED_LABEL = r"(?i)(?:^|[^a-z])blocked(?:$|[^a-z])"
_NOT_BLOCKED_LABEL = r"(?i)\b(?:not|un)[ -]?blocked"
_LONGEST_NOTE = 300
_TRIGGERS = (
    r"(?i)block|depend|wait|gated|held up|hinges|prerequisite|need|requir|after|once|until|as soon|when"
    r"|#\d|GH-\d|/(?:issues|pull)/\d"
)


class _Signal(NamedTuple):
    """One piece of evidence for an edge, or (`taken_back`) against all edges stated before it."""

    waiting: str
    blocker: str | None
    type: str
    source: str
    at: datetime
    ref: str
    url: str
    note: str
    known_later: bool = False
    taken_back: bool = False


class _Text(NamedTuple):
    ref: str
    repo: str
    url: str
    at: datetime
    text: str
    known_later: bool
    is_commit: bool = False


def find_dependencies(past: ProjectState) -> pl.DataFrame:
    """Edges as of `past.as_of` (schema EDGES), one per (waiting, blocker), the surest first.

    Waiting items are open. A named blocker inside the project exists and, to block, is open; one outside is kept as
    external. Confidence joins the signals of an edge by noisy-or. A `blocked` label counts only where no open blocker
    is named. Source of the signals and their order: docs/dependencies.md.
    """
    theirs = past.cached(about_open_items)
    signals = [*_native(past), *_stated(theirs), *_mentions(past)]
    named = {ref for signal in signals for ref in (signal.waiting, signal.blocker) if ref}
    states = dict(past.items.filter(pl.col("ref").is_in(named)).select("ref", "state").iter_rows())
    project = set(past.repositories["repo"])
    edges = [
        edge
        for key, group in groupby(sorted(signals, key=_edge_order), key=lambda signal: (signal.waiting, signal.blocker))
        if (edge := _edge(list(group), _state_of(key[1], states, project))) is not None and states.get(key[0]) == "open"
    ]
    blocked = {edge["waiting"] for edge in edges if edge["type"] == "blocks" and edge["blocker_state"] == "open"}
    edges += [
        edge
        for signal in _labels(theirs)
        if signal.waiting not in blocked and (edge := _edge([signal], None)) is not None
    ]
    # by column: from rows polars guesses types first, which takes ten times as long
    columns = {name: [edge[name] for edge in edges] for name in EDGES.names()}
    return (
        pl.DataFrame(columns, schema=_FLAT)
        .select(_unfolded(name) for name in EDGES.names())
        .sort(["type", "confidence", "waiting", "blocker"], descending=[False, True, False, False])
    )


def _unfolded(name: str) -> pl.Expr:
    """Words in one string as the list that they are."""
    if EDGES[name] != pl.List(pl.String):
        return pl.col(name)
    words = pl.col(name)
    return pl.when(words == "").then(pl.lit([], pl.List(pl.String))).otherwise(words.str.split(",")).alias(name)


def _edge_order(signal: _Signal) -> tuple[str, str, datetime]:
    return signal.waiting, signal.blocker or "", signal.at


def _state_of(blocker: str | None, states: dict[str, str], project: set[str]) -> str | None:
    """State of an item of the project; external outside it, `missing` where no such item exists."""
    if blocker is None:
        return None
    if blocker.rpartition("#")[0] not in project:
        return "external"
    return states.get(blocker, "missing")


def _edge(signals: list[_Signal], blocker_state: str | None) -> dict[str, object] | None:
    """Signals of one pair, oldest first, joined; None where nothing is left of them."""
    if blocker_state == "missing":
        return None
    last = max((place for place, signal in enumerate(signals) if signal.taken_back), default=-1)
    standing = [
        signal
        for place, signal in enumerate(signals)
        if place > last or signal.source in ("native", "footer", "mention")
    ]
    standing = [signal for signal in standing if not signal.taken_back]
    if not standing:
        return None
    blocking = [signal for signal in standing if signal.type == "blocks"]
    best = max(blocking or standing, key=lambda signal: CONFIDENCE[signal.source])
    sources = {signal.source for signal in blocking or standing}
    return {
        "waiting": best.waiting,
        "blocker": best.blocker,
        "type": "blocks" if blocking and blocker_state != "closed" else "relates",
        "blocker_state": blocker_state,
        "source": best.source,
        "sources": ",".join(sorted(sources, key=lambda source: -CONFIDENCE[source])),
        "confidence": 1 - reduce(lambda left, source: left * (1 - CONFIDENCE[source]), sources, 1.0),
        "since": min(signal.at for signal in blocking or standing),
        "evidence_ref": best.ref,
        "evidence_url": best.url,
        "note": best.note,
        "known_later": "note" if best.known_later else "",
    }


def _native(past: ProjectState) -> Iterator[_Signal]:
    """Edges that GitHub itself keeps: by events, and as listed when last fetched."""
    items = past.items.select("repository_id", "number", "ref", "html_url")
    told = past.events.filter(pl.col("kind").is_in(["blocked_by_added", "blocked_by_removed"]))
    told = told.filter(pl.col("subject").is_not_null()).select(
        "repository_id", "number", pl.col("subject").alias("blocker"), pl.col("happened_at").alias("at"), "kind"
    )
    listed = past.dependencies.filter(type="blocks").select(
        "repository_id", "number", "blocker", pl.col("observed_at").alias("at"), pl.lit("listed").alias("kind")
    )
    first = pl.concat([told, listed]).sort("at", maintain_order=True)
    last = first.group_by("repository_id", "number", "blocker").agg(pl.col("kind").last(), pl.col("at").first())
    standing = last.filter(pl.col("kind") != "blocked_by_removed").join(items, on=["repository_id", "number"])
    for ref, url, blocker, at in standing.select("ref", "html_url", "blocker", "at").iter_rows():
        yield _Signal(ref, blocker, "blocks", "native", at, ref, url, f"GitHub lists it as blocked by {blocker}")


def _mentions(past: ProjectState) -> Iterator[_Signal]:
    """Items of the project that GitHub saw mention another one."""
    mentioned = past.items.select("repository_id", "number", "ref")
    told = past.events.filter(pl.col("kind") == "cross-referenced", pl.col("subject") != "").join(
        mentioned, on=["repository_id", "number"]
    )
    mentioning = past.items.select(subject="ref", url="html_url", title="title")
    chosen = told.join(mentioning, on="subject").filter(pl.col("subject") != pl.col("ref"))
    for source, ref, at, url, title in chosen.select("subject", "ref", "happened_at", "url", "title").iter_rows():
        yield _Signal(source, ref, "relates", "mention", at, source, url, title)


def _labels(past: ProjectState) -> Iterator[_Signal]:
    """Open items with a label that says blocked."""
    labelled = (
        past.items.filter(state="open")
        .explode("labels", empty_as_null=True)
        .filter(pl.col("labels").str.contains(_BLOCKED_LABEL) & ~pl.col("labels").str.contains(_NOT_BLOCKED_LABEL))
    )
    given = past.events.filter(kind="labeled").group_by("repository_id", "number", labels="subject")
    since = given.agg(pl.col("happened_at").last().alias("at"))
    dated = labelled.join(since, on=["repository_id", "number", "labels"], how="left").sort("ref", "labels")
    for ref, url, label, at in (
        dated.unique("ref", keep="first", maintain_order=True)
        .select("ref", "html_url", "labels", pl.coalesce("at", "created_at"))
        .iter_rows()
    ):
        yield _Signal(ref, None, "blocks", "label", at, ref, url, f"labelled {label}")


def _stated(past: ProjectState) -> Iterator[_Signal]:
    """What titles, bodies, comments and commit messages of open items say, and who mentions them."""
    hosts = {urlsplit(url).netloc.lower() for url in past.repositories["html_url"]} | {"github.com"}
    resolver = Resolver(tuple(past.repositories["repo"]), frozenset(hosts), past.holdings.former_names)
    stated: dict[str, list[_Signal]] = {}
    for text in sorted(_texts(past), key=lambda text: text.at):
        for statement in statements_in(text.text, text.repo, resolver, only_footers=text.is_commit):
            for signal in _signals(statement, text, stated):
                stated.setdefault(signal.waiting, []).append(signal)
    for signals in stated.values():
        yield from signals


def _signals(statement: Statement, text: _Text, stated: dict[str, list[_Signal]]) -> Iterator[_Signal]:
    def signal(waiting: str, blocker: str, kind: str, taken_back: bool = False) -> _Signal:
        note = " ".join(statement.sentence.split())[:_LONGEST_NOTE]
        return _Signal(
            waiting, blocker, kind, statement.signal, text.at, text.ref, text.url, note, text.known_later, taken_back
        )

    if statement.says == "free" and statement.ref is None:
        earlier = {one.blocker for one in stated.get(text.ref, []) if one.blocker and one.type == "blocks"}
        yield from (signal(text.ref, blocker, "relates", taken_back=True) for blocker in sorted(earlier))
    elif statement.ref is None or statement.ref == text.ref:
        return
    elif statement.says == "free":
        yield signal(text.ref, statement.ref, "relates", taken_back=True)
    elif statement.says == "blocks":
        yield signal(statement.ref, text.ref, "blocks")
    else:
        yield signal(text.ref, statement.ref, "blocks" if statement.says == "waits" else "relates")


def _texts(past: ProjectState) -> Iterator[_Text]:
    """Texts of open items that could say something, without those of bots."""
    opened = past.items.filter(state="open").select("repository_id", "number", "ref", item_url="html_url")
    key = ["repository_id", "number"]
    bodies = past.items.filter(pl.col("state") == "open", ~pl.col("author_is_bot"))
    for column in ("title", "body"):
        chosen = bodies.filter(pl.col(column).str.contains(_TRIGGERS)).select(
            "ref", "repo", "html_url", "created_at", column, pl.col("known_later").list.contains(column)
        )
        yield from (_Text(*row) for row in chosen.iter_rows())
    # only then looked into: a long history has far more comments than those of open items
    comments = past.comments.join(opened, on=key).filter(~pl.col("author_is_bot"))
    comments = comments.filter(pl.col("body").str.contains(_TRIGGERS))
    chosen = comments.select(
        "ref",
        "repo",
        pl.coalesce("html_url", "item_url"),
        "created_at",
        "body",
        pl.col("known_later").list.contains("body"),
    )
    yield from (_Text(*row) for row in chosen.iter_rows())
    messages = past.commits.join(opened, on=key).filter(pl.col("message").str.contains("(?i)depends-on|blocked-by"))
    chosen = messages.select(
        "ref", "repo", "item_url", "committed_at", "message", edited=pl.lit(value=False), commit=pl.lit(value=True)
    )
    yield from (_Text(*row) for row in chosen.iter_rows())
