"""The graph of who waits for whom, as SVG from our own layering: what must come first stands on the left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sprintlib.services.graphs import DependencyGraph, GraphItem, GraphLink
from sprintlib.views.markup import short
from sprintlib.views.templating import render

WIDTH, HEIGHT, ACROSS, DOWN = 200, 52, 84, 16  # of a box, and between boxes
MOST_DRAWN = 150  # items; the table tells of all
_TITLE_LETTERS = 27


@dataclass(frozen=True)
class Box:
    """One item in the picture. told: all of it, for the tooltip and who cannot see it."""

    item: GraphItem
    x: float
    y: float
    name: str
    title: str
    beside: str
    told: str


def graph_figure(graph: DependencyGraph, beside: Mapping[str, str], known: frozenset[str]) -> Markup:
    """The picture with its legend. beside: what is said of an item, by ref, such as its chance; plain text."""
    drawn = [item for item in graph.items if item.layer < _last_layer(graph)]
    places = _places(drawn, graph.links)
    boxes = [_box(item, *places[item.ref], beside, known) for item in drawn]
    links = [link for link in graph.links if link.waiting in places and link.blocker in places]
    lines = [(link, _line(places[link.blocker], places[link.waiting])) for link in links]
    lines.sort(key=lambda pair: pair[0].in_chain)  # the chain lies on top
    return render(
        "dependency_graph.html",
        boxes=boxes,
        lines=lines,
        size=(WIDTH, HEIGHT),
        width=max((box.x for box in boxes), default=0) + WIDTH + 8,
        height=max((box.y for box in boxes), default=0) + HEIGHT + 8,
        left_out=len(graph.items) - len(drawn),
        known=known,
    )


def _last_layer(graph: DependencyGraph) -> int:
    """The first layer that is not drawn, because the picture would hold too many items."""
    count = 0
    for layer in sorted({item.layer for item in graph.items}):
        count += sum(item.layer == layer for item in graph.items)
        if count > MOST_DRAWN:
            return max(layer, 1)
    return len(graph.items) + 1


def _places(items: Sequence[GraphItem], links: Sequence[GraphLink]) -> dict[str, tuple[float, float]]:
    """Left upper corner of each box: by layer, and within it near what it waits for, so that few lines cross."""
    places: dict[str, tuple[float, float]] = {}
    waits: dict[str, list[str]] = {}
    for link in links:
        waits.setdefault(link.waiting, []).append(link.blocker)
    held_up: dict[str, list[str]] = {}
    for link in links:
        held_up.setdefault(link.blocker, []).append(link.waiting)
    for layer in sorted({item.layer for item in items}):

        def middle(item: GraphItem) -> tuple[float, str]:
            known = [places[ref][1] for ref in waits.get(item.ref, ()) if ref in places]
            together = min(held_up.get(item.ref, [item.ref]))  # what one item waits for stands together
            return (sum(known) / len(known) if known else 0.0, f"{together} {item.ref}")

        for row, item in enumerate(sorted((one for one in items if one.layer == layer), key=middle)):
            places[item.ref] = (4 + layer * (WIDTH + ACROSS), 4 + row * (HEIGHT + DOWN))
    return places


def _line(start: tuple[float, float], end: tuple[float, float]) -> str:
    """The path from the right of what must come first to the left of what waits."""
    x1, y1, x2, y2 = start[0] + WIDTH, start[1] + HEIGHT / 2, end[0] - 7, end[1] + HEIGHT / 2
    bend = max(abs(x2 - x1) / 2, 24)
    return f"M{x1:.0f},{y1:.0f} C{x1 + bend:.0f},{y1:.0f} {x2 - bend:.0f},{y2:.0f} {x2:.0f},{y2:.0f}"


def _box(item: GraphItem, x: float, y: float, beside: Mapping[str, str], known: frozenset[str]) -> Box:
    title = item.title if len(item.title) <= _TITLE_LETTERS else f"{item.title[: _TITLE_LETTERS - 1]}…"
    said = beside.get(item.ref, "" if item.inside else "not in this milestone")
    told = ", ".join(filter(None, [item.ref, item.title, said, f"next: {item.actor}" if item.actor else ""]))
    return Box(item, x, y, short(item.ref, known), title, said, told)
