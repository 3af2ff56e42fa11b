"""Who waits for whom: the graph, the longest chain, blocks across repositories, and the same as a table."""

from collections import Counter

from markupsafe import Markup

from sprintlib import views
from sprintlib.analysis import MilestoneAnalysis
from sprintlib.dashboards.widgets import fragments
from sprintlib.dashboards.widgets.try_it import try_it
from sprintlib.dashboards.widgets.view import View
from sprintlib.forecast import Change
from sprintlib.services import DependencyGraph
from sprintlib.services.graphs import GraphItem, GraphLink
from sprintlib.views import items as item_words
from sprintlib.views.dependency_graph import graph_figure
from sprintlib.views.markup import known_repositories, short
from sprintlib.views.words import age, count

_macro = fragments.TEMPLATES.macro


def build(view: View) -> tuple[Markup, ...]:
    """The whole page."""
    milestone = view.milestone
    if milestone is None:
        return (fragments.none_open(view),)
    return (view.once("dependencies", lambda: _page(view, milestone)),)


def _page(view: View, milestone: MilestoneAnalysis) -> Markup:
    known = known_repositories(view.analysis)
    graph = view.facts.dependencies(view.analysis.as_of, milestone.key or milestone.title)
    beside = {item.ref: item_words.chance(item) for item in milestone.items if item.closes_by_due is not None}
    page = _macro(
        "dependencies.html",
        "page",
        milestone.title,
        summary(graph, known),
        graph_figure(graph, beside, known) if graph.links else "",
        _across(graph, known),
        [_row(view, milestone, link, graph) for link in graph.links],
        [short(ref, known) for ref in graph.unnamed],
        known,
    )
    return views.wrapped(page)


def summary(graph: DependencyGraph, known: frozenset[str]) -> str:
    """The longest chain, and who can act on its first item; plain text."""
    free = f"{count(graph.free, 'open item')} wait{'s' if graph.free == 1 else ''} for nothing"
    if not graph.links:
        return f"Nobody says that an open item waits for another. {free}."
    head = next((item for item in graph.items if item.ref == graph.chain[0]), None)
    act = f" {head.actor} can act on {short(head.ref, known)}." if head and head.actor else ""
    chain = " → ".join(short(ref, known) for ref in graph.chain)
    return f"Longest chain: {chain}.{act} {free}."


def _across(graph: DependencyGraph, known: frozenset[str]) -> list[str]:
    """`web waits for api: 2`, most first; plain text."""
    pairs = Counter((_repo(link.waiting), _repo(link.blocker)) for link in graph.links if link.crosses)
    return [f"{short(a, known)} waits for {short(b, known)}: {n}" for (a, b), n in pairs.most_common()]


def _row(
    view: View, milestone: MilestoneAnalysis, link: GraphLink, graph: DependencyGraph
) -> tuple[GraphLink, dict[str, GraphItem | None], str, str]:
    """A link with its two items by name, since when, and where freeing it can be tried."""
    items = {item.ref: item for item in graph.items}
    since = age(link.since, view.analysis.as_of).removesuffix(" old") if link.said else ""
    ends = {"waiting": items.get(link.waiting), "blocker": items.get(link.blocker)}
    attempt = try_it(view.request, milestone, Change(unblock=(link.waiting,))) if link.said else ""
    return link, ends, since, attempt


def _repo(ref: str) -> str:
    return ref.partition("#")[0]
