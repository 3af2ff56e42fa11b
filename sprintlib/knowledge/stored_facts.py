"""What is stored of the items of a project as of a moment, as a check of sentences looks it up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import polars as pl

from sprintlib.history import ProjectState
from sprintlib.knowledge.literals import DayLiteral
from sprintlib.references import Resolver


@dataclass(frozen=True)
class ItemFacts:
    """One item: its row of Past.items, its milestone's title and due date, and who had to do with it."""

    row: dict[str, Any]
    milestone: tuple[str, date | None] | None
    approved: bool
    people: frozenset[str]

    @property
    def logins(self) -> frozenset[str]:
        """Lower case."""
        named = [self.row["author"], *self.row["assignees"]]
        return self.people | {login.lower() for login in named if login}

    @cached_property
    def dates(self) -> tuple[DayLiteral, ...]:
        """Created, closed, and due with its milestone."""
        days: list[date | datetime | None] = [self.row["created_at"], self.row["closed_at"]]
        days.append(self.milestone[1] if self.milestone else None)
        return tuple(DayLiteral(day.year, day.month, day.day) for day in days if day)

    @property
    def numbers(self) -> frozenset[str]:
        """Lines added and deleted."""
        known = (self.row["additions"], self.row["deletions"])
        return frozenset(str(value) for value in known if value is not None)

    @property
    def words(self) -> tuple[str, ...]:
        """Title, states, labels and milestone, in words."""
        titles = (self.row["title"], self.milestone[0] if self.milestone else "")
        states = [
            name for name in ("open", "closed", "merged", "draft", "done", "dropped", "approved") if self.has(name)
        ]
        kind = "pull request" if self.row["kind"] == "pull" else "issue"
        return (*titles, *states, *self.row["labels"], kind, "created opened due milestone author", *self.logins)

    def has(self, state: str) -> bool:
        """Whether the item is in a state, in the words people use."""
        row = self.row
        held: dict[str, bool] = {
            "open": row["state"] == "open",
            "closed": row["state"] == "closed",
            "merged": row["kind"] == "pull" and row["closed_as"] == "done",
            "draft": bool(row["draft"]),
            "done": row["closed_as"] == "done",
            "dropped": row["closed_as"] == "dropped",
            "approved": self.approved,
        }
        return held[state]


@dataclass(frozen=True)
class StoredFacts:
    """Looks items up by owner/repo#n."""

    past: ProjectState
    resolver: Resolver

    @classmethod
    def of(cls, past: ProjectState) -> "StoredFacts":
        """Everything that was known at the moment of `past`."""
        return cls(past, Resolver(tuple(past.repositories["repo"]), ("github.com",), past.holdings.former_names))

    def item(self, ref: str) -> ItemFacts | None:
        """Facts of one item, or None for what is not stored."""
        row = self._rows.get(ref)
        if row is None:
            return None
        key = (row["repository_id"], row["number"])
        inside = self._milestones.get((row["repository_id"], row["milestone"]))
        return ItemFacts(row, inside, key in self._approved, frozenset(self._people.get(key, ())))

    @cached_property
    def logins(self) -> frozenset[str]:
        """Everybody who is known, lower case."""
        named = {login for people in self._people.values() for login in people}
        rows = self.past.items
        authors = _lower(rows["author"].drop_nulls())
        return frozenset(named | authors | _lower(rows["assignees"].explode().drop_nulls()))

    @cached_property
    def _rows(self) -> dict[str, dict[str, Any]]:
        return {row["ref"]: row for row in self.past.items.iter_rows(named=True)}

    @cached_property
    def _milestones(self) -> dict[tuple[int, int], tuple[str, date | None]]:
        columns = self.past.milestones.select("repository_id", "number", "title_then", "due_on")
        return {(key, number): (title, due) for key, number, title, due in columns.iter_rows()}

    @cached_property
    def _approved(self) -> frozenset[tuple[int, int]]:
        rows = self.past.reviews.filter(state="approved").select("repository_id", "number")
        return frozenset(rows.iter_rows())

    @cached_property
    def _people(self) -> dict[tuple[int, int], set[str]]:
        """Who commented, reviewed, acted, or was asked to, by item."""
        found: dict[tuple[int, int], set[str]] = defaultdict(set)
        asked = self.past.events.filter(pl.col("kind").is_in(["review_requested", "assigned"]))
        frames = (
            self.past.comments.select("repository_id", "number", login="author"),
            self.past.reviews.select("repository_id", "number", login="author"),
            self.past.events.select("repository_id", "number", login="actor"),
            asked.select("repository_id", "number", login="subject"),
        )
        for key, number, login in pl.concat(frames).drop_nulls("login").unique().iter_rows():
            found[key, number].add(login.lower())
        return dict(found)


def _lower(logins: Iterable[str]) -> set[str]:
    return {login.lower() for login in logins}
