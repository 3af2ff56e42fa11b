"""What the team says to recommendations, and how it shifts them."""

from datetime import date, timedelta
from typing import Any

import pytest

from sprintlib.analysis import Analysis, analyze
from sprintlib.calendar import WorkingCalendar
from sprintlib.errors import AnalysisError
from sprintlib.project import ProjectHandle
from sprintlib.recommend import Recommendation, give_feedback, read_feedback
from sprintlib.recommend.feedback import Feedback, Record, hidden, records, standing
from sprintlib.results import store_analysis
from sprintlib.services import given_answers, open_recommendations, record_feedback
from sprintlib.settings import ActionSettings
from tests.world import World, at

FRIDAY = at("03-20 12:00")
MONDAY = "03-16 12:00"


@pytest.fixture
def busy(team: World) -> World:
    """A stale pull request beside the open items of Sprint 2; its actions are stored as of Friday."""
    team.pull(20, created="03-16 12:00", body="Closes #14")
    team.event(20, "review_requested", "03-17 12:00", subject="bob")
    team.event(15, "blocked_by_added", "03-17 12:00", subject="acme/api#16")
    team.flush()
    store_analysis(team.engine, analysis(team))
    return team


def handle(world: World) -> ProjectHandle:
    return ProjectHandle(world.settings, world.engine)


def analysis(world: World, moment: str = "03-20 12:00") -> Analysis:
    return analyze(world.engine, world.settings, at(moment))


def advice(world: World, moment: str = "03-20 12:00") -> dict[str, Recommendation]:
    return {one.id: one for one in analysis(world, moment).milestones[0].recommendations}


def given(decision: str, play: str = "PB-001", moment: str = MONDAY, **more: Any) -> Feedback:
    name = f"{play.lower()}-acme-api-14"
    items = more.pop("items", ("acme/api#14",))
    return Feedback(name, play, items, decision, at(moment), **more)  # type: ignore[arg-type]


def test_a_decision_is_kept_with_what_it_was_about(busy: World) -> None:
    name = next(name for name in advice(busy) if name.startswith("pb-001"))
    told = give_feedback(busy.engine, "acme", name, "dismiss", at("03-20 13:00"), reason="bob is away")
    assert (told.play, told.items, told.reason) == ("PB-001", ("acme/api#20", "acme/api#14"), "bob is away")
    assert read_feedback(busy.engine, "acme", at("03-20 13:00")) == (told,)
    assert read_feedback(busy.engine, "acme", FRIDAY) == ()
    assert read_feedback(busy.engine, "other", at("03-21")) == ()


def test_what_nobody_recommended_cannot_be_answered(busy: World) -> None:
    with pytest.raises(AnalysisError, match="No stored analysis recommends 'pb-999-x': 'sprint feedback list'"):
        give_feedback(busy.engine, "acme", "pb-999-x", "accept", FRIDAY)


def test_dismissed_is_gone_from_then_on_and_not_before(busy: World) -> None:
    name = next(iter(advice(busy)))
    give_feedback(busy.engine, "acme", name, "dismiss", at("03-20 13:00"), reason="no")
    assert name in advice(busy)
    assert name not in advice(busy, "03-20 14:00")


def test_snoozed_comes_back_on_its_day(busy: World) -> None:
    name = next(name for name in advice(busy) if name.startswith("pb-001"))
    give_feedback(busy.engine, "acme", name, "snooze", at("03-20 13:00"), until=date(2026, 3, 24))
    assert name not in advice(busy, "03-23 12:00")
    assert name in advice(busy, "03-24 12:00")


def test_the_last_answer_counts() -> None:
    said = [given("dismiss", reason="no"), given("accept", moment="03-17")]
    assert hidden(said[:1], date(2026, 3, 20)) == {"pb-001-acme-api-14"}
    assert hidden(said, date(2026, 3, 20)) == frozenset()


@pytest.mark.parametrize(
    ("accepted", "dismissed", "share"), [(0, 0, 0.5), (1, 0, 2 / 3), (0, 1, 1 / 3), (4, 0, 5 / 6), (3, 7, 1 / 3)]
)
def test_acceptance_is_shrunk_towards_a_half(accepted: int, dismissed: int, share: float) -> None:
    assert Record(accepted, dismissed).acceptance == pytest.approx(share)


def test_what_a_team_dismisses_sinks_and_what_it_accepts_rises(busy: World) -> None:
    nothing_to_reach = ActionSettings(target=0.05)  # so that the order is that of the gains
    busy.settings = busy.settings.model_copy(update={"actions": nothing_to_reach})
    store_analysis(busy.engine, analysis(busy))
    before = list(advice(busy, "03-20 14:00"))
    first = before[0]
    give_feedback(busy.engine, "acme", first, "dismiss", at("03-20 13:00"), reason="no")
    give_feedback(busy.engine, "acme", first, "accept", at("03-20 13:30"))
    after = advice(busy, "03-20 14:00")
    assert after[first].record == "Accepted 1 and dismissed 1 times here."
    assert list(after) == before, "one of each is the prior again"
    for day in range(1, 57):
        give_feedback(busy.engine, "acme", first, "dismiss", at("01-01") + timedelta(days=day), reason="no")
    sunk = advice(busy, "03-20 14:00")
    assert sunk[first].record == "Accepted 1 and dismissed 57 times here."
    assert next(iter(sunk)) == before[1]


def test_the_outcome_is_looked_at_after_three_working_days(busy: World) -> None:
    calendar = WorkingCalendar.from_settings(busy.settings)
    said = [given("accept", moment="03-16 12:00"), given("accept", "PB-006", "03-16 12:00", items=("acme/api#17",))]
    early, later = busy.past("03-18 12:00"), busy.past("03-19 12:00")
    assert records(said, early, calendar)["PB-001"] == Record(accepted=1)
    busy.event(14, "labeled", "03-18 09:00", subject="size")
    found = records(said, busy.past("03-19 12:00"), calendar)
    assert found["PB-001"] == Record(accepted=1, followed=1, moved=1)
    assert found["PB-006"] == Record(accepted=1, followed=1, moved=0)
    assert records(said, later, calendar)["PB-001"].moved == 0
    assert str(found["PB-001"]) == (
        "Accepted 1 and dismissed 0 times here; within 3 working days, something moved on the items in 1 of 1."
    )


def test_a_bot_or_a_late_move_is_none(busy: World) -> None:
    calendar = WorkingCalendar.from_settings(busy.settings)
    busy.event(17, "labeled", "03-17 09:00", subject="x", actor="renovate[bot]")
    busy.event(17, "labeled", "03-20 09:00", subject="x")
    said = [given("accept", moment="03-16 12:00", items=("acme/api#17",))]
    assert records(said, busy.past("03-20 12:00"), calendar)["PB-001"] == Record(accepted=1, followed=1, moved=0)


def test_said_twice_on_a_day_counts_once() -> None:
    said = [given("dismiss", moment="03-16 12:00"), given("dismiss", moment="03-16 13:00")]
    world_free = records(said, None, None)  # type: ignore[arg-type] # a dismissal has no outcome to look up
    assert world_free == {"PB-001": Record(dismissed=1)}


def test_wording_never_claims_a_cause() -> None:
    told = str(Record(2, 1, 2, 2)).lower()
    assert not any(word in told for word in ("because", "caus", "thanks", "led to", "helped", "worked"))


def test_an_answer_is_taken_back_and_everything_is_as_before(busy: World) -> None:
    before = list(advice(busy, "03-20 15:00"))
    (one, *_) = open_recommendations(handle(busy))
    dismissed = record_feedback(handle(busy), one.short, "dismiss", at("03-20 13:00"), reason="no")
    assert one.short not in dismissed.shorts
    assert one.id not in advice(busy, "03-20 15:00")
    back = record_feedback(handle(busy), one.short, "undo", at("03-20 14:00"))
    assert one.short in back.shorts
    assert list(advice(busy, "03-20 15:00")) == before
    assert one.id not in advice(busy, "03-20 13:30"), "what was said then is kept as it was"
    with pytest.raises(AnalysisError, match="has no answer that could be taken back"):
        record_feedback(handle(busy), one.short, "undo", at("03-20 14:30"))


def test_an_undo_takes_back_the_last_answer_only() -> None:
    first, last = given("accept"), given("dismiss", moment="03-17", reason="no")
    assert standing([first, last, given("undo", moment="03-18")]) == (first,)
    assert standing([given("undo"), first]) == (first,)


def test_letters_point_at_the_same_action_after_an_answer(busy: World) -> None:
    shown = {one.short: one.id for one in open_recommendations(handle(busy))}
    first, *others = shown
    record_feedback(handle(busy), first, "dismiss", at("03-20 13:00"), reason="no")
    store_analysis(busy.engine, analysis(busy, "03-20 14:00"))
    later = {one.short: one.id for one in open_recommendations(handle(busy))}
    assert {name: later[name] for name in others if name in later} == {
        name: shown[name] for name in others if name in later
    }
    assert first not in later


def test_an_answer_to_what_is_no_longer_recommended_can_be_taken_back(busy: World):
    project = handle(busy)
    first = open_recommendations(project)[0]
    record_feedback(project, first.short, "dismiss", FRIDAY, "no")
    store_analysis(busy.engine, analysis(busy, "03-20 13:00"))
    assert first.id not in [one.id for one in open_recommendations(project)]
    found = record_feedback(project, first.short, "undo", FRIDAY + timedelta(hours=2))
    assert found.option.action == first.action
    assert read_feedback(busy.engine, project.name, FRIDAY + timedelta(hours=3)) == ()


def test_what_happened_after_an_answer(busy: World):
    project = ProjectHandle(busy.settings, busy.engine, lambda: FRIDAY + timedelta(days=7))
    accepted, dismissed = open_recommendations(project)[:2]
    record_feedback(project, accepted.short, "accept", FRIDAY)
    record_feedback(project, dismissed.short, "dismiss", FRIDAY + timedelta(hours=1), "not ours")
    newest, oldest = given_answers(project, FRIDAY + timedelta(days=7))
    assert (newest.decision, newest.reason, newest.action) == ("dismiss", "not ours", dismissed.action)
    assert newest.moved_after is None
    assert (oldest.decision, oldest.action, oldest.is_due) == ("accept", accepted.action, True)
    assert oldest.moved_after is None or oldest.moved_after > 0
    assert given_answers(project, FRIDAY) == (oldest,) or not given_answers(project, FRIDAY)[0].is_due
