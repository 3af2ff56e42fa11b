"""Questions about a milestone: a closed one is answered about itself."""

from collections.abc import Callable

from sprintlib.analysis import analyze
from sprintlib.services import Answer
from tests.questions.conftest import Ask
from tests.sprints import AS_OF
from tests.world import World, at


def test_a_closed_milestone_is_answered_about_itself(asked: Callable[[str], Answer]) -> None:
    found = asked("Why was Sprint 1 late?")
    assert found.milestone == "Sprint 1"
    assert [sentence.text for sentence in found.sentences[:2]] == [
        "Sprint 1 was 3 days late: due Fri 13 Mar 2026, closed on Mon 16 Mar 2026.",
        "Every item of Sprint 1 was closed by then; only the milestone itself was closed later.",
    ]
    assert not any("Sprint 2" in sentence.text for sentence in found.sentences)


def test_what_made_it_late(team: World, told: Ask) -> None:
    team.issue(1, "03-02 08:00", milestone=1, title="The last one", closed="03-15 10:00")
    team.event(1, "reopened", "03-03 10:00")
    team.event(1, "closed", "03-15 10:00")
    assert told("why was Sprint 1 late?")[1] == (
        'api#1 "The last one" was unfinished at the end of the due date, and closed 2 days later.'
    )


def test_on_time(team: World, told: Ask) -> None:
    team.milestone(1, "Sprint 1", created="03-01", due="03-13", closed="03-13 23:00")
    assert told("was Sprint 1 on time?")[0] == "Sprint 1 was on time: due Fri 13 Mar 2026, closed on Fri 13 Mar 2026."


def test_the_open_one_is_not_late_before_its_due_date_has_ended(told: Ask) -> None:
    assert told("is Sprint 2 late?")[0] == "Sprint 2 is not late yet: it is due Fri 27 Mar 2026."


def test_without_a_name_it_is_the_one_due_next(team: World, told: Ask) -> None:
    expected = analyze(team.engine, team.settings, at(AS_OF)).milestones[0].summary
    assert expected in told("will we make it on time?")
    assert expected in told("what is the chance?")


def test_what_came_in_and_what_was_taken_out(team: World, told: Ask) -> None:
    assert told("was anything taken out of Sprint 2?") == ["Nothing was taken out of Sprint 2."]
    team.issue(41, "03-18", milestone=2)
    team.event(41, "milestoned", "03-18 10:00", subject="Sprint 2")
    team.issue(18, "03-16 09:00", updated="03-19 10:00")
    team.event(18, "demilestoned", "03-19 10:00", subject="Sprint 2")
    assert told("what was added to Sprint 2?") == [
        "1 item was added to Sprint 2 after its start on Tue 17 Mar 2026: api#41."
    ]
    assert told("what was removed from Sprint 2?") == [
        "1 item was taken out of Sprint 2, the last on Thu 19 Mar 2026: api#18."
    ]


def test_what_is_left(told: Ask) -> None:
    assert told("what is left in Sprint 2?")[0] == (
        "5 of the 8 items in Sprint 2 are open: api#14, api#15, api#16, api#17 and api#18."
    )


def test_the_record(told: Ask) -> None:
    assert told("which milestones were late?") == ["1 of 1 milestone with a due date was late: Sprint 1 (3 days)."]


def test_the_milestone_named_decides_and_words_of_delivery_do_not(asked: Callable[[str], Answer]) -> None:
    for question in ("is Sprint 1 ready?", "what was done in Sprint 1?", "did Sprint 1 land?"):
        assert asked(question).milestone in (None, "Sprint 1")
        assert not any("chance" in sentence.text for sentence in asked(question).sentences)
