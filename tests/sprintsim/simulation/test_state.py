from datetime import UTC, datetime, timedelta

from sprintsim.simulation.event_log import Item, TimelineEvent
from sprintsim.simulation.state import ItemState, apply

OPENED = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
KEY = ("web", 7)


def after(*entries):
    """The state of web#7 after entries (kind, subject, detail, other), one an hour."""
    item = Item(*KEY, "pull", "Title", "Body", "anna", OPENED)
    states = {KEY: ItemState(item, item.title, OPENED, draft=False)}
    happenings = [
        TimelineEvent(OPENED + timedelta(hours=hour), kind, *KEY, actor, *rest)
        for hour, (kind, actor, *rest) in enumerate(entries, start=1)
    ]
    apply(states, happenings)
    return states[KEY]


def test_labels_assignees_and_milestone_come_and_go():
    state = after(
        ("labeled", "anna", "bug"),
        ("labeled", "anna", "customer"),
        ("unlabeled", "anna", "bug"),
        ("assigned", "anna", "ben"),
        ("milestoned", "anna", "2.4", "", ("web", 5)),
    )
    assert (state.labels, state.assignees, state.milestone) == (["customer"], ["ben"], 5)
    assert after(("milestoned", "a", "2.4", "", ("web", 5)), ("demilestoned", "a", "2.4")).milestone is None


def test_a_review_settles_the_request_of_that_reviewer_only():
    state = after(
        ("review_requested", "anna", "ben"), ("review_requested", "anna", "cem"), ("reviewed", "ben", "APPROVED")
    )
    assert state.reviewers == ["cem"]


def test_closing_and_reopening():
    state = after(("closed", "ben", "", "completed"))
    assert (state.state, state.closed_by, state.state_reason) == ("closed", "ben", "completed")
    state = after(("closed", "ben", "", "completed"), ("reopened", "anna"))
    assert (state.state, state.closed_at, state.state_reason) == ("open", None, "reopened")


def test_merging_names_who_when_and_which_commit():
    state = after(("committed", "anna", "web-3"), ("merged", "ben", "web-9"), ("closed", "ben"))
    assert (state.commits, state.merged_by, state.merge_commit) == (["web-3"], "ben", "web-9")
    assert state.merged_at == OPENED + timedelta(hours=2)


def test_a_reference_from_elsewhere_is_no_update():
    assert after(("cross-referenced", "ben", "", "", ("api", 1))).updated_at == OPENED
    assert after(("commented", "ben", "", "Hello")).updated_at == OPENED + timedelta(hours=1)


def test_drafts_titles_and_counts():
    state = after(
        ("convert_to_draft", "anna"),
        ("renamed", "anna", "Better", "Title"),
        ("commented", "ben", "", "Hm"),
        ("review_commented", "ben", "", "Nit"),
    )
    assert (state.draft, state.title, state.comments, state.review_comments) == (True, "Better", 1, 1)
    assert after(("convert_to_draft", "anna"), ("ready_for_review", "anna")).draft is False
