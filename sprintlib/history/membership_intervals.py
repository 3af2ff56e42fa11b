"""An item's stays in milestones: intervals read from milestoned and demilestoned events, not yet tied to a number."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple


class MilestoneEvent(NamedTuple):
    """One milestoned, demilestoned, converted_to_discussion or transferred event."""

    at: datetime
    kind: str
    title: str | None


class Payload(NamedTuple):
    """What an item's newest payload says about its milestone."""

    milestone: int | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class MilestoneMembership:
    """One interval of an item inside one milestone.

    entry_title, exit_title: what the events called it, which differs when it was renamed in between; null without
    an event. payload_milestone: number in the item's payload, where that payload speaks about this stay.
    """

    entered_at: datetime
    entry_title: str | None
    left_at: datetime | None = None
    exit_title: str | None = None
    payload_milestone: int | None = None


def stays(
    events: Sequence[MilestoneEvent],
    payload: Payload,
    milestone_created_at: datetime | None,
    deleted: Mapping[str, datetime] | None = None,
) -> list[MilestoneMembership]:
    """Stays of one item, oldest first. An item is in one milestone at a time.

    A second milestoned without a demilestoned between is a move. A demilestoned without a milestoned before it ends
    a stay since the item's creation. Conversion to a discussion and transfer end a stay.
    Where events and payload disagree because an event is missing, the payload's own update time is when it had
    happened at the latest; an item of which no event is known at all (imported, transferred) entered when it was
    created, though not before its milestone (`milestone_created_at`).
    deleted: titles of milestones that were deleted -> when. Items lose such a milestone without an event and without
    an update of their own, so their stay is left open: it ends with the milestone.
    """
    found: list[MilestoneMembership] = []
    current: MilestoneMembership | None = None
    for event in _in_order(events):
        if event.kind == "milestoned":
            if current is not None:
                found.append(_ended(current, event.at))
            current = MilestoneMembership(entered_at=event.at, entry_title=event.title)
        elif current is not None or (event.kind == "demilestoned" and not found):
            current = current or MilestoneMembership(entered_at=payload.created_at, entry_title=None)
            found.append(_ended(current, event.at, event.title))
            current = None
    if current is not None and payload.milestone is None and _ends_with_it(current, deleted or {}):
        return [*found, current]
    found += _last(found, current, events, payload, milestone_created_at)
    return found


def _ends_with_it(stay: MilestoneMembership, deleted: Mapping[str, datetime]) -> bool:
    deleted_at = deleted.get(stay.entry_title or "")
    return deleted_at is not None and stay.entered_at <= deleted_at


def _last(
    ended: Sequence[MilestoneMembership],
    current: MilestoneMembership | None,
    events: Sequence[MilestoneEvent],
    payload: Payload,
    milestone_created_at: datetime | None,
) -> list[MilestoneMembership]:
    """The stay that events leave open, checked against the payload."""
    last_event = max((event.at for event in events), default=None)
    if last_event is not None and payload.updated_at < last_event:
        return [current] if current else []
    if current is not None and payload.milestone is None:
        return [_ended(current, payload.updated_at)]
    if current is not None:
        return [MilestoneMembership(current.entered_at, current.entry_title, payload_milestone=payload.milestone)]
    if payload.milestone is None or (events and _in_order(events)[-1].kind == "converted_to_discussion"):
        return []
    entered_at = payload.updated_at
    if events and _in_order(events)[-1].kind == "transferred":
        entered_at = _in_order(events)[-1].at
    elif not ended:
        entered_at = max(payload.created_at, milestone_created_at or payload.created_at)
    return [MilestoneMembership(entered_at, None, payload_milestone=payload.milestone)]


def _ended(stay: MilestoneMembership, at: datetime, title: str | None = None) -> MilestoneMembership:
    return MilestoneMembership(stay.entered_at, stay.entry_title, left_at=at, exit_title=title)


def _in_order(events: Iterable[MilestoneEvent]) -> list[MilestoneEvent]:
    """By time; within one second a stay ends before the next begins, and begins before it can end."""
    ordered: list[MilestoneEvent] = []
    inside = False
    for _, same_time in groupby(sorted(events, key=lambda event: event.at), key=lambda event: event.at):
        for event in _alternating(list(same_time), inside):
            ordered.append(event)
            inside = event.kind == "milestoned"
    return ordered


def _alternating(events: list[MilestoneEvent], inside: bool) -> Iterator[MilestoneEvent]:
    while events:
        wanted = next((event for event in events if (event.kind != "milestoned") == inside), events[0])
        events.remove(wanted)
        inside = wanted.kind == "milestoned"
        yield wanted
