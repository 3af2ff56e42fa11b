"""From stored facts to a forecast, and the cases where there is no number."""

from datetime import date
from itertools import pairwise

import pytest

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast import (
    ForecastInputs,
    build_inputs,
    closed_in_cadence,
    forecast,
    governing_part,
    part_forecast,
    probability_in_time,
    sprint_history,
)
from sprintlib.forecast.developers import active_developers
from sprintlib.history import find_sprints
from sprintlib.settings import MilestoneSettings, Settings
from tests.sprints import API, AS_OF, WEB, first_sprint, put, second_sprint, two_sprints
from tests.world import World

CALENDAR = WorkingCalendar()


def inputs(world: World, title: str = "Sprint 2", as_of: str = AS_OF, blocked: tuple[str, ...] = ()) -> ForecastInputs:
    (sprint,) = find_sprints(world.past(as_of), CALENDAR, title)
    return build_inputs(sprint, blocked)


def test_a_sprint_on_its_way(world: World) -> None:
    found = forecast(inputs(two_sprints(world)))
    assert found.probability == pytest.approx(0.431, abs=0.01)  # five open, each closes in time with .79, and alike
    assert found.probability_delivered == pytest.approx(0.573, abs=0.01)
    assert found.reason is None
    assert (found.basis, found.n_history) == ("learned", 13)
    assert found.interval.items_closed_by_due == (6, 8)
    assert found.dates.p50 is not None
    assert found.dates.p50 <= found.dates.p70 <= found.dates.p85 <= found.dates.p95
    assert found.closed_in_two_weeks == (5, 5, 5)  # .77 of the futures


def test_without_closings_of_single_items_the_work_is_a_queue(world: World) -> None:
    work = inputs(two_sprints(world)).work
    assert probability_in_time(work.as_queue()) == pytest.approx(
        0.324, abs=0.01
    )  # 5.5 working days, .71 a day, few arrivals


def test_nothing_happens_on_a_weekend(world: World) -> None:
    two_sprints(world)
    told = [forecast(inputs(world, as_of=moment)).probability for moment in ("03-21 00:00", "03-23 00:00")]
    assert told[0] == pytest.approx(told[1], abs=0.002)


def test_dates_and_probability_tell_the_same_story(world: World) -> None:
    found = forecast(inputs(two_sprints(world)))
    due = date(2026, 3, 27)
    assert (found.dates.p50 <= due) == (found.probability >= 0.5)
    assert found.interval.finish_date[0] <= found.dates.p50 <= found.interval.finish_date[1]


def test_the_projection_starts_with_what_is_done_and_reaches_the_deadline(world: World) -> None:
    found = forecast(inputs(two_sprints(world))).projection
    assert found[0] == (date(2026, 3, 20), 3.0, 3.0, 3.0)
    assert date(2026, 3, 27) in {day for day, *_ in found}
    assert all(a[1] <= b[1] and a[3] <= b[3] for a, b in pairwise(found))
    assert all(low <= middle <= high <= 8 for _, low, middle, high in found)


def test_a_blocked_item_lowers_the_probability(world: World) -> None:
    two_sprints(world)
    free, stuck = forecast(inputs(world)), forecast(inputs(world, blocked=("acme/api#14",)))
    assert stuck.probability < free.probability
    assert stuck.probability_delivered < free.probability_delivered


def test_too_few_closings_give_the_reason_instead_of_a_number(world: World) -> None:
    second_sprint(world)
    found = forecast(inputs(world))
    assert (found.probability, found.probability_delivered, found.basis) == (None, None, "insufficient-data")
    assert found.reason == (
        "Only 3 working days had a closing in this milestone and the project's earlier ones; a forecast needs 5."
    )
    assert found.dates.p50 is None
    assert found.closed_in_two_weeks is None
    assert found.projection == ()


def test_an_old_history_leaves_the_prior_in_charge(world: World) -> None:
    first_sprint(world)
    world.milestone(2, "Sprint 9", created="10-01", due="12-18")
    put(world, 50, "Sprint 9", "12-09 09:00", milestone=2)
    found = forecast(inputs(world, "Sprint 9", "12-09 12:00"))
    assert found.basis == "prior"
    assert found.probability is not None


def test_without_a_due_date_two_weeks_are_told(world: World) -> None:
    found = forecast(inputs(two_sprints(world, due=None)))
    assert found.probability is None
    assert found.reason == "The milestone has no due date, so there is no deadline to meet: set one on GitHub."
    assert found.closed_in_two_weeks == (3, 4, 5)
    assert found.interval.items_closed_by_due is None
    assert found.dates.p85 is not None


def test_without_items_there_is_nothing_to_forecast(world: World) -> None:
    first_sprint(world)
    world.milestone(2, "Sprint 2", due="03-27")
    found = forecast(inputs(world))
    assert (found.probability, found.reason) == (None, "The milestone holds no items.")


def test_past_the_deadline_with_open_items_the_outcome_is_known(world: World) -> None:
    found = forecast(inputs(two_sprints(world), as_of="03-30 12:00"))
    assert found.probability == 0.03
    assert found.reason == "The deadline passed on Fri 27 Mar 2026 with 5 items open."
    assert found.dates.p50 > date(2026, 3, 27)
    assert found.interval.items_closed_by_due is None


def test_nothing_open_is_said_so(world: World) -> None:
    found = forecast(inputs(two_sprints(world), "Sprint 1", "03-13 20:00"))
    assert (found.probability, found.reason) == (0.97, "Nothing is open: every item is done or dropped.")
    assert found.dates.p50 is None


def test_nothing_open_after_the_deadline_was_late(world: World) -> None:
    world.milestone(1, "Sprint 1", due="03-11", created="03-01")
    for number, closed in enumerate(("03-09 10:00", "03-12 10:00"), start=1):
        put(world, number, "Sprint 1", "03-02 08:00", milestone=1, closed=closed)
    found = forecast(inputs(world, "Sprint 1", "03-13 10:00"))
    assert found.probability == 0.03
    assert found.reason == "Every item is done or dropped, but the last one after the deadline, Wed 11 Mar 2026."


def test_on_the_due_date_the_rest_of_the_day_counts(world: World) -> None:
    two_sprints(world, due="03-20")
    for number in (14, 15, 16, 17):
        put(world, number, "Sprint 2", "03-16 09:00", milestone=2, closed="03-20 10:00")
    noon, night = (forecast(inputs(world, as_of=f"03-20 {hour}:00")) for hour in ("12", "23"))
    assert 0.1 < noon.probability < 0.3  # one item, half a day
    assert night.probability == pytest.approx(0.04, abs=0.02)


def test_a_sprint_over_two_repositories_is_joint(world: World) -> None:
    two_sprints(world)
    first_sprint(world, WEB)
    second_sprint(world, WEB, size=10)
    both = inputs(world)
    joint = forecast(both)
    api, web = (part_forecast(both, part)[0] for part in both.sprint.parts)
    assert [part.repo for part in both.sprint.parts] == [API, WEB]
    assert joint.probability < web < api
    assert joint.n_history == 26
    assert both.work.days_left == 5.5
    assert governing_part(both) == WEB


def test_history_of_the_whole_sprint_is_enough_for_its_parts(world: World) -> None:
    two_sprints(world)
    second_sprint(world, WEB)
    found = inputs(world)
    assert part_forecast(found, found.sprint.parts[1])[0] is not None


def test_a_part_that_is_done_says_so(world: World) -> None:
    two_sprints(world)
    world.milestone(2, "Sprint 2", created="03-13", due="03-27", repo=WEB)
    put(world, 11, "Sprint 2", "03-16 09:00", WEB, 2, closed="03-17 10:00")
    found = inputs(world)
    assert part_forecast(found, found.sprint.parts[1]) == (0.97, "Nothing is open: every item is done or dropped.")
    assert governing_part(found) is None


def test_the_days_of_two_parts_count_once(world: World) -> None:
    """One team: twice the closings on the same days are twice the pace."""
    two_sprints(world)
    alone = inputs(world).work.pace
    first_sprint(world, WEB)
    second_sprint(world, WEB)
    assert inputs(world).work.pace.shape == pytest.approx(2 * (alone.shape - 2) + 2)
    assert inputs(world).work.pace.days == pytest.approx(alone.days)


def test_one_part_governs_nothing(world: World) -> None:
    assert governing_part(inputs(two_sprints(world))) is None


def test_a_part_without_a_due_date_takes_that_of_the_other(world: World) -> None:
    two_sprints(world)
    second_sprint(world, WEB, due=None)
    parts = inputs(world).sprint.parts
    assert {part.due_on for part in parts} == {date(2026, 3, 27)}


def test_sprints_are_the_open_milestones_by_due_date(world: World) -> None:
    two_sprints(world)
    world.milestone(3, "Someday")
    world.milestone(4, "Sprint 3", due="04-10")
    found = find_sprints(world.past(AS_OF), CALENDAR)
    assert [sprint.title for sprint in found] == ["Sprint 2", "Sprint 3", "Someday"]


def test_a_sprint_is_found_by_title_or_number_even_if_closed(world: World) -> None:
    past = two_sprints(world).past(AS_OF)
    for wanted in ("Sprint 1", "1"):
        (sprint,) = find_sprints(past, CALENDAR, wanted)
        assert (sprint.title, sprint.state, sprint.overdue) == ("Sprint 1", "closed", True)
    assert find_sprints(past, CALENDAR, "Sprint 99") == []


def test_settings_decide_the_first_day(world: World) -> None:
    """Scope, arrivals and record go by the same day, whether the title is that of today or an old one."""
    two_sprints(world)
    put(world, 31, "Sprint 2", "03-17 10:00", milestone=2)
    assert [len(seen.arrivals) for seen in inputs(world).throughput] == [1]
    for title in ("Sprint 2", "Second sprint"):
        world.title(2, "Second sprint", "03-14")
        world.settings = replace_start(world.settings, title)
        past = world.past(AS_OF)
        (sprint,) = find_sprints(past, CALENDAR)
        assert (len(sprint.parts[0].scope.committed), sprint.parts[0].scope.added) == (9, ())
        assert CALENDAR.local_date(sprint.parts[0].start) == date(2026, 3, 19)  # the end of the first day
        assert [len(seen.arrivals) for seen in build_inputs(sprint).throughput] == [0]
        (over,) = (
            one for one in sprint_history(world.past("03-30 12:00"), CALENDAR).finished if one.title == "Sprint 2"
        )
        assert (CALENDAR.local_date(over.start), over.committed) == (date(2026, 3, 19), 9)
        assert past.unknown_titles == ()


def test_a_setting_for_a_milestone_that_never_was_is_told(world: World) -> None:
    two_sprints(world)
    world.settings = replace_start(world.settings, "Sprint two")
    assert world.past(AS_OF).unknown_titles == ("Sprint two",)


def replace_start(settings: Settings, title: str) -> Settings:
    """The settings with the first day of Sprint 2 under this title."""
    return settings.model_copy(update={"milestones": {title: MilestoneSettings(start=date(2026, 3, 18))}})


def test_people_who_act_in_two_repositories_count_half_in_each(world: World) -> None:
    world.pull(1, created="03-19", author="ann")
    world.pull(2, created="03-19", author="ben")
    world.pull(3, created="01-02", author="old")
    world.pull(4, created="03-19", author="bot[bot]")
    world.pull(1, created="03-19", author="ann", repo=WEB)
    world.issue(9, created="03-19", author="somebody who reports")
    past = world.past(AS_OF)
    assert (active_developers(past, API), active_developers(past, WEB)) == (1.5, 0.5)


def test_a_project_without_milestones_has_a_pace_too(world: World) -> None:
    for number in range(1, 21):
        world.issue(number, created="03-02 08:00", closed=f"03-{2 + number % 5:02d} 15:00")
        world.event(number, "closed", f"03-{2 + number % 5:02d} 15:00")
    world.issue(30, created="03-02")
    low, middle, high = closed_in_cadence(world.past("03-09 00:00"), CALENDAR, 14)
    assert low < middle < high
    assert 15 < middle < 25  # four a day were seen in one week, a lone developer's prior says .35


def test_a_project_with_few_closings_has_no_pace(world: World) -> None:
    world.issue(1, created="03-02 08:00", closed="03-04 15:00")
    assert closed_in_cadence(world.past(AS_OF), CALENDAR, 14) is None


def test_an_empty_project_has_no_pace(world: World) -> None:
    assert closed_in_cadence(world.past(AS_OF), CALENDAR, 14) is None
