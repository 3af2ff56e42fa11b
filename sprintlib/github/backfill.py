"""A first collection by GraphQL: what REST tells item by item, in pages of items with everything nested in them.

Lists that REST gives by the hundred (pull requests, issues, events with their ids) still come by REST; GraphQL knows no
ids of events and no blockers. Timelines, reviews, commits, comments and sizes come from here, and are marked as
collected item by item: what fails, or changed meanwhile, is asked for by REST as ever.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sprintlib.errors import CollectError, RateLimitError, TokenError
from sprintlib.facts.batch import NOT_UNDERSTOOD, FactBatch
from sprintlib.facts.rows import Origin
from sprintlib.github import graphql_payloads, queries
from sprintlib.github.cursors import Cursor, mark_items, read_cursor, write_cursor
from sprintlib.github.endpoints import COMMENTS, REVIEW_COMMENTS
from sprintlib.github.graphql import GraphQL, GraphQLResponse, PageSize, TooLongError
from sprintlib.github.items import ListedItem, Need, settled
from sprintlib.github.lists import RepositoryCollector
from sprintlib.observe.log import LOGGER

GRAPHQL = "graphql"
_NESTED, _FEWER_NESTED = 50, 10
_BACKFILL = "backfill"
_LISTS = (("pull requests", queries.PULLS), ("issues", queries.ISSUES))
_DONE = ""


def is_wanted(reader: RepositoryCollector) -> bool:
    """Whether comments were never collected, or a collection by GraphQL was interrupted."""
    with reader.engine.connect() as connection:
        cursor = read_cursor(connection, reader.repository_id, COMMENTS.name)
    return cursor is None or (not cursor.complete and not cursor.position.get("next"))


def backfill(reader: RepositoryCollector) -> None:
    """Collect what single items tell, once their lists are there; goes on where it was stopped.

    Raises CollectError and its kinds; what had arrived is kept.
    """
    with reader.engine.connect() as connection:
        need = Need(reader, connection)
        known = read_cursor(connection, reader.repository_id, COMMENTS.name)
    if need.events_are_short:  # timelines have to tell all events, with ids that only REST knows
        return
    cursor = known or Cursor(reader.repository_id, reader.full_name, COMMENTS.name, reader.client.now())
    position = {"newest": reader.client.now().isoformat(), _BACKFILL: {}} | cursor.position
    work = _Backfill(reader, need, GraphQL(reader.client), replace(cursor, position=position))
    for label, query in _LISTS:
        work.collect(label, query)
    work.finish()
    LOGGER.info("%s: collected by GraphQL for %d points", reader.full_name, work.graph.cost)


@dataclass
class _Backfill:
    reader: RepositoryCollector
    need: Need
    graph: GraphQL
    cursor: Cursor
    nested: int = _NESTED
    is_whole: bool = True

    def __post_init__(self) -> None:
        self.items: dict[int, ListedItem] = {item.number: item for item in self.need.items}
        self.size = PageSize()

    def collect(self, label: str, query: str) -> None:
        """All pages of one list, each stored with where to go on."""
        after: str | None = self.cursor.position[_BACKFILL].get(label)
        done = 0
        while after != _DONE:
            answer = self._page(query, after)
            found = (answer.data.get("repository") or {}).get("items")
            if not isinstance(found, Mapping):
                raise CollectError(f"GitHub's answer about the {label} of {self.reader.full_name} is none.")
            after = found["pageInfo"]["endCursor"] if found["pageInfo"]["hasNextPage"] else _DONE
            nodes = [node for node in found["nodes"] if node]
            self.is_whole = self.is_whole and len(nodes) == len(found["nodes"])
            self._store(label, after, nodes, answer)
            done += len(found["nodes"])
            self.reader.on_progress(f"{self.reader.full_name} {label} by GraphQL", done, found["totalCount"])

    def _page(self, query: str, after: str | None) -> GraphQLResponse:
        while True:
            try:
                answer = self.graph.ask(query, self._variables(size=self.size.size, nested=self.nested, after=after))
            except TooLongError as error:
                LOGGER.info("a page of %d was too much: %s", self.size.size, error)
                if not self.size.shrink():
                    if self.nested == _FEWER_NESTED:
                        raise CollectError(f"GitHub does not answer a query about one item ({error}).") from error
                    self.nested = _FEWER_NESTED
            else:
                self.size.grow()
                return answer

    def _variables(self, **more: Any) -> dict[str, Any]:
        owner, _, name = self.reader.full_name.partition("/")
        return {"owner": owner, "name": name, **more}

    def _store(self, label: str, after: str, nodes: list[Mapping[str, Any]], answer: GraphQLResponse) -> None:
        facts = FactBatch(Origin(self.reader.repository_id, GRAPHQL, answer.as_of))
        asked: dict[str, list[tuple[int, datetime]]] = {"timeline": [], "detail": []}
        for node in nodes:
            item = self.items.get(node.get("number", 0))
            if item is None:  # made after its list was read
                continue
            try:
                mine = self._facts(node, item, answer)
            except (*NOT_UNDERSTOOD, TooLongError) as error:
                LOGGER.info("%s#%s is left to REST: %r", self.reader.full_name, item.number, error)
                self.is_whole = False
                continue
            facts.merge(mine)
            until = settled([(item.number, datetime.fromisoformat(node["updatedAt"]))], answer.as_of)
            for part in self.need.parts(item):
                asked.get(part, []).extend(until)
        position = self.cursor.position
        self.cursor = replace(
            self.cursor, position={**position, _BACKFILL: {**position[_BACKFILL], label: after}}, as_of=answer.as_of
        )
        with self.reader.engine.begin() as connection:
            facts.write(connection)
            for part, items in asked.items():
                mark_items(connection, self.reader.repository_id, part, items, answer.as_of)
            write_cursor(connection, self.cursor)

    def _facts(self, node: Mapping[str, Any], item: ListedItem, answer: GraphQLResponse) -> FactBatch:
        """All facts of one item. Raises one of NOT_UNDERSTOOD for what is null or of another form."""
        number, parts = item.number, self.need.parts(item)
        facts = FactBatch(Origin(self.reader.repository_id, GRAPHQL, answer.as_of))
        more = queries.MORE_OF_PULL if item.is_pull else queries.MORE_OF_ISSUE
        for entry in self._whole(node["timelineItems"], more, number=number):
            if entry["__typename"] == "CrossReferencedEvent" and "timeline" not in parts:
                continue
            told = graphql_payloads.timeline_entry(entry)
            facts.add("timeline", [told], number)
        if item.is_pull:
            for thread in self._whole(node["reviewThreads"], queries.MORE_THREADS, number=number):
                for remark in self._whole(thread["comments"], queries.MORE_OF_THREAD, thread=thread["id"]):
                    facts.add("review_comment", [graphql_payloads.review_comment(remark)], number)
        if "detail" in parts:
            facts.add("size", [graphql_payloads.size(node)])
        return facts

    def _whole(self, found: Mapping[str, Any], more: str, **which: Any) -> Iterator[Mapping[str, Any]]:
        """A nested list to its end, page by page where it does not fit. A null in it raises TypeError."""
        while True:
            yield from found["nodes"]
            if not found["pageInfo"]["hasNextPage"]:
                return
            variables = which if "thread" in which else self._variables(**which)
            answer = self.graph.ask(more, {**variables, "after": found["pageInfo"]["endCursor"]})
            place = answer.data if "thread" in which else answer.data["repository"]
            found = place["item"]["list"]

    def finish(self) -> None:
        """Comments are collected: what came since is found by their lists, as in every later collection.

        Where an item could not be read, its comments may only be in those lists: then REST reads them to their ends.
        """
        position = {"newest": self.cursor.position["newest"]} if self.is_whole else {}
        with self.reader.engine.begin() as connection:
            for kind in (COMMENTS, REVIEW_COMMENTS):
                write_cursor(
                    connection, replace(self.cursor, kind=kind.name, position=position, complete=self.is_whole)
                )


def backfill_or_leave(reader: RepositoryCollector, must: bool) -> None:
    """Collect by GraphQL; where that cannot be and need not, REST does it all. Raises the limits and the token's."""
    try:
        backfill(reader)
    except (RateLimitError, TokenError):
        raise
    except CollectError as error:
        if must:
            raise
        LOGGER.warning("GraphQL is of no use here, REST takes over: %s", error)
