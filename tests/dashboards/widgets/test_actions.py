"""The page of actions: what can be answered, and what became of earlier answers."""

from datetime import date, timedelta

from sprintlib.dashboards.widgets import Dashboard, Request
from sprintlib.dashboards.widgets.pages.actions import summary
from sprintlib.recommend import short_id
from sprintlib.services import GivenAnswer
from tests import samples
from tests.dashboards.widgets.test_dashboard import DashboardData


def given(decision: str = "accept", moved: float | None = None, is_due: bool = True, **more: object) -> GivenAnswer:
    about = {"reason": None, "until": None, "items": ("a/b#1", "a/b#2"), "closed": 1} | more
    return GivenAnswer(
        short="abcde",
        id="pb-001-a-b-1",
        action=samples.HOSTILE,
        play="PB-001",
        decision=decision,
        at=samples.AS_OF - timedelta(days=7),
        moved_after=moved,
        is_due=is_due,
        **about,
    )


def actions(*answers: GivenAnswer, as_of: str | None = None) -> str:
    facts = DashboardData(samples.analysis())
    facts.given = list(answers)
    return Dashboard(facts, Request(page="actions", as_of=as_of)).body


def test_each_action_stands_with_its_gain_and_what_answers_it():
    body = actions()
    first = samples.recommendations()[0]
    name = short_id(first.id)
    assert f'<li id="{name}"' in body
    assert body.count('value="accept"') == len(samples.recommendations())
    assert f'<input type="hidden" name="action" value="{name}">' in body
    assert "Nothing has been answered yet." in body


def test_a_past_day_can_be_read_and_not_answered():
    body = actions(given(), as_of="2026-11-10")
    assert "data-answer" not in body
    assert "accepted" in body


def test_what_happened_is_told_and_hostile_text_stays_text():
    body = actions(
        given(moved=1.2), given("dismiss", reason=samples.HOSTILE), given("snooze", until=date(2026, 11, 25))
    )
    assert "something moved after 1.2 working days; 1 of 2 items closed" in body
    assert "put off until Wed 25 Nov" in body
    assert "<script>" not in body
    assert "<img" not in body


def test_the_answers_in_one_sentence():
    told = summary([given(moved=1.0), given(moved=2.0), given(moved=None), given(is_due=False), given("dismiss")])
    assert told == (
        "Accepted 4, dismissed 1. Within 3 working days something moved on 2 of 3 accepted actions, after a median of "
        "1.5 working days. Nothing says that the action was the cause."
    )
