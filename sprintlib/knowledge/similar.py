"""Past sprints like this one, by where they stood at the same share of their time and by what they were about."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import log, log1p, sqrt

import polars as pl
from pydantic import BaseModel, ConfigDict

from sprintlib.calendar import WorkingCalendar
from sprintlib.evidence import Evidence
from sprintlib.history import ProjectState
from sprintlib.history.lateness import days_late
from sprintlib.history.scope import burn_up, start_of
from sprintlib.history.sprint import leading_first, meant_groups, sprint_groups
from sprintlib.history.sprint_grouping import Row
from sprintlib.knowledge.tokens import words

FEWEST = 3  # with fewer ended sprints there is nothing to compare with
_EARLIEST = 0.05  # share of the time before which a sprint has no course yet


class SimilarSprint(BaseModel):
    """One ended sprint.

    similarity: 0-1, the mean of `by_state` and `by_text`. days_late: local days after the due date on which its last
    part was closed; 0 is in time.
    """

    model_config = ConfigDict(frozen=True)

    title: str
    due_on: date
    closed_on: date
    days_late: int
    similarity: float
    by_state: float
    by_text: float
    evidence: tuple[Evidence, ...]

    @property
    def ending(self) -> str:
        """`2.3 Search, 5 days late`."""
        return f"{self.title}, {_days(self.days_late)} late" if self.days_late > 0 else f"{self.title}, in time"


class Similar(BaseModel):
    """The most similar ended sprints, best first, and what they say together; reason: why there are none."""

    model_config = ConfigDict(frozen=True)

    sprints: tuple[SimilarSprint, ...] = ()
    statement: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class _Course:
    """A sprint as compared: its parts, span, the words of its items' titles, and when it was closed."""

    title: str
    parts: tuple[tuple[int, int, str, str], ...]  # repository id, number, repo, url
    start: datetime
    due_on: date
    end: datetime
    closed_at: datetime | None
    days: pl.DataFrame  # day, scope, done
    vocabulary: Counter[str]

    def state(self, share: float, calendar: WorkingCalendar) -> tuple[float, float, float]:
        """At a share of its time: share of the scope done, growth of the scope since the start, log of its size."""
        day = calendar.local_date(self.start + (self.end - self.start) * share - timedelta(microseconds=1))
        then = self.days.filter(pl.col("day") <= max(day, self.days["day"][0])).row(-1, named=True)
        first = max(self.days["scope"][0], 1)
        return (then["done"] / max(then["scope"], 1), then["scope"] / first - 1, log1p(then["scope"]))


def similar_sprints(past: ProjectState, calendar: WorkingCalendar, wanted: str, k: int = 5) -> Similar:
    """The `k` ended sprints most like one, as of `past.as_of`, and how they ended.

    wanted: that one, by a title or a SprintKey as written.
    Only sprints with a due date that had been closed by then are looked at. State counts half, text the other half:
    distance of (share done, growth, log size) at the same share of the time; cosine of the words of item titles.
    """
    groups = sprint_groups(past)
    courses = {id(group): course for group in groups if (course := _course(past, calendar, group))}
    this = next((courses[id(group)] for group in meant_groups(groups, wanted) if id(group) in courses), None)
    if this is None:
        return Similar(reason="It has no due date or no items yet, so no other sprint can be compared with it.")
    ended = [course for course in courses.values() if course.closed_at is not None and course is not this]
    if len(ended) < FEWEST:
        return Similar(reason=f"Only {len(ended)} sprints with a due date have ended: too few to compare with.")
    share = max(_EARLIEST, min(1.0, (past.as_of - this.start) / (this.end - this.start)))
    rarity = _rarity([this, *ended])
    mine = this.state(share, calendar)
    found = []
    for course in ended:
        far = sqrt(sum((a - b) ** 2 for a, b in zip(mine, course.state(share, calendar), strict=True)))
        by_state, by_text = 1 / (1 + far), _cosine(this.vocabulary, course.vocabulary, rarity)
        found.append(_similar(course, calendar, by_state, by_text))
    best = sorted(found, key=lambda one: (-one.similarity, one.due_on, one.title))[:k]
    return Similar(sprints=tuple(best), statement=_statement(best))


def _course(past: ProjectState, calendar: WorkingCalendar, group: Sequence[Row]) -> _Course | None:
    rows = pl.DataFrame(leading_first(group), schema=past.milestones.schema)
    dues: list[date] = rows["due_on"].drop_nulls().to_list()
    if not dues:
        return None
    parts = tuple(rows.select("repository_id", "number", "repo", "html_url").iter_rows())
    starts = {part[:2]: start_of(past, part[0], part[1], calendar) for part in parts}
    known = [start for start in starts.values() if start is not None and start <= past.as_of]
    end = calendar.deadline(max(dues))
    if not known or min(known) >= end:
        return None
    frames = [burn_up(past, part[0], part[1], calendar, starts[part[:2]]) for part in parts]
    days = pl.concat(frames).group_by("day").agg(pl.col("scope").sum(), pl.col("done").sum()).sort("day")
    if days.is_empty():
        return None
    closed: list[datetime] = rows["closed_at"].drop_nulls().to_list()
    ended = max(closed) if len(closed) == len(rows) else None
    keys = rows.select("repository_id", milestone="number")
    members = past.memberships.join(keys, on=["repository_id", "milestone"], how="semi")
    titles = past.items.join(members, on=["repository_id", "number"], how="semi")["title"]
    counted = Counter(word for one in titles for word in words(one))
    return _Course(rows["title"][0], parts, min(known), max(dues), end, ended, days, counted)


def _similar(course: _Course, calendar: WorkingCalendar, by_state: float, by_text: float) -> SimilarSprint:
    assert course.closed_at is not None  # noqa: S101 - only ended sprints come here
    closed_on = calendar.local_date(course.closed_at)
    note = f"{course.title}: due {course.due_on}, closed {closed_on}"
    return SimilarSprint(
        title=course.title,
        due_on=course.due_on,
        closed_on=closed_on,
        days_late=days_late(course.due_on, course.closed_at, course.closed_at, calendar),
        similarity=round((by_state + by_text) / 2, 4),
        by_state=round(by_state, 4),
        by_text=round(by_text, 4),
        evidence=tuple(
            Evidence(ref=f"{repo} milestone {number}", kind="milestone", url=url, note=note)
            for _, number, repo, url in course.parts
        ),
    )


def _rarity(throughput: Iterable[_Course]) -> dict[str, float]:
    """How telling a word is: in fewer sprints, more so."""
    several = list(throughput)
    seen = Counter(word for course in several for word in course.vocabulary)
    return {word: log((1 + len(several)) / (1 + count)) + 1 for word, count in seen.items()}


def _cosine(one: Counter[str], other: Counter[str], rarity: dict[str, float]) -> float:
    weighted = [{word: count * rarity[word] for word, count in counted.items()} for counted in (one, other)]
    lengths = [sqrt(sum(value**2 for value in vector.values())) for vector in weighted]
    shared = sum(value * weighted[1].get(word, 0.0) for word, value in weighted[0].items())
    return shared / (lengths[0] * lengths[1]) if all(lengths) else 0.0


def _statement(best: list[SimilarSprint]) -> str:
    late = sorted(one.days_late for one in best if one.days_late > 0)
    if not late:
        return f"None of the {len(best)} most similar sprints slipped."
    span = f"{late[0]} to {_days(late[-1])}" if late[0] != late[-1] else _days(late[0])
    return f"{len(late)} of {len(best)} similar sprints slipped, by {span}."


def _days(number: int) -> str:
    return f"{number} day{'s' if number != 1 else ''}"
