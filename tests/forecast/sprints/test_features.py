import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sprintlib.evaluate.dataset import SPRINT_SCHEMA
from sprintlib.forecast.sprints import FEATURES, features, outcomes, past_sprints
from training.simulated_sprints import simulated_sprints


def sprint(number: int, **changes: float | str) -> dict[str, float | str]:
    row: dict[str, float | str] = {
        "organisation": "acme",
        "team": 1,
        "sprint": number,
        "time": 50,
        "days": 14.0,
        "members": 4.0,
        "items_at_start": 8.0,
        "items_added": 2.0,
        "items_removed": 1.0,
        "items_todo": 4.0,
        "items_in_progress": 2.0,
        "items_done": 3.0,
        "work_todo": 8.0,
        "work_in_progress": 4.0,
        "work_done": 6.0,
        "delivered": 18.0,
    }
    return row | changes


def frame(*rows: dict[str, float | str]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SPRINT_SCHEMA)


def named(rows: pl.DataFrame, index: int = -1) -> dict[str, float]:
    return dict(zip(FEATURES, features(rows)[index].tolist(), strict=True))


def test_ratios_of_a_sprint_in_progress() -> None:
    found = named(frame(sprint(1)))

    assert found["done"] == pytest.approx(3 / 9)
    assert found["in_progress"] == pytest.approx(2 / 9)
    assert found["left_and_tracked"] == pytest.approx(6 / 9)
    assert found["added"] == pytest.approx(2 / 10)
    assert found["removed"] == pytest.approx(1 / 10)
    assert found["log_items"] == pytest.approx(np.log(9))
    assert (found["tracked"], found["all_done"]) == (1, 0)


def test_without_a_past_shares_are_the_prior() -> None:
    found = named(frame(sprint(1)))

    assert found["past_tracked"] == pytest.approx(0.7)
    assert found["past_success"] == pytest.approx(np.log(0.45 / 0.55))


def test_past_sprints_of_the_team_are_counted_shrunk() -> None:
    rows = frame(
        sprint(1), sprint(2, delivered=10.0), sprint(3, team=2), sprint(4, items_in_progress=0, items_done=0), sprint(5)
    )

    found = named(rows)

    successes = (2 + 4 * 0.45) / (3 + 4)
    assert found["past_success"] == pytest.approx(np.log(successes / (1 - successes)))
    assert found["past_tracked"] == pytest.approx((2 + 2 * 0.7) / (3 + 2))
    assert past_sprints(rows).tolist() == [0, 1, 0, 2, 3]


def test_an_untracked_board_has_nothing_left_that_counts() -> None:
    found = named(frame(sprint(1, items_todo=9, items_in_progress=0, items_done=0)))

    assert (found["tracked"], found["left_and_tracked"], found["done"]) == (0, 0, 0)


def test_story_points_in_another_unit_change_nothing() -> None:
    rows = frame(sprint(1, delivered=12.0), sprint(2))
    work = ["work_todo", "work_in_progress", "work_done", "delivered"]

    scaled = rows.with_columns(pl.col(work) * 7)

    np.testing.assert_allclose(features(scaled), features(rows), atol=1e-9)


def test_a_usual_throughput_above_the_plan_is_good_news() -> None:
    fast = frame(*(sprint(n, delivered=40.0) for n in range(5)), sprint(9))
    slow = frame(*(sprint(n, delivered=4.0) for n in range(5)), sprint(9))

    for name in ("usual_throughput", "throughput_left"):
        assert named(fast)[name] > named(slow)[name]


def test_order_of_rows_does_not_matter() -> None:
    rows = simulated_sprints(4, 2)
    shuffled = rows.sample(fraction=1, shuffle=True, seed=1)
    keys = ["organisation", "sprint", "time"]

    by_key = dict(zip(shuffled.select(keys).rows(), features(shuffled).tolist(), strict=True))

    for key, x in zip(rows.select(keys).rows(), features(rows).tolist(), strict=True):
        assert by_key[key] == pytest.approx(x)


def test_neither_the_own_outcome_nor_later_sprints_are_seen() -> None:
    rows = simulated_sprints(5, 4).sort("sprint")
    cut = 5
    changed = rows.with_columns(delivered=pl.when(pl.col("sprint") >= cut).then(999.0).otherwise(pl.col("delivered")))
    early = (rows["sprint"] <= cut).to_numpy()

    np.testing.assert_array_equal(features(rows)[early], features(changed)[early])


def test_no_rows_no_features() -> None:
    assert features(frame()).shape == (0, len(FEATURES))


def test_work_is_compared_with_room_for_fractions() -> None:
    rows = frame(
        sprint(1, work_todo=0.1, work_in_progress=0.1, work_done=0.1, delivered=0.3), sprint(2, delivered=17.5)
    )

    assert outcomes(rows).tolist() == [1, 0]


amount = st.floats(0, 1e4, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(amount, amount, amount, amount, st.floats(0, 60), amount), min_size=1, max_size=6))
def test_whatever_a_board_says_features_are_finite(boards: list[tuple[float, ...]]) -> None:
    rows = frame(
        *(
            sprint(
                n,
                items_todo=1 + todo,
                items_done=done,
                work_todo=work,
                work_done=work / 2,
                delivered=got,
                days=days,
                members=0,
            )
            for n, (todo, done, work, got, days, _) in enumerate(boards)
        )
    )

    assert np.isfinite(features(rows)).all()
