"""What changed since a state was loaded, by what is read again for it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sprintlib.facts.changes import FactChange

Key = TypeVar("Key", int, str)
_BY_KEY = frozenset({"item", "milestone", "commit", "run"})


@dataclass(frozen=True)
class Touched:
    """Numbers of items and milestones and shas of commits by repository id, and ids of runs.

    listed: of things that belong to no item, the table and the repository in which any of them changed.
    """

    items: Mapping[int, frozenset[int]] = field(default_factory=dict)
    milestones: Mapping[int, frozenset[int]] = field(default_factory=dict)
    commits: Mapping[int, frozenset[str]] = field(default_factory=dict)
    runs: frozenset[int] = frozenset()
    listed: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def of(cls, changes: Iterable[FactChange], repository_ids: Collection[int]) -> "Touched":
        """What changed in these repositories."""
        own = [change for change in changes if change.repository_id in repository_ids]
        return cls(
            items=_numbers(own, "item"),
            milestones=_numbers(own, "milestone"),
            commits=_keys((change.repository_id, change.key) for change in own if change.kind == "commit"),
            runs=frozenset(int(change.key) for change in own if change.kind == "run"),
            listed=frozenset((change.kind, change.repository_id) for change in own if change.kind not in _BY_KEY),
        )

    @property
    def size(self) -> int:
        """How many things have to be read again."""
        parts = (self.items, self.milestones, self.commits)
        return sum(len(keys) for part in parts for keys in part.values()) + len(self.runs) + len(self.listed)

    def repositories_of(self, table: str) -> frozenset[int]:
        """Where things of a table that belong to no item changed."""
        return frozenset(key for name, key in self.listed if name == table)


def _numbers(changes: Iterable[FactChange], kind: str) -> dict[int, frozenset[int]]:
    return _keys((change.repository_id, int(change.key)) for change in changes if change.kind == kind)


def _keys(pairs: Iterable[tuple[int, Key]]) -> dict[int, frozenset[Key]]:
    found: defaultdict[int, set[Key]] = defaultdict(set)
    for repository_id, key in pairs:
        found[repository_id].add(key)
    return {repository_id: frozenset(keys) for repository_id, keys in found.items()}
