"""Items that wait for one another in a circle."""

from collections.abc import Iterable, Mapping

import polars as pl


def find_cycles(edges: pl.DataFrame) -> list[tuple[str, ...]]:
    """Groups of items that block each other in a circle, each sorted; none overlaps another.

    edges: from `find_dependencies`; only those that block, with a named blocker, count.
    """
    named = edges.filter(pl.col("type") == "blocks", pl.col("blocker").is_not_null())
    graph: dict[str, list[str]] = {}
    for waiting, blocker in named.select("waiting", "blocker").unique().sort("waiting", "blocker").iter_rows():
        graph.setdefault(waiting, []).append(blocker)
    reached = {node: _reachable(node, graph) for node in graph}
    circles = {
        tuple(sorted(other for other in reached[node] if node in reached.get(other, ())))
        for node in graph
        if node in reached[node]
    }
    return sorted(circles)


def _reachable(start: str, graph: Mapping[str, Iterable[str]]) -> set[str]:
    """Every node at the end of a path of one step or more."""
    found: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(graph.get(node, ()))
    return found
