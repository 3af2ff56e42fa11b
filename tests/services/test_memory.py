"""What is remembered: how a sprint stood, what changed since, and forecasts beside what came."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sprintlib.analysis.changes import NOTHING, sentence, told, what_changed
from sprintlib.analysis.model import Scope
from sprintlib.errors import SettingsError
from sprintlib.project import ProjectHandle
from sprintlib.results import run_table, store_analysis, store_changed
from sprintlib.results.past_analyses import newest_before
from sprintlib.services import analyze
from sprintlib.services.memory import compared, forecast_record, remember, since_day, stood_on
from sprintlib.settings import load
from sprintlib.store import open_store
from tests import samples
from tests.sprints import team_in
from tests.world import World, at

FRIDAY = datetime(2026, 3, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 25)  # a Wednesday
SPRINT_1 = "1-1"


@pytest.fixture
def team(tmp_path: Path) -> World:
    world = team_in(tmp_path)
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n')
    return world


@pytest.fixture
def project(team: World, tmp_path: Path) -> Iterator[ProjectHandle]:
    settings = load(tmp_path)
    handle = ProjectHandle(settings, open_store(settings.database_url), lambda: FRIDAY)
    yield handle
    handle.engine.dispose()


# ---------------------------------------------------------------- words


def test_a_moved_due_date_is_told():
    before = samples.milestone(due_on=date(2026, 11, 24))
    assert told(what_changed(before, samples.milestone())) == ["due date moved by 3 days to Fri 27 Nov"]
    assert told(what_changed(samples.milestone(), before)) == ["due date brought forward by 3 days to Tue 24 Nov"]
    undated = samples.milestone(due_on=None)
    assert told(what_changed(samples.milestone(), undated)) == ["due date taken away"]
    assert told(what_changed(undated, samples.milestone())) == ["due date set to Fri 27 Nov"]


def test_all_of_it_is_one_sentence():
    before = samples.milestone(
        probability=0.27,
        due_on=date(2026, 11, 24),
        scope=Scope(committed=18, added=3, removed=1, done=9, dropped=1, open=10),
    )
    assert sentence("Monday", what_changed(before, samples.milestone(probability=0.2))) == (
        "Since Monday: chance 27% to 20%, 2 items in, 1 closed, due date moved by 3 days to Fri 27 Nov."
    )
    assert sentence("yesterday", what_changed(before, before)) == f"Since yesterday: {NOTHING}."


# ---------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("text", "name", "day"),
    [
        ("yesterday", "yesterday", date(2026, 11, 24)),
        ("Monday", "Monday", date(2026, 11, 22)),  # what happened on Monday is told
        ("wednesday", "last Wednesday", date(2026, 11, 17)),
        ("-5d", "Fri 20 Nov", date(2026, 11, 20)),
        ("2025-11-20", "Thu 20 Nov 2025", date(2025, 11, 20)),
    ],
)
def test_days_to_compare_with(text: str, name: str, day: date):
    assert since_day(text, TODAY) == (name, day)


@pytest.mark.parametrize("text", ["today", "tomorrow", "2026-11-25", "soon", "", "2026-13-01"])
def test_other_words_are_refused_in_a_sentence(text: str):
    with pytest.raises(SettingsError, match=r"^'.*' is not .*\.$"):
        since_day(text, TODAY)


# ---------------------------------------------------------------- how it stood


def test_a_day_of_which_nothing_is_stored_is_told_from_the_facts(project: ProjectHandle):
    (then,) = stood_on(project, date(2026, 3, 18)).values()
    assert (then.title, then.scope.done, then.scope.open) == ("Sprint 2", 2, 6)
    assert newest_before(project.engine, "acme", FRIDAY) == {}


def test_what_was_said_that_day_goes_before_what_would_be_said_now(project: ProjectHandle):
    evening = analyze(project, datetime(2026, 3, 18, 17, tzinfo=UTC))
    marked = evening.milestones[0].model_copy(update={"summary": "As it was said."})
    store_analysis(project.engine, evening.model_copy(update={"milestones": (marked,)}))
    assert [one.summary for one in stood_on(project, date(2026, 3, 18)).values()] == ["As it was said."]
    assert [one.summary for one in stood_on(project, date(2026, 3, 19)).values()] != ["As it was said."]


def test_where_one_sprint_is_stored_the_others_are_told_from_the_facts(project: ProjectHandle):
    store_analysis(
        project.engine,
        samples.analysis(as_of=datetime(2026, 3, 18, 17, tzinfo=UTC)).model_copy(update={"project": "acme"}),
    )
    assert {one.title for one in stood_on(project, date(2026, 3, 18), ["1-2"]).values()} == {"Sprint 2", "Sprint 9"}


def test_a_collection_keeps_how_it_stands_once_a_day(project: ProjectHandle):
    assert remember(project)
    assert not remember(project)
    tomorrow = ProjectHandle(project.settings, project.engine, lambda: FRIDAY + timedelta(days=1))
    assert remember(tomorrow)


def test_the_worker_keeps_each_day_even_if_nothing_changed(project: ProjectHandle):
    first = samples.analysis()
    assert len(store_changed(project.engine, first)) == 1
    later = samples.analysis(as_of=first.as_of + timedelta(hours=2))
    assert store_changed(project.engine, later) == []
    assert len(store_changed(project.engine, samples.analysis(as_of=first.as_of + timedelta(days=1)))) == 1


# ---------------------------------------------------------------- compared


def now(project: ProjectHandle):
    return analyze(project, FRIDAY).milestones[0]


def test_compared_with_a_named_day(project: ProjectHandle):
    found = compared(project, now(project), FRIDAY, "-2d")
    assert found is not None
    assert found.changes is not None
    assert (found.since, found.changes.closed, found.changes.added) == ("Wed 18 Mar", 1, 0)
    assert found.sentence.startswith("Since Wed 18 Mar: chance ")


def test_a_milestone_that_was_not_there_is_new(project: ProjectHandle):
    found = compared(project, now(project), FRIDAY, "2026-03-11")
    assert found is not None
    assert found.sentence == "Since Wed 11 Mar: this milestone is new."


def test_compared_with_the_last_report_of_an_earlier_day(project: ProjectHandle):
    milestone = now(project)
    assert compared(project, milestone, FRIDAY) is None
    for moment in (datetime(2026, 3, 17, 7, tzinfo=UTC), datetime(2026, 3, 19, 7, tzinfo=UTC), FRIDAY):
        run = run_table.start(project.engine, "acme", "Sprint 2", moment, "due", {})
        run_table.finish(project.engine, run, "ok", sprint=milestone.key)
    failed = run_table.start(project.engine, "acme", "Sprint 2", datetime(2026, 3, 19, 8, tzinfo=UTC), "due", {})
    run_table.finish(project.engine, failed, "failed", sprint=milestone.key)
    found = compared(project, milestone, FRIDAY)
    assert found is not None
    assert found.moment == datetime(2026, 3, 19, 7, tzinfo=UTC)
    assert found.since == "the report of Thu 19 Mar"


def test_a_moved_due_date_does_not_change_what_was(team: World, project: ProjectHandle):
    """Nobody pictured the milestone between the two dates: its own payloads tell, whoever delivered them."""
    team.snapshot(2, at("03-16 12:00"), "Sprint 2", due="03-25")
    team.milestone(2, "Sprint 2", created="03-13", due="03-27", observed=at("03-17 10:00"))
    team.flush()
    earlier = analyze(project, at("03-18 12:00"), "Sprint 2").milestones[0]
    team.milestone(2, "Sprint 2", created="03-13", due="03-30", observed=at("03-19 10:00"))
    team.flush()
    project.forget()
    again = analyze(project, at("03-18 12:00"), "Sprint 2").milestones[0]
    assert again.due_on == earlier.due_on == date(2026, 3, 27)
    assert again.probability == earlier.probability
    found = compared(project, now(project), FRIDAY, "-2d")
    assert found is not None
    assert "due date moved by 3 days to Mon 30 Mar" in found.sentence


# ---------------------------------------------------------------- forecasts and what came


def test_without_stored_forecasts_there_is_no_record(project: ProjectHandle):
    assert forecast_record(project, FRIDAY).forecasts == ()
    assert forecast_record(project, FRIDAY).brier is None


def test_what_was_said_is_scored_by_what_came(project: ProjectHandle):
    half_way = datetime(2026, 3, 6, 17, tzinfo=UTC)
    said = analyze(project, half_way)
    (one,) = said.milestones
    told_then = one.model_copy(update={"probability": 0.4, "reason": None})
    store_analysis(project.engine, said.model_copy(update={"milestones": (told_then,)}))
    record = forecast_record(project, FRIDAY)
    (scored,) = [found for found in record.forecasts if found.share == 50]
    assert (scored.title, scored.probability, scored.open_items, scored.ended) == ("Sprint 1", 0.4, 5, 5)
    assert scored.landed
    assert record.brier == pytest.approx(0.36)


def test_it_is_judged_by_the_due_date_of_then(project: ProjectHandle):
    """Said for Wednesday 11th, later moved to the 13th: by the 11th only three of the five had ended."""
    said = analyze(project, datetime(2026, 3, 6, 17, tzinfo=UTC))
    (one,) = said.milestones
    then = {"due_on": date(2026, 3, 11), "deadline": datetime(2026, 3, 12, tzinfo=UTC), "probability": 0.4}
    store_analysis(project.engine, said.model_copy(update={"milestones": (one.model_copy(update=then),)}))
    (scored,) = [found for found in forecast_record(project, FRIDAY).forecasts if found.share == 50]
    assert (scored.due_on, scored.ended, scored.open_items, scored.landed) == (date(2026, 3, 11), 3, 5, False)
