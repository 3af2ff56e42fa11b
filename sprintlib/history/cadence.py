"""Sprints of a team that plans without milestones: steps of one length from a first day, in the project's time zone.

What belongs to such a sprint is what people did (history.work), never a plan, since GitHub holds none:

- an open item that was worked on in the sprint before is in from the first moment, as work that was taken along;
- any other item comes in with the first work on it in the sprint, at the latest when somebody closes it;
- an item is in one sprint at a time: the one that it came into last. What is left open and untouched stays where it is.

Everything rests on moments that lie before the moment asked about, so a sprint's past never changes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import polars as pl

from sprintlib.calendar import WorkingCalendar
from sprintlib.history.other_sprints import OtherSprint, with_other_sprints
from sprintlib.history.state import MEMBERSHIPS, ProjectState
from sprintlib.history.touched import Touched
from sprintlib.history.work import known_items, mentions, open_spans, work
from sprintlib.store.frames import UTC_DATETIME

_ITEM = ["repository_id", "number"]
_KEY = {"repository_id": pl.Int64, "number": pl.Int64}
# frames of a past that work and spans are read from
_READ = ("items", "transitions", "events", "comments", "reviews", "commits")


@dataclass(frozen=True)
class Cadence:
    """Steps of `days` days since `start`; there is none before."""

    start: date
    days: int
    calendar: WorkingCalendar

    def until(self, moment: datetime) -> Iterator[OtherSprint]:
        """The sprints that had begun by a moment, oldest first. Each is called and numbered by its first day."""
        first = self.start
        while (begins := self.calendar.start_of_day(first)) <= moment:
            last = first + timedelta(days=self.days - 1)
            title, number = f"Sprint {first}", int(f"{first:%Y%m%d}")
            yield OtherSprint(number, title, title, first, last, begins, self.calendar.deadline(last), begins)
            first = last + timedelta(days=1)


@dataclass(frozen=True)
class CadenceStays:
    """Stays in these sprints (schema MEMBERSHIPS), also of items that are gone."""

    sprints: tuple[OtherSprint, ...]
    found: pl.DataFrame


def with_cadence(past: ProjectState, cadence: Cadence, stays: CadenceStays | None = None) -> ProjectState:
    """The same past with these sprints in place of GitHub's milestones, one part in each repository."""
    known = stays or cadence_stays(past, cadence)
    return with_other_sprints(past, "cadence", known.sprints, known.found, cadence.calendar)


def cadence_stays(
    past: ProjectState, cadence: Cadence, before: CadenceStays | None = None, touched: Touched | None = None
) -> CadenceStays:
    """Which items were in which sprints.

    before, touched: what it was, and what differs since; then only items that this may concern are looked at, as long
    as no other sprint has begun.
    """
    sprints = tuple(cadence.until(past.as_of))
    if before is None or touched is None or before.sprints != sprints:
        return CadenceStays(sprints, _stays(past, sprints, cadence))
    concerned = _concerned(past, touched)
    if concerned.is_empty():
        return before
    looked_at = pl.concat([concerned, _mentioning(past, concerned)]).unique()
    fresh = _stays(_only(past, looked_at), sprints, cadence).join(concerned, on=_ITEM, how="semi")
    return CadenceStays(sprints, pl.concat([before.found.join(concerned, on=_ITEM, how="anti"), fresh]))


def _concerned(past: ProjectState, touched: Touched) -> pl.DataFrame:
    """Touched items, and the issues that touched pull requests mention: work on the one is work on the other."""
    rows = [(key, number) for key, numbers in touched.items.items() for number in sorted(numbers)]
    own = pl.DataFrame(rows, schema=_KEY, orient="row")
    pulls = known_items(past).filter(kind="pull").join(own, on=_ITEM, how="semi")
    told = mentions(past.events)
    named = told.join(pulls.select(pl.col("ref").str.to_lowercase().alias("by")), on="by", how="semi")
    return pl.concat([own, named.select(_ITEM)]).unique()


def _mentioning(past: ProjectState, issues: pl.DataFrame) -> pl.DataFrame:
    """Pull requests that mention any of these."""
    told = mentions(past.events).join(issues, on=_ITEM, how="semi").select("by").unique()
    pulls = known_items(past).filter(kind="pull").select(*_ITEM, by=pl.col("ref").str.to_lowercase())
    return pulls.join(told, on="by", how="semi").select(_ITEM)


def _only(past: ProjectState, keys: pl.DataFrame) -> ProjectState:
    """The past of these items alone, as far as work on them is concerned."""
    frames = {name: getattr(past, name).join(keys, on=_ITEM, how="semi", maintain_order="left") for name in _READ}
    gone = past.holdings.gone.join(keys, on=_ITEM, how="semi")
    return replace(past, **frames, holdings=replace(past.holdings, gone=gone))


def _stays(past: ProjectState, sprints: Sequence[OtherSprint], cadence: Cadence) -> pl.DataFrame:
    """Stays in the sprints (schema MEMBERSHIPS)."""
    spans, zone = open_spans(past), cadence.calendar.time_zone.key
    day = pl.col("at").dt.convert_time_zone(zone).dt.date()
    step = ((day - pl.lit(cadence.start)).dt.total_days().floordiv(cadence.days)).alias("step")
    was_open = (pl.col("opened_at") <= pl.col("at")) & (pl.col("at") <= pl.col("closed_at")).fill_null(value=True)
    worked = work(past).join(spans, on=_ITEM).filter(was_open).select(*_ITEM, "at", step).filter(pl.col("step") >= -1)
    entered = pl.concat([worked, _taken_along(worked, spans, sprints)]).filter(pl.col("step") >= 0)
    first = entered.group_by(*_ITEM, "step").agg(entered_at=pl.col("at").min()).sort(*_ITEM, "step")
    steps = pl.DataFrame(
        [(place, sprint.number, sprint.title) for place, sprint in enumerate(sprints)],
        schema={"step": pl.Int64, "milestone": pl.Int64, "milestone_title": pl.String},
        orient="row",
    )
    return (
        first.join(steps, on="step", maintain_order="left")
        .join(past.repositories.select("repository_id", "repo"), on="repository_id", maintain_order="left")
        .with_columns(left_at=pl.col("entered_at").shift(-1).over(_ITEM))
        .select(pl.col(name).cast(kind) for name, kind in MEMBERSHIPS.items())
    )


def _taken_along(worked: pl.DataFrame, spans: pl.DataFrame, sprints: Sequence[OtherSprint]) -> pl.DataFrame:
    """What was worked on in one sprint and is open when the next begins: repository_id, number, at, step."""
    begins = pl.DataFrame(
        {"step": range(len(sprints)), "at": [sprint.begins for sprint in sprints]},
        schema={"step": pl.Int64, "at": UTC_DATETIME},
    )
    before = worked.select(*_ITEM, step=pl.col("step") + 1).unique()
    still_open = (pl.col("opened_at") < pl.col("at")) & (pl.col("closed_at") > pl.col("at")).fill_null(value=True)
    return before.join(begins, on="step").join(spans, on=_ITEM).filter(still_open).select(*_ITEM, "at", "step")
