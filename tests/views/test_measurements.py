"""How a measurement is written, and what its page says of it."""

import pytest

from sprintlib.features import FEATURES, Metric
from sprintlib.views.measurements import cells, meaning, title, usual, value


def metric(amount: float | None, unit: str, **more: object) -> Metric:
    """A measurement of which only the value matters."""
    return Metric("code", str(more.pop("name", "churn")), amount, unit, 3, "the 28 days before", **more)  # type: ignore[arg-type]  # tests know what they pass


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (metric(None, "share"), "unknown"),
        (metric(0.081, "share"), "8%"),
        (metric(3550.0, "lines"), "3,550 lines"),
        (metric(1.0, "items"), "1 item"),
        (metric(0.0, "items"), "0 items"),
        (metric(0.9991, "working days"), "1.0 working days"),
        (metric(0.0317, "working days", p85=12.34), "0.03 working days (85%: 12)"),
        (metric(188.05, "hours"), "188 hours"),
        (metric(0.75, "per week"), "0.75 per week"),
        (metric(0.5, "pull requests per reviewer"), "0.50 pull requests per reviewer"),
        (metric(0.07, "share", name="pace_gap"), "+7 points"),
        (metric(-0.12, "share", name="pace_gap"), "-12 points"),
    ],
)
def test_values_are_written_with_their_unit(found: Metric, said: str) -> None:
    assert value(found) == said


def test_the_usual_range_is_written_in_the_unit() -> None:
    assert usual(metric(0.1, "share", usual=(0.05, 0.2))) == "5% to 20%"
    assert usual(metric(0.1, "share", usual=(0.0, 0.2))) == "up to 20%"
    assert usual(metric(3.0, "hours", usual=(1.0, 12.0))) == "1.0 to 12"
    assert usual(metric(3.0, "hours")) == "–"


def test_titles() -> None:
    assert title("cycle_time") == "Cycle time"
    assert title("ci_failure_rate") == "CI failure rate"


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.__name__)
def test_the_page_of_every_measurement_is_read(feature: object) -> None:
    answers = meaning(feature.__name__)  # type: ignore[attr-defined]
    assert list(answers) == [
        "What is it?",
        "Why does it matter?",
        "How is it computed?",
        "What is left out?",
        "How to improve it?",
    ]
    assert all(answer and "\n" not in answer and "**" not in answer for answer in answers.values())


def test_what_has_no_page_has_no_meaning() -> None:
    assert meaning("nothing_of_the_kind") == {}
    assert cells(metric(1.0, "items", name="nothing_of_the_kind"))[4] == ""


def test_an_approximate_value_says_so() -> None:
    said = cells(metric(0.75, "per week", name="deployment_frequency", approximate=True))
    assert said[1] == "about 0.75 per week"
    assert said[5] == "context only"
