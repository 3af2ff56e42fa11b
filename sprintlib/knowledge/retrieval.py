"""Search: exact lookups first, then full text and meaning fused by rank, then who stands beside what was found."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from sprintlib.history import ProjectState, load_state
from sprintlib.history.cross_references import links
from sprintlib.history.item_status import (
    Item,
    ItemStatus,
    items_of_milestone,
    items_of_milestone_then,
    repository_ids,
    status_as_of,
    status_today,
)
from sprintlib.knowledge.hits import Hit
from sprintlib.knowledge.lexical import full_text, terms
from sprintlib.knowledge.reference_lookup import exact
from sprintlib.knowledge.search_filter import SearchFilter
from sprintlib.knowledge.semantic_index import SemanticIndex
from sprintlib.knowledge.unspaced import pairs, unspaced
from sprintlib.observe.measures import timed
from sprintlib.settings import Settings
from sprintlib.store.schema import chunk

K = 60  # of reciprocal rank fusion (Cormack et al. 2009): a list's share of a hit is 1 / (K + rank)
DEPTH = 50  # hits taken from each list
EXACT_WEIGHT = 10.0  # what a query names comes before what resembles it
NEIGHBOUR_WEIGHT = 0.25
_NEIGHBOURS_OF = 3
EXCERPT_WORDS = 45


@dataclass(frozen=True)
class _Found:
    """What the lists say together: chunk id -> shares of its score by name."""

    why: dict[int, dict[str, float]]

    def add(self, ids: Sequence[int], name: str, weight: float = 1.0) -> None:
        for rank, key in enumerate(ids, start=1):
            self.why.setdefault(key, {})[f"{name}, rank {rank}"] = weight / (K + rank)

    def best(self) -> list[int]:
        return sorted(self.why, key=lambda key: (-sum(self.why[key].values()), key))


def search(
    engine: Engine,
    settings: Settings,
    query: str,
    as_of: datetime | None = None,
    k: int = 10,
    repos: Collection[str] | None = None,
    milestone: str | None = None,
    kinds: Collection[str] | None = None,
    semantic_index: SemanticIndex | None = None,
    past: ProjectState | None = None,
) -> list[Hit]:
    """The `k` texts that fit a query best, best first; each text once.

    as_of: nothing said later is found, and states, milestones and titles are those of the moment; default: now, with
    what was collected last. repos, milestone (title or number), kinds: look only there. meaning: the vector index,
    opened once by who searches often; full text alone without one. past: of that moment, if the caller has it.
    """
    if past is None and (as_of is not None or settings.sprints.source != "milestones"):
        past = load_state(engine, settings, as_of or datetime.now(UTC))
    with timed("retrieval"), engine.connect() as connection:
        known = repository_ids(connection, settings.project.repositories)
        asked = {name.lower() for name in repos} if repos is not None else None
        chosen = {name: key for name, key in known.items() if asked is None or name.lower() in asked}
        items = _items(connection, chosen, milestone, past)
        only = frozenset(kinds) if kinds is not None else None
        scope = SearchFilter(tuple(chosen.values()), as_of or datetime.now(UTC), items, asked is None, only)
        found = _Found({})
        found.add(exact(connection, query, scope, chosen, DEPTH), "named in the query", EXACT_WEIGHT)
        found.add(full_text(connection, query, scope, DEPTH), "full text")
        found.add(unspaced(connection, query, scope, DEPTH), "neighbouring characters")
        if semantic_index is not None:
            found.add(semantic_index.nearest(connection, query, scope, DEPTH), "meaning")
        fetched = _rows(connection, found.best()[: 4 * k], {})
        _add_neighbours(connection, found, list(fetched.values()), scope, known)
        rows = _each_text_once(_rows(connection, found.best()[: 5 * k], fetched).values())[:k]
        standings = _standings(connection, rows, past)
    words = terms(query)
    return [_hit(row, found.why[row.id], standings, words, scope.as_of) for row in rows]


def _items(
    connection: Connection, repos: dict[str, int], milestone: str | None, past: ProjectState | None
) -> frozenset[Item] | None:
    """Items of the milestone that is asked for, or None when none is."""
    if milestone is None:
        return None
    ids = frozenset(repos.values())
    if past is not None:
        return frozenset(item for item in items_of_milestone_then(past, milestone) if item[0] in ids)
    return items_of_milestone(connection, ids, milestone)


def _add_neighbours(
    connection: Connection, found: _Found, rows: Sequence[Any], scope: SearchFilter, repos: dict[str, int]
) -> None:
    """Items that the best hits wait for, or that mention them."""
    refs = [row.ref for row in _each_text_once(rows) if "#" in row.ref][:_NEIGHBOURS_OF]
    names = {key: name for name, key in repos.items()}
    beside: dict[Item, str] = {}
    for link in links(connection, refs, scope.as_of):
        repo, _, number = link.other.rpartition("#")
        if repo in repos and link.other not in refs:
            beside.setdefault((repos[repo], int(number)), link.ref)
    for rank, ((key, item), ref) in enumerate(list(beside.items())[:DEPTH], start=1):
        is_item = (chunk.c.repository_id == key, chunk.c.number == item, chunk.c.kind.in_(("issue", "pull")))
        first = connection.scalar(select(chunk.c.id).where(*is_item, chunk.c.part == 0, *scope.conditions()))
        if first is not None and key in names:
            found.why.setdefault(first, {})[f"beside {ref}"] = NEIGHBOUR_WEIGHT / (K + rank)


def _rows(connection: Connection, ids: Sequence[int], known: dict[int, Any]) -> dict[int, Any]:
    """Chunks by id, in the order of the ids; only those that are not known yet are fetched."""
    missing = [key for key in ids if key not in known]
    fetched = connection.execute(select(chunk).where(chunk.c.id.in_(missing))) if missing else ()
    rows = known | {row.id: row for row in fetched}
    return {key: rows[key] for key in ids if key in rows}


def _each_text_once(rows: Iterable[Any]) -> list[Any]:
    """The best part of every text."""
    first: dict[str, Any] = {}
    for row in rows:
        first.setdefault(row.source_key, row)
    return list(first.values())


def _standings(connection: Connection, rows: Sequence[Any], past: ProjectState | None) -> dict[Item, ItemStatus]:
    items = {(row.repository_id, row.number) for row in rows if row.number is not None}
    return status_today(connection, items) if past is None else status_as_of(past, items)


def _hit(row: Any, why: dict[str, float], standings: dict[Item, ItemStatus], words: list[str], as_of: datetime) -> Hit:
    standing = standings.get((row.repository_id, row.number))
    edited = row.updated_at is not None and row.updated_at > as_of and row.observed_at > as_of
    is_titled_by_item = row.kind in ("issue", "pull", "comment", "review")
    title = standing.title if standing and standing.title and is_titled_by_item else row.title
    return Hit(
        chunk_id=row.id,
        ref=row.ref,
        kind=row.kind,
        url=row.url,
        title=title,
        excerpt=excerpt(row.body or row.title, words),
        body=row.body,
        author=row.author,
        happened_at=row.happened_at,
        state=standing.state if standing and row.kind != "commit" else None,
        milestone=standing.milestone if standing else None,
        score=round(sum(why.values()), 6),
        why={name: round(share, 6) for name, share in why.items()},
        known_later=("text",) if edited else (),
        suspicious=row.suspicious,
    )


def excerpt(body: str, words: Sequence[str], length: int = EXCERPT_WORDS) -> str:
    """The sentence that holds most of the words, with what follows it up to `length` words; verbatim but for spaces."""
    sentences = list(_sentences(body))
    if not sentences:
        return ""
    wanted = set(words)
    grams = [pair for word in words for pair in pairs(word)]
    overlaps = [len(wanted & set(terms(sentence))) + sum(pair in sentence for pair in grams) for sentence in sentences]
    start = max(range(len(sentences)), key=lambda place: (overlaps[place], -place))
    found = " ".join(sentences[start:]).split()
    return " ".join(found[:length]) + (" ..." if len(found) > length else "")


def _sentences(body: str) -> Iterator[str]:
    for line in body.splitlines():
        yield from (part.strip() for part in re.split(r"(?<=[.!?])\s+", line) if part.strip())
