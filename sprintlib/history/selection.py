"""Which sprint is meant where nobody names one: the same answer for pages, command line, notebooks and questions."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

Candidate = TypeVar("Candidate")


def due_next(
    candidates: Iterable[Candidate], deadline: Callable[[Candidate], datetime | None], as_of: datetime
) -> Candidate | None:
    """The candidate whose deadline comes next; else the one most recently overdue; else the first; None of none.

    An overdue sprint is skipped while another one is still to come. Of two with one deadline the first is taken.
    """

    def distance(candidate: Candidate) -> tuple[int, float]:
        end = deadline(candidate)
        if end is None:
            return (2, 0.0)
        seconds = (end - as_of).total_seconds()
        return (0, seconds) if seconds > 0 else (1, -seconds)

    return min(candidates, key=distance, default=None)
