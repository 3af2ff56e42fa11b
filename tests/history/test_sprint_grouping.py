"""Which milestones are one sprint: names, years, spaces, versions, backlogs, and what sprint.toml says."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sprintlib.history import SprintKey, due_next
from sprintlib.history.sprint_grouping import group_milestones
from sprintlib.history.state import MILESTONES

API, WEB = 1, 2


def row(
    repository: int, number: int, title: str, due: date | None = None, created: str = "2026-01-05", closed: str = ""
) -> dict[str, object]:
    return {
        "repository_id": repository,
        "repo": {API: "acme/api", WEB: "acme/web"}[repository],
        "number": number,
        "title": title,
        "title_then": title,
        "state": "closed" if closed else "open",
        "due_on": due,
        "created_at": datetime.fromisoformat(created).replace(tzinfo=UTC),
        "closed_at": datetime.fromisoformat(closed).replace(tzinfo=UTC) if closed else None,
        "html_url": "https://github.com/x",
        "known_later": [],
    }


def groups(*rows: dict[str, object], parts: dict[str, tuple[str, ...]] | None = None) -> set[frozenset[str]]:
    found = group_milestones(pl.DataFrame(list(rows), schema=MILESTONES), parts)
    return {frozenset(f"{one['repo']}#{one['number']}" for one in group) for group in found}


BOTH = {frozenset({"acme/api#1", "acme/web#1"})}
APART = {frozenset({"acme/api#1"}), frozenset({"acme/web#1"})}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2.4 Checkout", "2.4 Checkout", BOTH),
        ("2.4 Checkout", "2.4  checkout ", BOTH),
        ("v2.4", "2.4", BOTH),
        ("Backlog", "backlog", BOTH),
        ("1.2", "1.20", APART),
        ("Sprint 1", "Sprint 10", APART),
        ("vault", "ault", APART),
    ],
)
def test_titles_say_what_belongs_together(one: str, other: str, expected: set[frozenset[str]]) -> None:
    assert groups(row(API, 1, one), row(WEB, 1, other)) == expected


def test_the_same_title_in_another_year_is_another_sprint() -> None:
    old = row(API, 1, "Sprint 1", date(2025, 1, 17), "2025-01-06", "2025-01-20")
    new = row(WEB, 1, "Sprint 1", date(2026, 1, 16), "2026-01-05")
    assert groups(old, new) == APART


def test_an_old_one_that_nobody_closed_is_another_sprint() -> None:
    old = row(API, 1, "Sprint 1", date(2025, 1, 17), "2025-01-06")
    assert groups(old, row(WEB, 1, "Sprint 1", date(2026, 1, 16))) == APART


def test_each_joins_the_one_of_its_own_year() -> None:
    rows = [
        row(API, 1, "Sprint 1", date(2025, 1, 17), "2025-01-06", "2025-01-20"),
        row(WEB, 1, "Sprint 1", date(2025, 1, 17), "2025-01-07", "2025-01-20"),
        row(API, 2, "Sprint 1", date(2026, 1, 16)),
        row(WEB, 2, "Sprint 1", date(2026, 1, 16), "2026-01-06"),
    ]
    assert groups(*rows) == {frozenset({"acme/api#1", "acme/web#1"}), frozenset({"acme/api#2", "acme/web#2"})}


def test_two_of_one_repository_are_never_one_sprint() -> None:
    rows = [row(API, 1, "Sprint 1", date(2026, 1, 16)), row(API, 2, "Sprint 1", date(2026, 1, 16), "2026-01-06")]
    assert groups(*rows) == {frozenset({"acme/api#1"}), frozenset({"acme/api#2"})}


def test_sprint_toml_decides_instead_of_titles() -> None:
    rows = [row(API, 1, "2.4 Checkout"), row(WEB, 1, "Checkout"), row(WEB, 2, "2.4 Checkout", created="2026-01-06")]
    parts = {"2.4 Checkout": ("acme/api#1", "ACME/web#1")}
    assert groups(*rows, parts=parts) == {frozenset({"acme/api#1", "acme/web#1"}), frozenset({"acme/web#2"})}


@given(
    st.lists(st.tuples(st.sampled_from([API, WEB]), st.sampled_from(["a", "A ", "b"]), st.integers(0, 700)), max_size=8)
)
def test_every_milestone_is_in_one_sprint_and_a_repository_in_a_sprint_once(
    drawn: list[tuple[int, str, int]],
) -> None:
    rows = [
        row(repository, number, title, date.fromordinal(date(2025, 1, 1).toordinal() + day))
        for number, (repository, title, day) in enumerate(drawn, 1)
    ]
    found = group_milestones(pl.DataFrame(rows, schema=MILESTONES))
    assert sorted(one["number"] for group in found for one in group) == list(range(1, len(rows) + 1))
    assert all(len({one["repository_id"] for one in group}) == len(group) for group in found)


def test_a_key_is_written_and_read() -> None:
    assert SprintKey.parse(str(SprintKey(812345, 7))) == (812345, 7)
    assert SprintKey.parse("2.4 Checkout") is None


NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "expected"),
    [((-3, 2, 9), 2), ((-9, -3), -3), ((None, -3), -3), ((None, None), None), ((), None), ((9, 2), 2)],
)
def test_overdue_sprints_are_skipped_while_another_is_to_come(
    days: tuple[int | None, ...], expected: int | None
) -> None:
    def deadline(day: int | None) -> datetime | None:
        return None if day is None else datetime(2026, 3, 20 + day, tzinfo=UTC)

    assert due_next(days, deadline, NOON) == expected
