"""What every feature is given: the past, and the part of it that belongs to one milestone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

import polars as pl

from sprintlib.calendar import WorkingCalendar
from sprintlib.dependencies import find_dependencies
from sprintlib.history import ProjectState

Found = TypeVar("Found")


@dataclass(frozen=True)
class MilestoneView:
    """A milestone as of `past.as_of`, over all repositories that hold a part of it.

    numbers: repository_id -> milestone number. started_at, deadline: UTC; null where unknown.
    window_days: calendar days before `as_of` that features of the project look back over.
    known_edges: the dependencies of the project, where they were found already.
    """

    past: ProjectState
    calendar: WorkingCalendar
    numbers: dict[int, int]
    started_at: datetime | None
    deadline: datetime | None
    window_days: int = 28
    known_edges: pl.DataFrame | None = None

    @property
    def as_of(self) -> datetime:
        return self.past.as_of

    @property
    def since(self) -> datetime:
        """Start of the window."""
        return self.as_of - timedelta(days=self.window_days)

    @property
    def window(self) -> str:
        return f"the {self.window_days} days before"

    @cached_property
    def items(self) -> pl.DataFrame:
        """Items now in the milestone (schema ITEMS)."""
        inside = pl.DataFrame(
            {"repository_id": list(self.numbers), "milestone": list(self.numbers.values())},
            schema={"repository_id": pl.Int64, "milestone": pl.Int64},
        )
        return self.past.items.join(inside, on=["repository_id", "milestone"], how="semi")

    @cached_property
    def edges(self) -> pl.DataFrame:
        """Dependencies of the project's items (schema dependencies.EDGES)."""
        return find_dependencies(self.past) if self.known_edges is None else self.known_edges

    @cached_property
    def open_items(self) -> pl.DataFrame:
        return self.items.filter(pl.col("state") == "open")

    @cached_property
    def open_pulls(self) -> pl.DataFrame:
        """Open pull requests of the repositories that hold a part of the milestone."""
        items = self.past.items.filter(pl.col("repository_id").is_in(list(self.numbers)))
        return items.filter((pl.col("kind") == "pull") & (pl.col("state") == "open"))

    def shared(self, work: Callable[["MilestoneView"], Found]) -> Found:
        """What `work` sees in the repositories and the window: once for all milestones of the same repositories.

        work: a function of a module. It is given a view that names no milestone, so that none can matter.
        """
        return self.past.cached(_of_repositories, self.calendar, tuple(sorted(self.numbers)), self.window_days, work)

    def in_window(self, frame: pl.DataFrame, column: str) -> pl.DataFrame:
        """Rows of the window; `as_of` is included, the start is not."""
        times = frame[column]
        if not times.null_count() and times.is_sorted():  # most frames are: far quicker with a long history
            first, last = (times.search_sorted(moment, side="right") for moment in (self.since, self.as_of))
            return frame.slice(first, last - first)
        return frame.filter((pl.col(column) > self.since) & (pl.col(column) <= self.as_of))

    def working_days(self, start: datetime, end: datetime) -> float:
        return self.calendar.working_time(start, end)


_NO_MILESTONE = 0


def _of_repositories(
    past: ProjectState,
    calendar: WorkingCalendar,
    ids: tuple[int, ...],
    window_days: int,
    work: Callable[[MilestoneView], Found],
) -> Found:
    return work(MilestoneView(past, calendar, dict.fromkeys(ids, _NO_MILESTONE), None, None, window_days))
