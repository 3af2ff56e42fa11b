"""Questions over a whole project."""

from sprintlib.store import append, schema
from tests.questions.conftest import Ask
from tests.world import World


def test_builds_are_red_green_or_unknown(team: World, told: Ask) -> None:
    assert told("is CI green?") == [
        "CI is red: workflow 'tests' has failed on main of acme/api since Thu 19 Mar 2026 (1 run).",
        "No CI runs of acme/web are stored: whether CI passes there is unknown, not green.",
    ]
    team.run(3, "03-20 09:00", "03-20 09:10", "success")
    assert told("is main red?")[0] == (
        "CI is green on the default branch of acme/api: the last run of every workflow passed."
    )


def test_what_waits_for_a_review(told: Ask) -> None:
    found = told("which pull requests wait for a review?")
    assert found[0] == "1 pull request waits for a review, the longest first: api#20."
    assert "a review by bob was requested" in found[1]


def test_what_is_ready_is_neither_blocked_nor_begun(told: Ask) -> None:
    ready = told("what is ready to start?")[0]
    assert all(f"api#{number} " in ready for number in (16, 17, 18))
    assert not any(f"api#{number} " in ready for number in (14, 15))


def test_what_is_stuck(told: Ask) -> None:
    assert told("is anything stuck?") == [
        'api#14 "Payment intents" waits for web#5 "Card form in the payment step", where cat can act next.'
    ]


def test_what_changed_in_a_period(told: Ask) -> None:
    assert told("what was merged yesterday?") == ['1 pull request was merged on Thu 19 Mar 2026: api#22 "Fees".']
    assert told("what was merged since Monday?") == ['1 pull request was merged since Mon 16 Mar 2026: api#22 "Fees".']
    assert told("what was merged last week?") == ["Nothing was merged from Mon 9 Mar 2026 to Sun 15 Mar 2026."]
    assert told("which pull requests were opened on Tuesday?") == [
        '1 pull request was opened on Tue 17 Mar 2026: api#20 "Refund webhooks".'
    ]


def test_who_touches_a_path_and_what_is_not_known(team: World, told: Ask) -> None:
    with team.engine.begin() as connection:
        row = {"repository_id": 1, "sha": "a" * 40, "path": "src/refunds/webhooks.py", "additions": 5, "deletions": 1}
        append(connection, schema.changed_file, [row])
    for path in ("src/refunds/webhooks.py", "src/refunds/", "webhooks.py"):
        found = told(f"which open pull requests touch {path}?")
        assert found[0] == f'1 open pull request changes {path.rstrip("/")}: api#20 "Refund webhooks".'
        assert found[1] == "The files that 1 other open pull request changes are not known."
    assert told("who changes src/other.py?")[0] == "No open pull request whose files are known changes src/other.py."


def test_a_reviewer_s_comment_shows_a_path(team: World, told: Ask) -> None:
    team.comment(21, "Why?", "03-19 10:00", kind="review", path="src/queue.py")
    assert told("who touches src/queue.py?")[0] == 'Reviewers commented on src/queue.py in api#21 "Try another queue".'


def test_what_waits_for_a_person_is_no_figure(told: Ask) -> None:
    assert told("what is waiting for bob?") == ['bob has the next move on api#20 "Refund webhooks".']
