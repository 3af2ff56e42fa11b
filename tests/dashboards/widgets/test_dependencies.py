"""The page of dependencies: layers, the longest chain, and the same in a table."""

import re
from datetime import UTC, datetime
from itertools import pairwise

from sprintlib.dashboards.widgets import Dashboard, Request
from sprintlib.project import ProjectHandle
from sprintlib.services import DependencyGraph, dependency_graph
from sprintlib.services.graphs import GraphItem, GraphLink, layered, longest_chain
from sprintlib.views.dependency_graph import MOST_DRAWN, graph_figure
from tests import samples
from tests.dashboards.widgets.test_dashboard import DashboardData
from tests.world import World


def test_layers_and_the_longest_chain():
    waits = {"a": ("b", "c"), "c": ("d",), "e": ("d",)}
    assert layered(waits) == {"a": 2, "c": 1, "e": 1, "b": 0, "d": 0}
    assert longest_chain(waits) == ("d", "c", "a")
    assert longest_chain({}) == ()


def test_a_circle_ends_where_it_closes():
    waits = {"a": ("b",), "b": ("c",), "c": ("a",)}
    assert set(layered(waits)) == {"a", "b", "c"}
    assert len(longest_chain(waits)) == 3


def graph(number: int, title: str = "An item") -> DependencyGraph:
    """`number` items in a row of three columns, each waiting for the one on its left."""
    refs = [f"{samples.API if n % 2 else samples.WEB}#{n}" for n in range(number)]
    items = [
        GraphItem(ref, title, f"https://github.com/{ref.replace('#', '/issues/')}", True, n % 3, "kim", n < 3)
        for n, ref in enumerate(refs)
    ]
    links = [
        GraphLink(one, other, True, n < 2, samples.AS_OF, samples.cite(samples.WEB, 31))
        for n, (other, one) in enumerate(pairwise(refs))
        if n % 3 < 2
    ]
    return DependencyGraph(tuple(items), tuple(links), tuple(refs[:3]), (f"{samples.WEB}#99",), 4)


def page(found: DependencyGraph) -> str:
    facts = DashboardData(samples.analysis())
    facts.graph = found
    return Dashboard(facts, Request(page="dependencies")).body


def test_graph_and_table_say_the_same():
    body = page(graph(5))
    assert body.count("<rect ") == 5
    assert len(re.findall(r'class="link[ "]', body)) == 3
    assert body.count('<tr class="in-chain">') == 2
    assert "Longest chain: web#0 → api#1 → web#2. kim can act on web#0. 4 open items wait for nothing." in body
    assert "web#2 waits for api#1, across repositories" in body
    assert "Blocked, and nobody says by what" in body


def test_three_hundred_items_are_all_in_the_table():
    body = page(graph(300))
    assert body.count("<rect ") <= MOST_DRAWN
    assert "more in the table only" in body
    assert body.count('<tr class="in-chain">') + body.count('<tr><th scope="row">') == 200


def test_boxes_of_one_layer_do_not_lie_upon_each_other():
    figure = graph_figure(graph(60), {}, frozenset())
    places = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)"', figure)
    assert len(places) == len(set(places)) == 60


def test_no_dependency_says_how_to_state_one():
    body = page(DependencyGraph((), (), (), (), 3))
    assert "Nobody says that an open item waits for another. 3 open items wait for nothing." in body
    assert "Depends-On: owner/repo#12" in body


def test_hostile_titles_stay_text():
    body = page(graph(3, samples.HOSTILE))
    assert "<script>" not in body
    assert "<img" not in body


def test_the_graph_of_a_stored_project(team: World):
    team.event(15, "blocked_by_added", "03-17 12:00", subject="acme/api#16")
    team.flush()
    project = ProjectHandle(team.settings, team.engine)
    found = dependency_graph(project, datetime(2026, 3, 20, 12, tzinfo=UTC), "Sprint 2")
    assert [(link.waiting, link.blocker, link.crosses) for link in found.links] == [
        ("acme/api#15", "acme/api#16", False)
    ]
    assert found.chain == ("acme/api#16", "acme/api#15")
    assert {item.ref: item.layer for item in found.items} == {"acme/api#16": 0, "acme/api#15": 1}
