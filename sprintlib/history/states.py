"""How items opened and closed: transitions between open, done and dropped, from events."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

Outcome = Literal["open", "done", "dropped"]
Basis = Literal["events", "reason", "payload"]

# GitHub stamps the closing of the item and its closed event up to two seconds apart.
SAME_CLOSING = timedelta(seconds=5)
# `marked_as_duplicate` is also put on the original, so it counts only around a closing.
DUPLICATE_NEAR_CLOSING = timedelta(minutes=5)
STATE_EVENTS = ("closed", "reopened", "merged", "converted_to_discussion", "marked_as_duplicate")
_RANK = {"merged": 0, "closed": 1, "converted_to_discussion": 2, "marked_as_duplicate": 3, "reopened": 4}
_REASONS: dict[str, Outcome] = {"completed": "done", "not_planned": "dropped", "duplicate": "dropped"}


class StateEvent(NamedTuple):
    """One of STATE_EVENTS; detail: the state reason of a closing, where the event carries one."""

    at: datetime
    kind: str
    detail: str | None


class Closing(NamedTuple):
    """What an item's newest payload says about its state; times after as-of count as not happened."""

    is_pull: bool
    created_at: datetime
    closed_at: datetime | None
    merged_at: datetime | None
    state_reason: str | None


class Transition(NamedTuple):
    """From `at` on the item was `to`.

    rests_on: `events`; `reason`, where only a payload can say why it was closed; `payload`, where no event tells of
    the closing at all.
    """

    at: datetime
    to: Outcome
    rests_on: Basis = "events"


def transitions(events: Sequence[StateEvent], payload: Closing, as_of: datetime) -> list[Transition]:
    """How one item's state changed up to `as_of`; the first is its creation.

    A pull request is done when it was merged, an issue when it was closed for no reason or as completed; else
    dropped: not planned, duplicate, made a discussion, closed unmerged.
    """
    ordered = sorted((event for event in events if event.at <= as_of), key=lambda event: (event.at, _RANK[event.kind]))
    found = [Transition(payload.created_at, "open")]
    for event in ordered:
        to, rests_on = _outcome(event, ordered, payload, as_of, found[-1].to)
        if to != found[-1].to:
            found.append(Transition(event.at, to, rests_on))
    closed_at = payload.closed_at
    if found[-1].to == "open" and closed_at is not None and found[-1].at <= closed_at <= as_of:
        last = StateEvent(closed_at, "closed", None)
        found.append(Transition(closed_at, _closed_as(last, ordered, payload, as_of)[0], "payload"))
    return found


def _outcome(
    event: StateEvent, events: Sequence[StateEvent], payload: Closing, as_of: datetime, now: Outcome
) -> tuple[Outcome, Basis]:
    if event.kind == "merged":
        return "done", "events"
    if event.kind == "reopened":
        return "open", "events"
    if event.kind == "converted_to_discussion":
        return "dropped", "events"
    if event.kind == "marked_as_duplicate" or (now != "open" and event.detail not in _REASONS):
        return now, "events"
    return _closed_as(event, events, payload, as_of)


def _closed_as(
    closing: StateEvent, events: Sequence[StateEvent], payload: Closing, as_of: datetime
) -> tuple[Outcome, Basis]:
    """Outcome of a closing, and what says so."""
    if payload.is_pull:
        by_then = min(closing.at + SAME_CLOSING, as_of)
        if any(event.kind == "merged" and event.at <= by_then for event in events):
            return "done", "events"
        merged = payload.merged_at is not None and payload.merged_at <= by_then
        return ("done", "reason") if merged else ("dropped", "events")
    if closing.detail in _REASONS:
        return _REASONS[closing.detail], "events"
    if any(_is_duplicate(event, closing) for event in events):
        return "dropped", "events"
    speaks_of_it = payload.closed_at is not None and abs(payload.closed_at - closing.at) <= SAME_CLOSING
    if speaks_of_it and payload.state_reason in _REASONS:
        return _REASONS[payload.state_reason], "reason"
    return "done", "reason"


def _is_duplicate(event: StateEvent, closing: StateEvent) -> bool:
    return event.kind == "marked_as_duplicate" and abs(event.at - closing.at) <= DUPLICATE_NEAR_CLOSING
