"""How numbers are written."""

from datetime import date

import pytest

from sprintlib.forecast import a_percent, count, day_name, percent, points, working_days


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.384, "38%"),
        (0.97, ">95%"),
        (0.951, ">95%"),
        (0.95, "95%"),
        (0.03, "<5%"),
        (0.05, "5%"),
        (None, "no number"),
    ],
)
def test_a_percentage_is_never_certain(probability: float | None, text: str) -> None:
    assert percent(probability) == text


def test_no_work_is_done_instead_of_likely() -> None:
    assert percent(0.97, open_items=0) == "done"
    assert percent(0.03, open_items=0) == "done late"
    assert percent(None, open_items=0) == "no number"


@pytest.mark.parametrize(
    ("gain", "text"), [(0.114, "+11 points"), (-0.02, "-2 points"), (0.0, "0 points"), (None, "gain unknown")]
)
def test_a_gain_is_in_points(gain: float | None, text: str) -> None:
    assert points(gain) == text


def test_days_and_counts_read_aloud() -> None:
    assert day_name(date(2026, 11, 27)) == "Fri 27 Nov 2026"
    assert day_name(None) == "later than a year from now"
    assert (count(1, "item"), count(0, "item")) == ("1 item", "0 items")
    assert (working_days(1.0), working_days(2.5)) == ("1 working day", "2.5 working days")


@pytest.mark.parametrize(
    ("probability", "said"),
    [(0.11, "an 11%"), (0.18, "an 18%"), (0.08, "an 8%"), (0.83, "an 83%"), (0.38, "a 38%"), (0.97, "a >95%")],
)
def test_the_article_is_the_spoken_one(probability: float, said: str) -> None:
    assert a_percent(probability) == said
