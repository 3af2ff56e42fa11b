from datetime import UTC, datetime

import pytest

from sprintsim.simulation.event_recorder import EventRecorder

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def journal():
    journal = EventRecorder()
    journal.open_item(AT, "api", "issue", "First", None, "anna")
    journal.open_item(AT, "web", "issue", "Page", None, "anna")
    return journal


def references(journal):
    return [
        ((entry.repo, entry.number), entry.other) for entry in journal.happenings if entry.kind == "cross-referenced"
    ]


def test_numbers_are_counted_per_repository(journal):
    assert journal.open_item(AT, "api", "pull", "Second", None, "ben") == ("api", 2)
    assert journal.next_number("web") == 2


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        ("Closes #1", [("api", 1)]),
        ("Blocked by sprint-demo/web#1", [("web", 1)]),
        ("See #1, sprint-demo/web#1 and again #1", [("api", 1), ("web", 1)]),
        ("Nothing: #99, other/web#1x, abc", []),
        ("", []),
    ],
)
def test_a_mention_shows_on_the_mentioned_item(journal, text, mentioned):
    key = journal.open_item(AT, "api", "pull", "Second", text, "ben")
    assert references(journal) == [(target, key) for target in mentioned]


def test_a_comment_refers_too_but_only_once_and_never_to_itself(journal):
    key = journal.open_item(AT, "api", "issue", "Second", "after #1", "ben")
    journal.note(AT, "commented", key, "ben", detail="Still #1, which is not #2")
    assert references(journal) == [(("api", 1), key)]


def test_a_native_dependency_shows_on_both_items(journal):
    journal.block(AT, ("web", 1), ("api", 1), "anna")
    assert journal.blocked_by == {("web", 1): (("api", 1),)}
    kinds = [(entry.kind, (entry.repo, entry.number), entry.other) for entry in journal.happenings]
    assert kinds == [
        ("blocked_by_added", ("web", 1), ("api", 1)),
        ("blocking_added", ("api", 1), ("web", 1)),
    ]
