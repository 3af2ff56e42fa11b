"""Each scenario makes happen what it says, and the chronicle tells of it; the demo has none of them."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sprintsim.simulation import simulate, write_startup
from sprintsim.simulation.event_log import EventLog, InjectedProblem, TroubleKind
from sprintsim.simulation.injected_problems import SCENARIOS, Scenario
from sprintsim.simulation.state import states_of
from sprintsim.simulation.team import DEVELOPERS, LEAD
from tests.sprintsim.simulation.conftest import SEED, TODAY

HUMANS = {person.login for person in DEVELOPERS}
KINDS_OF: dict[Scenario, set[TroubleKind]] = {
    "away_at_the_start": {"late_start", "quiet_milestone"},
    "away_in_the_middle": {"quiet_milestone"},
    "board_not_kept": {"untracked_board"},
    "forgotten_item": {"ageing_work"},
    "few_people_juggle": {"too_much_wip"},
    "one_person_juggles": {"too_much_wip"},
    "one_reviewer": {"review_bottleneck"},
    "same_files": {"concurrent_edits"},
    "one_author": {"single_ownership"},
}


@cache
def with_trouble(scenario: Scenario, seed: int = SEED) -> EventLog:
    return simulate(seed, TODAY, scenario)


def only(event_log: EventLog) -> InjectedProblem:
    (trouble,) = event_log.troubles
    return trouble


def acts(event_log: EventLog, since: datetime, until: datetime) -> list[str]:
    return [one.kind for one in event_log.happenings if since <= one.at < until and one.actor in HUMANS]


def milestones_of(event_log: EventLog, due_on: date) -> set[tuple[str, int]]:
    return {(each.repo, each.number) for each in event_log.milestones if each.due_on == due_on}


def test_without_a_scenario_there_is_no_trouble_to_tell():
    assert simulate(SEED, TODAY).troubles == ()


def test_every_kind_has_a_scenario():
    assert set(KINDS_OF) == set(SCENARIOS)
    assert set.union(*KINDS_OF.values()) == set(get_args(TroubleKind))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_tells_what_it_put_in_and_when_it_can_be_seen(scenario):
    found = with_trouble(scenario).troubles
    assert {trouble.kind for trouble in found} == KINDS_OF[scenario]
    for trouble in found:
        assert trouble.since < trouble.visible
        assert trouble.due_on - timedelta(days=14) < trouble.visible.date() <= trouble.due_on


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_equal_arguments_give_equal_troubles(scenario):
    assert simulate(SEED, TODAY, scenario) == with_trouble(scenario)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    today=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    scenario=st.sampled_from(SCENARIOS),
)
def test_whatever_the_trouble_everything_happens_in_order_and_before_today(seed, today, scenario):
    event_log = simulate(seed, today, scenario)
    midnight = datetime.combine(today, time(), UTC)
    moments = [happening.at for happening in event_log.happenings]
    assert moments == sorted(moments)
    assert moments[-1] < midnight
    items = {item.key for item in event_log.items}
    assert all(key in items for trouble in event_log.troubles for key in trouble.items)
    states_of(event_log)  # raises where a label or an assignee is taken that was never given


@pytest.mark.parametrize("scenario", ["away_at_the_start", "away_in_the_middle"])
@pytest.mark.parametrize("seed", range(4))
def test_while_everybody_is_away_nobody_does_anything(scenario, seed):
    event_log = with_trouble(scenario, seed)
    trouble = event_log.troubles[0]
    first_day_ends = datetime.combine(trouble.since.date() + timedelta(days=1), time(), UTC)
    assert acts(event_log, first_day_ends, trouble.visible) == []
    assert acts(event_log, trouble.visible, trouble.visible + timedelta(days=3))


@pytest.mark.parametrize("scenario", ["away_in_the_middle", "forgotten_item"])
def test_stints_tell_who_worked_on_what_and_when(scenario):
    event_log = with_trouble(scenario)
    trouble = event_log.troubles[0]
    assert {stint.who for stint in event_log.stints} == HUMANS
    assert all(stint.began <= stint.ended for stint in event_log.stints)
    assert {stint.piece for stint in event_log.stints} <= {item.key for item in event_log.items}
    if scenario == "away_in_the_middle":
        assert not [one for one in event_log.stints if trouble.since < one.began < trouble.visible - timedelta(hours=1)]
    else:
        (key,) = trouble.items
        last = max(one.ended for one in event_log.stints if one.piece == key)
        assert trouble.visible - last > timedelta(days=14)


def test_on_a_board_that_is_not_kept_work_goes_on_and_issues_close_at_once_at_the_end():
    event_log = with_trouble("board_not_kept")
    trouble = only(event_log)
    inside = milestones_of(event_log, trouble.due_on)
    planned = {
        (one.repo, one.number)
        for one in event_log.happenings
        if one.kind == "milestoned" and one.other in inside and one.at < trouble.since + timedelta(days=1)
    }
    during = [one for one in event_log.happenings if trouble.since + timedelta(days=1) < one.at < trouble.visible]
    assert not [one for one in during if (one.repo, one.number) in planned and one.kind in ("assigned", "closed")]
    merged = [one for one in during if one.kind == "merged"]
    assert len(merged) > 3
    closed = Counter(
        one.at.date() for one in event_log.happenings if one.kind == "closed" and (one.repo, one.number) in planned
    )
    assert closed.most_common(1)[0] == (trouble.due_on, closed[trouble.due_on])
    assert closed[trouble.due_on] > 3


def test_a_forgotten_item_is_begun_in_the_sprint_before_and_then_left_alone():
    event_log = with_trouble("forgotten_item")
    trouble = only(event_log)
    (key,) = trouble.items
    (pull,) = [
        item
        for item in event_log.items
        if item.repo == key[0] and f"Closes #{key[1]}" in (item.body or "").splitlines()
    ]
    assert pull.draft
    commits = [commit.at for commit in event_log.commits if (commit.repo, commit.number) == pull.key]
    assert trouble.visible - max(commits) > timedelta(days=14)
    assert states_of(event_log)[key].state == "open"


def test_few_people_hold_more_than_they_can_finish():
    event_log = with_trouble("few_people_juggle")
    trouble = only(event_log)
    weeks_before = trouble.visible - timedelta(days=21)
    active = {
        one.actor for one in event_log.happenings if one.kind == "committed" and weeks_before < one.at < trouble.visible
    }
    assert len(active & HUMANS) == 3
    drafts = [item for item in event_log.items if item.draft and trouble.since < item.created_at < trouble.visible]
    assert len(drafts) > 2 * len(active & HUMANS)


def test_a_person_who_juggles_begins_most_of_what_they_can_do():
    event_log = with_trouble("one_person_juggles")
    trouble = only(event_log)
    drafts = Counter(
        item.author for item in event_log.items if item.draft and trouble.since < item.created_at < trouble.visible
    )
    assert drafts.most_common(1)[0][1] >= 3


def test_one_reviewer_is_asked_for_everything_but_her_own():
    event_log = with_trouble("one_reviewer")
    trouble = only(event_log)
    asked = [
        one
        for one in event_log.happenings
        if one.kind == "review_requested" and trouble.since < one.at < trouble.visible
    ]
    first_round = {(one.repo, one.number): one.subject for one in reversed(asked) if one.actor != LEAD}
    opened = {item.key for item in event_log.items if item.created_at > trouble.since}
    assert {who for key, who in first_round.items() if key in opened} == {LEAD}


def test_the_same_files_are_changed_in_two_open_pull_requests_of_two_people():
    event_log = with_trouble("same_files")
    trouble = only(event_log)
    one, other = trouble.items
    states = states_of(event_log)
    paths = {
        key: {
            change.path
            for commit in event_log.commits
            if (commit.repo, commit.number) == key
            for change in commit.changes
        }
        for key in trouble.items
    }
    assert len({path for path in paths[one] & paths[other] if path.startswith("shared/")}) == 2
    assert states[one].item.author != states[other].item.author
    assert all(states[key].closed_at is None or states[key].closed_at > trouble.visible for key in trouble.items)


def test_a_file_has_one_author():
    event_log = with_trouble("one_author")
    trouble = only(event_log)
    touching = [commit for commit in event_log.commits if any("legacy" in change.path for change in commit.changes)]
    assert len({commit.author for commit in touching}) == 1
    assert {(commit.repo, commit.number) for commit in touching} >= set(trouble.items)
    before = [commit for commit in touching if commit.at < trouble.visible - timedelta(days=7)]
    assert before


def test_a_startup_with_a_trouble_is_written_like_any_other(tmp_path):
    event_log = write_startup(tmp_path, SEED, TODAY, "board_not_kept")
    assert event_log == with_trouble("board_not_kept")
    assert (tmp_path / "api" / "repo.git").is_dir()
