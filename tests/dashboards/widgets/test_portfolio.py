"""The portfolio: a row a milestone, what changed, and what to do first."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from sprintlib.analysis import MilestoneAnalysis
from sprintlib.analysis.changes import mark, told, what_changed
from sprintlib.analysis.model import Scope
from sprintlib.dashboards.widgets import Dashboard, Request
from sprintlib.recommend import Recommendation
from sprintlib.results import ChanceAt
from sprintlib.views.sparkline import sparkline
from tests import samples
from tests.dashboards.widgets.test_dashboard import TODAY, DashboardData


@pytest.fixture
def facts() -> DashboardData:
    second = samples.milestone(key="1-8", title="Sprint 8", probability=0.72, risks=(), recommendations=())
    return DashboardData(samples.analysis(samples.milestone(key="1-9"), second, samples.without_due_date(key="1-1")))


def portfolio(facts: DashboardData, **options: str) -> str:
    return Dashboard(facts, Request(options={name: (value,) for name, value in options.items()})).body


def titles(body: str) -> list[str]:
    """Of the rows, in their order."""
    return re.findall(r'<tr><th scope="row"><a href="[^"]+"><bdi title="([^"]+)"', body)


def test_each_milestone_has_a_row_with_its_verdict_in_whole_words(facts: DashboardData):
    body = portfolio(facts)
    assert titles(body) == ["Sprint 9", "Sprint 8", "Backlog"]
    assert "<strong>38%</strong> unlikely" in body
    assert "<strong>72%</strong> rather likely" in body
    assert "11 open, 11 done" in body
    assert "17 to 22 of 22 closed by the due date, 80% interval" in body
    assert 'href="milestone.ipynb?milestone=1-8"' in body
    assert "1 of 2 dated milestones likely to land in time" in body


def test_a_single_dated_milestone_has_its_verdict_in_the_first_line():
    body = portfolio(DashboardData(samples.analysis(samples.milestone(), samples.without_due_date(key="1-1"))))
    assert ">38%: unlikely to land by Fri 27 Nov; plan for Thu 3 Dec</p>" in body


def test_rows_are_sorted_and_filtered_by_the_address(facts: DashboardData):
    assert titles(portfolio(facts, sort="chance")) == ["Sprint 9", "Sprint 8", "Backlog"]
    assert titles(portfolio(facts, sort="title")) == ["Backlog", "Sprint 8", "Sprint 9"]
    assert titles(portfolio(facts, q="sprint 8")) == ["Sprint 8"]
    assert titles(portfolio(facts, repo="no/such")) == []
    assert "No milestone matches." in portfolio(facts, repo="no/such")


def test_a_search_finds_items_too(facts: DashboardData):
    item = samples.items()[0]
    body = portfolio(facts, q=item.title[:9].upper())
    assert f'title="{item.ref}"' in body
    assert "Open items with" in body


def test_a_hostile_search_is_text(facts: DashboardData):
    body = portfolio(facts, q=samples.HOSTILE, sort='"><script>', repo="<b>")
    assert "<script>" not in body
    assert "<img" not in body


def test_what_changed_since_yesterday_is_told_and_marked(facts: DashboardData):
    before = samples.milestone(
        key="1-9", probability=0.45, risks=(), scope=Scope(committed=18, added=3, removed=1, done=9, dropped=1, open=10)
    )
    facts.earlier = {"1-9": before}
    body = portfolio(facts)
    assert "Since yesterday" in body
    assert "chance 45% to 38% · 2 items in · 1 closed" in body
    assert "▼ 7 points since yesterday" in body


def test_nothing_to_compare_with_is_said(facts: DashboardData):
    assert "No analysis of that evening is stored" in portfolio(facts)


def test_the_line_of_the_last_days(facts: DashboardData):
    facts.said = {"1-9": [ChanceAt(datetime(2026, 11, 17, 20, tzinfo=UTC), 0.45)]}
    assert "Chance from 45% on Tue 17 Nov to 38% on Wed 18 Nov, 2 days" in portfolio(facts)


def test_the_three_actions_that_bring_most_come_first(facts: DashboardData):
    body = portfolio(facts)
    today = body[body.index('id="today"') :]
    gains = [one.expected_gain or 0.0 for one in samples.recommendations()]
    assert today.count("Answer it") == min(3, len(gains))
    assert f"+{round(100 * max(gains))} points" in today[: today.index("</li>")]


def test_one_milestone_is_told_to_do_the_same_today_as_on_its_own_page():
    later = [one.model_copy(update={"id": f"extra-{n}", "expected_gain": 0.9}) for n, one in enumerate(_three())]
    facts = DashboardData(samples.analysis(samples.milestone(recommendations=(*_three(), *later))))
    today = portfolio(facts).partition('id="today"')[2]
    assert "+90 points" not in today
    assert today.index("Start ") < today.index("Ask one named reviewer")


def _three() -> tuple[Recommendation, ...]:
    return (samples.recommendations() * 3)[:3]


def test_a_project_without_open_milestones_says_so():
    facts = DashboardData(samples.analysis().model_copy(update={"milestones": ()}))
    assert "No milestone was open" in portfolio(facts)


def test_forty_milestones_are_forty_rows():
    many = [samples.milestone(key=f"1-{n}", title=f"Sprint {n}") for n in range(40)]
    assert len(titles(portfolio(DashboardData(samples.analysis(*many))))) == 40


def test_changes_of_one_analysis_to_itself_are_none():
    one = samples.milestone()
    same = what_changed(one, one)
    assert not same.any
    assert told(same) == []
    assert mark(same) == ("", "")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (0.2, 0.27, ["chance 20% to 27%"]),
        (None, 0.3, ["chance now 30%"]),
        (0.3, None, ["no number now, it was 30%"]),
        (0.271, 0.274, []),
    ],
)
def test_a_changed_chance_in_words(before: float | None, after: float | None, words: list[str]):
    changes = what_changed(samples.milestone(probability=before), samples.milestone(probability=after))
    assert told(changes) == words


def test_new_and_gone_risks():
    one = samples.milestone()
    without: MilestoneAnalysis = one.model_copy(update={"risks": ()})
    telling = [risk for risk in one.risks if risk.severity in ("high", "medium")]
    assert what_changed(without, one).risks == tuple(telling)
    assert what_changed(one, without).gone == len({(risk.kind, risk.items) for risk in telling})


def test_a_sparkline_needs_two_days():
    assert "<svg" not in sparkline([(TODAY, 0.4)], 14, TODAY)
    line = sparkline([(TODAY - timedelta(days=14), 0.0), (TODAY, 1.0)], 14, TODAY)
    assert 'points="4.0,26.0 116.0,4.0"' in line
    assert "<svg" not in sparkline([(date(2020, 1, 1), 0.4), (TODAY, 0.4)], 14, TODAY)
