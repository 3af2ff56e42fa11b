from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from sprintlib.analysis.model import Scope
from sprintlib.views import words
from tests import samples

NOW = samples.AS_OF


def test_a_range_of_one_value_is_that_value() -> None:
    assert (words.span(17, 22), words.span(20, 20)) == ("17 to 22", "20")


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (None, "–"),
        (0.03, "<5%"),
        (0.049, "<5%"),
        (0.05, "5%"),
        (0.384, "38%"),
        (0.95, "95%"),
        (0.951, ">95%"),
        (0.97, ">95%"),
        (1.0, ">95%"),
    ],
)
def test_percent_never_promises(probability, said):
    assert words.percent(probability) == said


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.97, "almost certain"),
        (0.80, "likely"),
        (0.79, "rather likely"),
        (0.40, "a toss-up"),
        (0.38, "unlikely"),
        (0.05, "very unlikely"),
        (0.03, "almost certainly not"),
    ],
)
def test_chance_in_words(probability, said):
    assert words.chance(probability) == said


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        (None, "gain unknown"),
        (0.114, "+11 points"),
        (0.01, "+1 point"),
        (0.001, "0 points"),
        (-0.001, "0 points"),
        (-0.02, "-2 points"),
    ],
)
def test_gain(gain, said):
    assert words.gain(gain) == said


def test_days():
    assert words.day(date(2026, 11, 7)) == "Sat 7 Nov 2026"
    assert words.day(None) == "beyond a year"
    assert words.short_day(date(2026, 11, 7), date(2026, 1, 1)) == "Sat 7 Nov"
    assert words.short_day(date(2027, 3, 22), date(2026, 12, 1)) == "Mon 22 Mar 2027"
    assert words.short_day(None, date(2026, 12, 1), "none") == "none"


def test_moments_are_said_in_the_zone_that_is_asked_for():
    at = datetime(2026, 11, 18, 17, 5, tzinfo=timezone(timedelta(hours=1)))
    assert words.moment(at, UTC) == "18 Nov 2026, 16:05 UTC"


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(0), "0 minutes old"),
        (timedelta(minutes=1), "1 minute old"),
        (timedelta(minutes=119), "119 minutes old"),
        (timedelta(hours=2), "2 hours old"),
        (timedelta(hours=47, minutes=59), "47 hours old"),
        (timedelta(days=2), "2 days old"),
        (timedelta(days=-1), "collected later"),
    ],
)
def test_age_of_facts(before, said):
    assert words.age(NOW - before, NOW) == said


def test_facts_that_were_never_collected():
    assert words.age(None, NOW) == "never collected"


def test_today_is_the_last_day_of_the_burn_up():
    milestone = samples.milestone()
    assert words.today(samples.analysis(milestone), milestone) == date(2026, 11, 18)


def test_basis_says_n():
    assert words.basis(samples.milestone()) == "this team's own history (47 completed items)"
    assert words.basis(samples.milestone(basis="prior", n_history=1)).endswith("(1 completed item)")


def headline(milestone):
    return words.headline(samples.analysis(milestone), milestone)


def test_headline_says_chance_and_date():
    assert headline(samples.milestone()) == ("38%", "Unlikely to land by Fri 27 Nov")


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.97, "Almost certain to land by Fri 27 Nov"),
        (0.5, "A toss-up whether it lands by Fri 27 Nov"),
        (0.03, "Almost certain not to land by Fri 27 Nov"),
    ],
)
def test_headline_in_words(probability, said):
    assert headline(samples.milestone(probability=probability))[1] == said


def test_headline_without_a_number_says_why():
    assert headline(samples.without_number()) == (
        "No number",
        "Only 2 working days with a closing are known; a forecast needs 5.",
    )


def test_headline_without_a_due_date_says_what_closes():
    assert headline(samples.without_due_date()) == (
        "9 to 11",
        "of the open items close in the next two weeks, with 80% probability",
    )


def test_headline_past_the_due_date():
    late = samples.milestone(due_on=date(2026, 11, 17), probability=0.03)
    assert headline(late) == ("Late", "1 day past the due date with 11 items open")


def test_a_milestone_that_nobody_has_planned_yet_is_not_done():
    empty = samples.milestone(scope=Scope(committed=0, added=0, removed=0, done=0, dropped=0, open=0))
    assert headline(empty) == ("Empty", "No item is in it")


def test_headline_of_a_finished_and_of_a_closed_milestone():
    finished = samples.milestone(scope=Scope(committed=2, added=0, removed=0, done=2, dropped=0, open=0))
    assert headline(finished) == ("Done", "Every item is done or dropped")
    assert headline(samples.milestone(state="closed")) == ("Closed", "The milestone was closed with 11 items open")
