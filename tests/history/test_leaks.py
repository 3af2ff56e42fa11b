"""Changing what happened after a moment changes nothing that is said of the moment."""

import polars as pl
import pytest
from hypothesis import given

from sprintlib.calendar import WorkingCalendar
from sprintlib.history.scope import burn_up, scope, start_of
from sprintlib.history.state import ProjectState
from tests.leaks import CAREFUL, Twins, assert_no_leak, assert_same, pasts
from tests.world import API, World

CALENDAR = WorkingCalendar()


@given(pasts())
@CAREFUL
def test_a_past_does_not_see_what_comes_after(pair: Twins) -> None:
    assert_no_leak(*pair)


@pytest.mark.slow
@given(pasts())
@CAREFUL
def test_the_scope_adds_up_and_does_not_see_what_comes_after(pair: Twins) -> None:
    before, after = pair
    for number in before.milestones["number"]:
        one, other = (scope(past, 1, number, start_of(past, 1, number, CALENDAR)) for past in pair)
        assert len(one.committed) + len(one.added) - len(one.removed) == len(one.done) + len(one.dropped) + len(
            one.open
        )
        days = burn_up(before, 1, number, CALENDAR, start_of(before, 1, number, CALENDAR))
        if not days.is_empty():
            last = days.row(-1, named=True)
            assert last["scope"] == len(one.done) + len(one.dropped) + len(one.open)
            assert last["done"] == len(one.done) + len(one.dropped)
        if _same_identities(before, after):
            assert (one.committed, one.added, one.removed, one.open) == (
                other.committed,
                other.added,
                other.removed,
                other.open,
            )


def _same_identities(before: ProjectState, after: ProjectState) -> bool:
    return before.memberships.equals(after.memberships)


def test_the_check_finds_a_leak(world: World) -> None:
    world.issue(1)
    honest = world.past("03-10")
    world.issue(1, "03-05")
    with pytest.raises(AssertionError, match="items"):
        assert_no_leak(honest, world.past("03-10"))
    world.issue(1)
    world.comment(1, "from the future", "03-09")
    with pytest.raises(AssertionError, match="comments: other rows"):
        assert_no_leak(honest, world.past("03-10"))


def test_the_check_lets_marked_columns_move() -> None:
    rows = [
        pl.DataFrame({"ref": [f"{API}#1"], "body": [body], "known_later": [marked]})
        for body, marked in (("a", []), ("b", ["body"]))
    ]
    assert_same(*rows, key=["ref"])
    with pytest.raises(AssertionError, match="body"):
        assert_same(*(row.with_columns(known_later=pl.lit([], dtype=pl.List(pl.String))) for row in rows), key=["ref"])
