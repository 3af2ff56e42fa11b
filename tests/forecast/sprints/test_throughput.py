import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom  # type: ignore[attr-defined] # made at import

from sprintlib.forecast.sprints.throughput import PastSprint, remaining_work_probability, whole_sprint_probability

STEADY = [PastSprint(days=10, items=10, work=20, delivered=20)] * 8


def test_a_plan_as_ever_is_a_little_better_than_even_for_a_team_that_always_delivers() -> None:
    assert 0.5 < whole_sprint_probability(20, 10, STEADY) < 0.6


def test_half_the_usual_plan_is_safe_and_twice_is_not() -> None:
    assert whole_sprint_probability(10, 10, STEADY) > 0.8
    assert whole_sprint_probability(40, 10, STEADY) < 0.2


def test_without_a_past_it_is_just_under_even() -> None:
    assert whole_sprint_probability(33, 14, []) == pytest.approx(0.4657, abs=1e-4)
    assert whole_sprint_probability(5, 3, []) == pytest.approx(0.4657, abs=1e-4)


def test_the_rest_is_a_negative_binomial_survival() -> None:
    # prior: shape 2, exposure 2 / (0.25 x 4) days; 3 of 8 closed after 5 of 10 days, so 5 to go in 5 days
    expected = nbinom.sf(4, 5, 7 / 12)

    found = remaining_work_probability(8, 3, 16, 6, days=10, elapsed=0.5, members=4, past=[])

    assert found == pytest.approx(expected)


def test_nothing_left_is_as_sure_as_it_gets() -> None:
    assert remaining_work_probability(5, 5, 10, 10, 10, 0.8, 3, []) == 0.98


def test_sprints_that_delivered_nothing_do_not_break_it() -> None:
    idle = [PastSprint(10, 5, 10, 0)] * 4

    assert whole_sprint_probability(10, 10, idle) < 0.2
    assert remaining_work_probability(5, 0, 10, 0, 10, 0.5, 3, idle) < 0.2


@settings(max_examples=80, deadline=None)
@given(st.floats(1, 200), st.floats(1.01, 3), st.integers(0, 10), st.floats(0, 1))
def test_more_work_is_never_more_likely_done(work: float, factor: float, past: int, elapsed: float) -> None:
    history = STEADY[: min(past, 8)]

    def rest(amount: float) -> float:
        return remaining_work_probability(amount, 0, amount, 0, 10, elapsed, 3, history)

    assert rest(work * factor) <= rest(work)
    if history:
        assert (
            whole_sprint_probability(work * factor, 10, history) <= whole_sprint_probability(work, 10, history) + 1e-12
        )
