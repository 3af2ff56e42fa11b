"""Open, done and dropped, as of any moment."""

import pytest

from sprintlib.history.states import Closing, StateEvent, Transition, transitions
from tests.world import at

ISSUE = Closing(is_pull=False, created_at=at("03-01"), closed_at=None, merged_at=None, state_reason=None)
PULL = ISSUE._replace(is_pull=True)


def event(when: str, kind: str, detail: str | None = None) -> StateEvent:
    return StateEvent(at(when), kind, detail)


def course(events: list[StateEvent], payload: Closing, as_of: str = "06-01") -> list[tuple[object, str, str]]:
    """Transitions after the creation."""
    first, *rest = transitions(events, payload, at(as_of))
    assert first == Transition(payload.created_at, "open")
    return [(change.at, change.to, change.rests_on) for change in rest]


@pytest.mark.parametrize(
    ("events", "payload", "expected"),
    [
        pytest.param([], ISSUE, [], id="open"),
        pytest.param(
            [event("03-05", "closed", "completed")], ISSUE, [("03-05", "done", "events")], id="closed as completed"
        ),
        pytest.param(
            [event("03-05", "closed", "not_planned")], ISSUE, [("03-05", "dropped", "events")], id="not planned"
        ),
        pytest.param([event("03-05", "closed", "duplicate")], ISSUE, [("03-05", "dropped", "events")], id="duplicate"),
        pytest.param([event("03-05", "closed")], ISSUE, [("03-05", "done", "reason")], id="closed for no known reason"),
        pytest.param(
            [event("03-05", "closed", "1a2b3c")], ISSUE, [("03-05", "done", "reason")], id="closed by a commit"
        ),
        pytest.param(
            [event("03-05", "closed")],
            ISSUE._replace(closed_at=at("03-05 00:00:02"), state_reason="not_planned"),
            [("03-05", "dropped", "reason")],
            id="the payload says why",
        ),
        pytest.param(
            [event("03-05", "closed"), event("03-06", "reopened"), event("03-07", "closed")],
            ISSUE._replace(closed_at=at("03-07"), state_reason="not_planned"),
            [("03-05", "done", "reason"), ("03-06", "open", "events"), ("03-07", "dropped", "reason")],
            id="the payload speaks of the last closing only",
        ),
        pytest.param(
            [event("03-05 10:00", "marked_as_duplicate"), event("03-05 10:01", "closed")],
            ISSUE,
            [("03-05 10:01", "dropped", "events")],
            id="marked as duplicate around the closing",
        ),
        pytest.param(
            [event("03-03", "marked_as_duplicate"), event("03-05", "closed")],
            ISSUE,
            [("03-05", "done", "reason")],
            id="marked long before: the original of a duplicate",
        ),
        pytest.param(
            [event("03-03", "marked_as_duplicate")], ISSUE, [], id="marked, never closed: the original of a duplicate"
        ),
        pytest.param(
            [event("03-05", "converted_to_discussion")],
            ISSUE._replace(closed_at=at("03-05 00:00:01"), state_reason="completed"),
            [("03-05", "dropped", "events")],
            id="made a discussion",
        ),
        pytest.param(
            [event("03-05", "closed", "completed"), event("03-06", "closed", "not_planned")],
            ISSUE,
            [("03-05", "done", "events"), ("03-06", "dropped", "events")],
            id="another reason afterwards",
        ),
        pytest.param(
            [event("03-05", "merged"), event("03-05", "closed")], PULL, [("03-05", "done", "events")], id="merged"
        ),
        pytest.param(
            [event("03-05 10:00:00", "closed"), event("03-05 10:00:01", "merged")],
            PULL,
            [("03-05 10:00:00", "done", "events")],
            id="merged, closed a second before",
        ),
        pytest.param([event("03-05", "closed")], PULL, [("03-05", "dropped", "events")], id="closed unmerged"),
        pytest.param(
            [event("03-05", "closed", "1a2b3c")],
            PULL,
            [("03-05", "dropped", "events")],
            id="closed by a commit, unmerged",
        ),
        pytest.param(
            [event("03-05", "closed"), event("03-06", "reopened"), event("03-08", "merged"), event("03-08", "closed")],
            PULL,
            [("03-05", "dropped", "events"), ("03-06", "open", "events"), ("03-08", "done", "events")],
            id="closed, reopened, merged",
        ),
        pytest.param(
            [], ISSUE._replace(closed_at=at("03-05")), [("03-05", "done", "payload")], id="closed without an event"
        ),
        pytest.param(
            [],
            PULL._replace(closed_at=at("03-05"), merged_at=at("03-05")),
            [("03-05", "done", "payload")],
            id="merged without an event",
        ),
    ],
)
def test_transitions(events: list[StateEvent], payload: Closing, expected: list[tuple[str, str, str]]) -> None:
    assert course(events, payload) == [(at(when), to, basis) for when, to, basis in expected]


def test_what_is_later_has_not_happened() -> None:
    events = [event("03-05", "closed", "completed"), event("03-09", "reopened")]
    assert course(events, ISSUE, "03-04") == []
    assert course(events, ISSUE, "03-05") == [(at("03-05"), "done", "events")]
    assert course([], ISSUE._replace(closed_at=at("03-05")), "03-04") == []


def test_a_merge_that_comes_later_does_not_make_an_earlier_closing_a_merge() -> None:
    events = [event("03-05", "closed"), event("03-06", "reopened"), event("03-08", "merged")]
    assert course(events, PULL._replace(merged_at=at("03-08")), "03-07") == [
        (at("03-05"), "dropped", "events"),
        (at("03-06"), "open", "events"),
    ]
