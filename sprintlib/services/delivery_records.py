"""What webhooks delivered: the inbox, for admins."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from sprintlib import inbox
from sprintlib.project import ProjectHandle
from sprintlib.services.moments import Moment


class DeliveryRecord(BaseModel):
    """One delivery, and what became of it."""

    model_config = ConfigDict(frozen=True)

    id: int
    guid: str
    event: str
    state: str
    attempts: int
    repeats: int
    reason: str | None
    received_at: Moment
    finished_at: Moment | None


class DeliveryText(DeliveryRecord):
    """The same with headers and body, which may be kept no longer; unreadable: why a body that is kept is not shown."""

    headers: dict[str, str]
    body: str | None
    unreadable: str | None = None


class Inbox(BaseModel):
    """Deliveries, newest first; how many there are in each state, and how many items are to be asked about."""

    model_config = ConfigDict(frozen=True)

    counts: dict[str, int]
    to_refresh: int
    deliveries: tuple[DeliveryRecord, ...]


def deliveries(project: ProjectHandle, states: Sequence[str] = (), most: int = 50, before: int | None = None) -> Inbox:
    """Deliveries of webhooks. before: only those with a smaller id. Raises AccessError."""
    project.permit("inbox")
    found = inbox.listed(project.engine, states, most, before)
    return Inbox(
        counts=inbox.counts(project.engine),
        to_refresh=inbox.owed(project.engine),
        deliveries=tuple(_record(one) for one in found),
    )


def delivery(project: ProjectHandle, name: str) -> DeliveryText:
    """One of them, by its number or GitHub's id. Raises SettingsError where there is none, AccessError."""
    project.permit("inbox")
    one = inbox.find(project.engine, name)
    body = None if one.body is None else one.body.decode(errors="replace")
    unreadable = inbox.CLOSED if one.is_closed else None
    return DeliveryText(**_record(one).model_dump(), headers=dict(one.headers), body=body, unreadable=unreadable)


def retry_deliveries(project: ProjectHandle, names: Sequence[str] = ()) -> int:
    """Work again on these, or on all that are set aside; how many. Raises SettingsError, AccessError."""
    with project.acting("inbox", f"retry {', '.join(names) or 'all'}"):
        return inbox.retry(project.engine, names)


def _record(one: inbox.Delivery) -> DeliveryRecord:
    return DeliveryRecord(**{name: getattr(one, name) for name in DeliveryRecord.model_fields})
