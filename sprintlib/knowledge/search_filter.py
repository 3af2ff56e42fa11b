"""What a search may look at: the project's repositories, perhaps one milestone, and nothing from the future."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select

from sprintlib.store.schema import chunk

_NOWHERE = -1  # stands for the repository of what belongs to none
MORE = 4  # times as many are ranked before looking at what may be found; where that is too few, only that is ranked


@dataclass(frozen=True)
class SearchFilter:
    """What may be found.

    repository_ids: of the project, or those that were asked for. items: (repository id, number) pairs of a
    milestone, or None for all. general: also what belongs to no repository (playbook, past analyses).
    kinds: only these (issue, pull, comment, review, commit, release, analysis, playbook), or None for all.
    """

    repository_ids: tuple[int, ...]
    as_of: datetime
    items: frozenset[tuple[int, int]] | None = None
    general: bool = True
    kinds: frozenset[str] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """For the chunk table."""
        found: list[ColumnElement[bool]] = [or_(chunk.c.happened_at.is_(None), chunk.c.happened_at <= self.as_of)]
        if self.kinds is not None:
            found.append(chunk.c.kind.in_(sorted(self.kinds)))
        if self.items is None:
            # an expression, not the column: its index holds nearly every row, and SQLite would walk through all of it
            of = func.coalesce(chunk.c.repository_id, _NOWHERE)
            return [*found, of.in_([*self.repository_ids, *([_NOWHERE] if self.general else [])])]
        numbers: dict[int, list[int]] = {}
        for key, number in sorted(self.items):
            numbers.setdefault(key, []).append(number)
        parts: Collection[Any] = [
            and_(chunk.c.repository_id == key, chunk.c.number.in_(wanted)) for key, wanted in numbers.items()
        ]
        return [*found, or_(*parts) if parts else false()]

    def among(self, connection: Connection, ids: Sequence[int]) -> list[int]:
        """Those of the chunks that may be found, in the order given."""
        query = select(chunk.c.id).where(chunk.c.id.in_(ids), *self.conditions())
        allowed = set(connection.scalars(query))
        return [key for key in ids if key in allowed]
