"""Who waits for whom in one milestone: items in layers by what must come first, and the longest chain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from sprintlib.analysis.pipeline import select_context, sprint_contexts
from sprintlib.evidence import Evidence
from sprintlib.project import ProjectHandle
from sprintlib.risks import SprintContext


@dataclass(frozen=True)
class GraphItem:
    """An open item that waits, or that another one waits for.

    inside: whether it is in the milestone. layer: 0 where it waits for nothing; else one more than what it waits for.
    actor: login of who can act next, where one person can be named. in_chain: part of the longest chain.
    """

    ref: str
    title: str
    html_url: str
    inside: bool
    layer: int
    actor: str | None
    in_chain: bool

    @property
    def repo(self) -> str:
        """`owner/name`."""
        return self.ref.partition("#")[0]


@dataclass(frozen=True)
class GraphLink:
    """`waiting` waits for `blocker`, both refs. crosses: between two repositories. said: where it is stated."""

    waiting: str
    blocker: str
    crosses: bool
    in_chain: bool
    since: datetime
    said: Evidence | None


@dataclass(frozen=True)
class DependencyGraph:
    """The graph of one milestone as of a moment.

    chain: refs of the longest chain, what must come first at its head; empty without any link. unnamed: items that are
    marked as blocked without saying by what. free: how many open items wait for nothing and hold up nothing.
    """

    items: tuple[GraphItem, ...]
    links: tuple[GraphLink, ...]
    chain: tuple[str, ...]
    unnamed: tuple[str, ...]
    free: int


def dependency_graph(project: ProjectHandle, as_of: datetime, milestone: str) -> DependencyGraph:
    """The graph of a milestone, by its key, title or number. Raises AnalysisError for one that did not exist then."""
    context = select_context(sprint_contexts(project.state(as_of), project.settings, milestone), as_of)
    known = {(one.item, one.blocker): one for one in context.blocked_items if one.blocker is not None}
    waits = _with_blockers_of_blockers(context)
    layers, chain = layered(waits), longest_chain(waits)
    steps = set(zip(chain[1:], chain, strict=False))
    inside = set(context.pulls_of)
    links = tuple(
        GraphLink(
            waiting=waiting,
            blocker=blocker,
            crosses=waiting.partition("#")[0] != blocker.partition("#")[0],
            in_chain=(waiting, blocker) in steps,
            since=known[waiting, blocker].since if (waiting, blocker) in known else as_of,
            said=known[waiting, blocker].said if (waiting, blocker) in known else None,
        )
        for waiting, blockers in sorted(waits.items())
        for blocker in blockers
    )
    items = tuple(
        GraphItem(
            ref=ref,
            title=context.items[ref].title,
            html_url=context.items[ref].html_url,
            inside=ref in inside,
            layer=layer,
            actor=_actor(context, ref),
            in_chain=ref in chain,
        )
        for ref, layer in sorted(layers.items(), key=lambda pair: (pair[1], pair[0]))
        if ref in context.items
    )
    unnamed = tuple(sorted(one.item for one in context.blocked_items if one.blocker is None))
    return DependencyGraph(items, links, chain, unnamed, len(inside - set(layers) - set(unnamed)))


def layered(waits: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Each item's layer: 0 where it waits for nothing, else one more than the highest it waits for.

    waits: waiting item -> what it waits for. In a circle each is counted once, as if the circle ended there.
    """
    found: dict[str, int] = {}
    for ref in dict.fromkeys([*waits, *(blocker for blockers in waits.values() for blocker in blockers)]):
        found[ref] = len(_longest(ref, waits, ())) - 1
    return found


def longest_chain(waits: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The longest chain of items that wait for one another, what must come first at its head; of equals the first."""
    chains = (_longest(ref, waits, ()) for ref in sorted(waits))
    return tuple(reversed(max(chains, key=len, default=())))


def _longest(ref: str, waits: Mapping[str, Sequence[str]], before: tuple[str, ...]) -> tuple[str, ...]:
    """The longest chain from an item to what it waits for in the end; a circle ends where it closes."""
    on = (*before, ref)
    chains = [_longest(blocker, waits, on) for blocker in waits.get(ref, ()) if blocker not in on]
    return (ref, *max(chains, key=len, default=()))


def _with_blockers_of_blockers(context: SprintContext) -> dict[str, tuple[str, ...]]:
    """What the open items of the sprint wait for, and what that waits for in turn, in the sprint or not."""
    found = {item: tuple(sorted(blockers)) for item, blockers in context.waits_for.items()}
    edges = context.edges.filter((pl.col("type") == "blocks") & (pl.col("blocker_state") == "open"))
    beyond: dict[str, list[str]] = {}
    for waiting, blocker in edges.select("waiting", "blocker").sort("waiting", "blocker").rows():
        beyond.setdefault(waiting, []).append(blocker)
    left = [blocker for blockers in found.values() for blocker in blockers]
    while left:
        ref = left.pop()
        if ref not in found and ref in beyond:
            found[ref] = tuple(beyond[ref])
            left += beyond[ref]
    return found


def _actor(context: SprintContext, ref: str) -> str | None:
    """Who owes the next move on a pull request that carries it; else who it is assigned to, if that is one person."""
    for pull in context.pulls_of.get(ref, ()):
        if pull in context.moves and context.moves[pull].who:
            return context.moves[pull].who
    assignees = context.items[ref].assignees
    return assignees[0] if len(assignees) == 1 else None
