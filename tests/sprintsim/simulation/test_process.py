"""What happens in the simulated startup, checked on the chronicle."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sprintsim.simulation import simulate
from sprintsim.simulation.clock import shift
from sprintsim.simulation.state import states_of
from sprintsim.simulation.team import DEVELOPERS, LEAD
from sprintsim.simulation.work import load_texts
from tests.sprintsim.simulation.conftest import SEED, TODAY

HUMANS = {person.login for person in DEVELOPERS}
CURRENT = "2.4 Checkout"


@pytest.fixture(scope="module")
def event_log():
    return simulate(SEED, TODAY)


@pytest.fixture(scope="module", params=[1, 2, 3, 10])
def any_chronicle(request):
    """Startups that nobody chose, on a Monday, in the middle of a week, on a Saturday and on a Sunday."""
    days = {1: TODAY, 2: date(2026, 11, 25), 3: date(2026, 11, 28), 10: date(2027, 1, 3)}
    return simulate(request.param, days[request.param])


def test_equal_arguments_give_equal_chronicles_and_others_do_not(event_log):
    assert simulate(SEED, TODAY) == event_log
    assert simulate(SEED + 1, TODAY) != event_log
    assert simulate(SEED, TODAY + timedelta(days=1)) != event_log


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**9), today=st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_everything_happens_in_order_and_before_today_whatever_the_seed_and_day(seed, today):
    event_log = simulate(seed, today)
    midnight = datetime.combine(today, time(), UTC)
    moments = [happening.at for happening in event_log.happenings]
    assert moments == sorted(moments)
    assert event_log.start <= moments[0]
    assert moments[-1] < midnight
    assert all(event_log.start <= commit.at < midnight for commit in event_log.commits)
    assert all(event_log.start <= run.created_at < midnight for run in event_log.runs)
    states_of(event_log)  # raises where a label or an assignee is taken that was never given


def test_no_two_happenings_are_the_same_one(any_chronicle):
    assert len(set(any_chronicle.happenings)) == len(any_chronicle.happenings)


def test_numbers_grow_with_time_without_gaps(any_chronicle):
    for repo in any_chronicle.repos:
        numbers = [item.number for item in any_chronicle.items if item.repo == repo]
        assert numbers == list(range(1, len(numbers) + 1))


def test_nothing_happens_to_an_item_before_it_was_opened_except_its_commits(any_chronicle):
    opened = {item.key: item.created_at for item in any_chronicle.items}
    for happening in any_chronicle.happenings:
        if happening.kind != "committed":
            assert happening.at >= opened[(happening.repo, happening.number)]
        if happening.other and happening.kind not in {"milestoned", "demilestoned"}:
            assert happening.other in opened


def test_weekends_are_quiet(any_chronicle):
    of_humans = [happening for happening in any_chronicle.happenings if happening.actor in HUMANS]
    on_weekends = sum(happening.at.weekday() >= 5 for happening in of_humans)
    assert on_weekends / len(of_humans) < 0.08


def test_five_sprints_of_two_weeks_the_last_one_due_on_the_fifth_working_day(any_chronicle):
    due = sorted({milestone.due_on for milestone in any_chronicle.milestones})
    assert due[-1] == shift(any_chronicle.until.date(), 4)
    assert [later - earlier for earlier, later in pairwise(due)] == [timedelta(days=14)] * 4


def test_only_the_sprint_in_progress_is_open_and_it_spans_two_repositories(any_chronicle):
    running = [milestone for milestone in any_chronicle.milestones if milestone.closed_at is None]
    assert {(milestone.repo, milestone.title) for milestone in running} == {("api", CURRENT), ("web", CURRENT)}


def test_some_sprints_landed_and_some_were_late(event_log):
    late = {
        milestone.title: milestone.closed_at.date() > milestone.due_on
        for milestone in event_log.milestones
        if milestone.closed_at
    }
    assert set(late.values()) == {True, False}


def test_about_half_of_all_past_sprints_land():
    outcomes = Counter(
        milestone.closed_at.date() <= milestone.due_on
        for seed in range(20)
        for milestone in simulate(seed, TODAY).milestones
        if milestone.closed_at
    )
    assert 0.3 < outcomes[True] / outcomes.total() < 0.7


def test_what_entered_a_milestone_left_it_or_is_inside(any_chronicle):
    moves = Counter(
        (happening.other, happening.kind)
        for happening in any_chronicle.happenings
        if happening.kind in {"milestoned", "demilestoned"}
    )
    states = states_of(any_chronicle).values()
    for milestone in any_chronicle.milestones:
        key = (milestone.repo, milestone.number)
        inside = [state for state in states if state.item.repo == key[0] and state.milestone == key[1]]
        assert moves[(key, "milestoned")] - moves[(key, "demilestoned")] == len(inside)
        if milestone.closed_at:
            assert all(state.state == "closed" for state in inside)


def test_a_merged_pull_request_is_closed_was_approved_and_closes_its_issue(any_chronicle):
    states = states_of(any_chronicle)
    closes = {
        state.item.key: (state.item.repo, int(state.item.body.split("Closes #")[1].split()[0]))
        for state in states.values()
        if state.item.kind == "pull" and "Closes #" in (state.item.body or "")
    }
    assert len(closes) > 40
    for pull, issue in closes.items():
        if states[pull].merged_at:
            assert states[pull].closed_at == states[pull].merged_at
            assert any(
                happening.kind == "closed" and (happening.repo, happening.number) == issue
                for happening in any_chronicle.happenings
            )


def test_who_waits_waits_for_something_that_exists_also_in_other_repositories(any_chronicle):
    items = {item.key: item for item in any_chronicle.items}
    assert any(waiting[0] != blocker[0] for waiting, its in any_chronicle.blocked_by.items() for blocker in its)
    for waiting, blockers in any_chronicle.blocked_by.items():
        assert waiting in items
        for repo, number in blockers:
            assert (repo, number) in items
            reference = f"#{number}" if repo == waiting[0] else f"sprint-demo/{repo}#{number}"
            assert f"Blocked by {reference}" in items[waiting].body


def test_nobody_starts_before_what_an_item_waits_for_is_done(any_chronicle):
    for waiting, blockers in any_chronicle.blocked_by.items():
        commits = [
            happening
            for item in any_chronicle.items
            if item.kind == "pull"
            and item.repo == waiting[0]
            and f"Closes #{waiting[1]}" in (item.body or "").split("\n")
            for happening in any_chronicle.happenings
            if (happening.repo, happening.number, happening.kind) == (*item.key, "committed")
        ]
        for blocker in blockers:
            done = [
                happening.at
                for happening in any_chronicle.happenings
                if (happening.repo, happening.number, happening.kind) == (*blocker, "closed")
            ]
            assert not commits or min(done) <= min(commit.at for commit in commits)


def test_the_troubles_of_the_sprint_in_progress_are_there_whatever_the_seed(any_chronicle):
    states = states_of(any_chronicle)
    numbers = {m.repo: m.number for m in any_chronicle.milestones if m.title == CURRENT}
    inside = {key: state for key, state in states.items() if numbers.get(key[0]) == state.milestone}

    stale = [state for state in inside.values() if state.state == "open" and state.reviewers == [LEAD]]
    assert any("Discount code" in state.title for state in stale)

    waiting = {key for key in any_chronicle.blocked_by if key in inside and states[key].state == "open"}
    assert any(states[blocker].state == "open" for key in waiting for blocker in any_chronicle.blocked_by[key])

    assert any(state.state == "open" and not state.assignees for state in inside.values())

    pushes = [run for run in any_chronicle.runs if (run.repo, run.event) == ("api", "push")]
    assert pushes[-1].conclusion == "failure"

    first_day = shift(any_chronicle.until.date(), 4) - timedelta(days=13)
    added = [
        happening
        for happening in any_chronicle.happenings
        if happening.kind == "milestoned"
        and happening.other in set(numbers.items())
        and happening.at.date() > shift(first_day, 0)
    ]
    assert len(added) >= 4


def test_untidy_things_that_real_repositories_have(event_log):
    items = event_log.items
    assert [item.title for item in items if item.author is None] == ["Price shows NaN for services without duration"]
    assert [item.repo for item in items if item.fork] == ["api"]
    assert [item.title for item in items if item.kind == "pull" and item.body is None] == ["Bump build tools"]
    assert any("<script>alert(" in item.title for item in items)
    assert any("ignore all previous instructions" in (item.body or "") for item in items)
    assert any(item.author == "dependabot[bot]" for item in items)


def test_a_renamed_milestone_keeps_its_number_while_events_keep_the_old_title(event_log):
    titles = Counter(
        happening.subject
        for happening in event_log.happenings
        if happening.kind == "milestoned" and happening.other == ("api", 3)
    )
    assert titles["2.2 Logins"] >= 4
    assert next(m.title for m in event_log.milestones if (m.repo, m.number) == ("api", 3)) == "2.2 Accounts"


def test_builds_fail_are_repeated_and_are_flaky(event_log):
    by_run = Counter((run.repo, run.workflow, run.number) for run in event_log.runs)
    assert max(by_run.values()) == 2
    conclusions = Counter(run.conclusion for run in event_log.runs)
    assert 0.03 < conclusions["failure"] / conclusions.total() < 0.2
    assert {run.event for run in event_log.runs} == {"push", "pull_request", "schedule"}


def test_reviews_take_rounds_and_one_person_is_asked_more_than_others(event_log):
    verdicts = Counter(happening.subject for happening in event_log.happenings if happening.kind == "reviewed")
    assert verdicts["APPROVED"] > verdicts["CHANGES_REQUESTED"] > verdicts["COMMENTED"] > 0
    asked = Counter(happening.subject for happening in event_log.happenings if happening.kind == "review_requested")
    assert asked.most_common(1)[0][0] == LEAD


def test_people_talk_and_say_what_they_wait_for(event_log):
    texts = [happening.detail for happening in event_log.happenings if happening.kind == "commented"]
    for occasion in ("start", "question", "answer", "waiting", "preview"):
        openings = tuple(phrase.split("{")[0].rstrip("@")[:12] for phrase in load_texts().phrases[occasion])
        assert any(text.startswith(tuple(filter(None, openings))) for text in texts), occasion
    assert any("sprint-demo/api#" in text for text in texts)
    assert any(text.startswith(f"@{LEAD} ") for text in texts)
