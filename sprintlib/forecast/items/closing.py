"""When the open items of a project will close: the shared hazard, corrected by what it closed of its plans lately.

Only what was planned and not blocked teaches: what nobody means to do now says nothing about how a plan is worked off,
and a block is no slowness. So a backlog, however large, and a repository that is at rest change no forecast.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast.developers import active_developers, repositories_at_work
from sprintlib.forecast.items.clock import WorkingClock
from sprintlib.forecast.items.hazard import FEATURES, features, shipped_hazard
from sprintlib.forecast.items.item_features import LOOKBACK_DAYS, open_at, standing
from sprintlib.forecast.items.local import LocalHazard, learned
from sprintlib.forecast.items.stages import carrying
from sprintlib.forecast.unblock_time import blocked_spans
from sprintlib.history import ProjectState

Array = NDArray[np.float64]

FEWEST_CLOSED = 5  # closings within them below which nothing is said about single items
_DAILY, _DAYS_A_WEEK = 15, 5  # working days on each of which items are looked at, and between further looks


@dataclass(frozen=True)
class ItemClosings:
    """The open items of a project as of `past.as_of`, and how fast each is expected to close."""

    past: ProjectState
    calendar: WorkingCalendar

    def rates(self, refs: Sequence[str], due: float | None = None) -> dict[str, tuple[float, ...]]:
        """Closings per working day of open items in each piece of EDGES, while nothing blocks them.

        due: suppose that just these are planned together until then, in working days. Empty where too little has
        closed to say. Raises KeyError for a ref that is not open.
        """
        if self.closed < FEWEST_CLOSED or not refs:
            return {}
        places = [self._place[ref] for ref in refs]
        facts = self._facts[places]
        if due is not None:
            together = {"planned": True, "beside": float(len(refs)), "due": due}
            apply_change = self.standing[places].with_columns(
                pl.lit(value).alias(name) for name, value in together.items()
            )
            facts = features(apply_change, np.zeros(len(refs)), self._developers)
        found = self.hazard.rates(facts)
        return {ref: tuple(row) for ref, row in zip(refs, found.tolist(), strict=True)}

    @cached_property
    def standing(self) -> pl.DataFrame:
        """How each open item stands (schema STANDINGS)."""
        return standing(self.past, self.calendar, [self.past.as_of])

    @cached_property
    def closing_pull_requests(self) -> dict[str, tuple[str, ...]]:
        """Open items -> the open pull requests that carry them."""
        rows = (
            carrying(self.past, open_at(self.past, [self.past.as_of]))
            .sort("ref", "pull")
            .group_by("ref", maintain_order=True)
            .agg("pull")
        )
        return {ref: tuple(pulls) for ref, pulls in rows.iter_rows()}

    @cached_property
    def carried(self) -> dict[str, str]:
        """Open pull requests -> the first open item that they carry."""
        return {pull: ref for ref, pulls in sorted(self.closing_pull_requests.items(), reverse=True) for pull in pulls}

    @cached_property
    def closed(self) -> int:
        """Items closed within LOOKBACK_DAYS."""
        since = self.past.as_of - timedelta(days=LOOKBACK_DAYS)
        return self.past.items.filter(pl.col("closed_at") > since).height

    @cached_property
    def hazard(self) -> LocalHazard:
        """The shared model after the project's own planned items: how they stood then, and when they closed."""
        moments = self._looked_at()
        then = self._teaching(standing(self.past, self.calendar, moments))
        if then.is_empty():
            return learned(shipped_hazard(), np.zeros((0, len(FEATURES))), *[np.zeros(0)] * 3)
        ended = closed_next(self.past, then)
        clock = WorkingClock(self.calendar, moments[-1], self.past.as_of)
        days = clock.read(ended["closed"].fill_null(self.past.as_of)) - clock.read(then["at"])
        told = days > 0
        weight = 1.0 / then.select(pl.len().over("ref")).to_series().to_numpy()
        facts = features(then, np.zeros(then.height), self._developers)
        closed = ended["closed"].is_not_null().to_numpy().astype(np.float64)
        return learned(shipped_hazard(), facts[told], days[told], closed[told], weight[told])

    def _teaching(self, then: pl.DataFrame) -> pl.DataFrame:
        """Rows (schema STANDINGS) that were planned and not blocked, nor a pull request that carries them."""
        ids = self.past.items.select("ref", "repository_id")
        lively = repositories_at_work(self.past, LOOKBACK_DAYS)
        planned = then.filter("planned").join(
            ids.filter(pl.col("repository_id").is_in(lively)), on="ref", how="semi", maintain_order="left"
        )
        spans = blocked_spans(self.past)
        if spans.is_empty():
            return planned
        pulls = carrying(self.past, then.select("at", "ref")).select("at", "ref", waiting="pull")
        either = pl.concat([planned.select("at", "ref", waiting="ref"), pulls])
        stuck = either.join(spans, left_on="waiting", right_on="ref").filter(
            (pl.col("began") <= pl.col("at")) & (pl.col("ended").is_null() | (pl.col("at") < pl.col("ended")))
        )
        return planned.join(stuck, on=["at", "ref"], how="anti", maintain_order="left")

    def _looked_at(self) -> list[datetime]:
        """The same time of day on each of the last working days, then once a week: a weekend changes nothing."""
        now, today = self.past.as_of, self.calendar.local_date(self.past.as_of)
        days = [today - timedelta(days=age) for age in range(1, LOOKBACK_DAYS)]
        ages = [(today - day).days for day in days if self.calendar.is_working_day(day)]
        return [now - timedelta(days=age) for age in (*ages[:_DAILY], *ages[_DAILY::_DAYS_A_WEEK])]

    @cached_property
    def _facts(self) -> Array:
        return features(self.standing, np.zeros(self.standing.height), self._developers)

    @cached_property
    def _place(self) -> dict[str, int]:
        return {ref: place for place, ref in enumerate(self.standing["ref"])}

    @cached_property
    def _developers(self) -> float:
        return float(sum(active_developers(self.past, repo) for repo in self.past.repositories["repo"]))


def closed_next(past: ProjectState, then: pl.DataFrame) -> pl.DataFrame:
    """For each row of `then` (schema STANDINGS) its `at`, its `ref` and when that item was `closed` next, or null."""
    refs = past.items.select("repository_id", "number", "ref")
    changes = past.transitions.filter(pl.col("to") != "open").join(refs, on=["repository_id", "number"])
    return then.select("at", "ref").join_asof(
        changes.select("ref", closed="at").sort("closed"),
        left_on="at",
        right_on="closed",
        by="ref",
        strategy="forward",
        allow_exact_matches=False,
        check_sortedness=False,
    )


def closings_of(past: ProjectState, calendar: WorkingCalendar) -> ItemClosings:
    """The closings to come of a project; the same ones for every sprint of the same past."""
    return past.cached(ItemClosings, calendar)
