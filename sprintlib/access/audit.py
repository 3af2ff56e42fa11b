"""What was changed, when and by whom: a row for each write, which nothing changes or takes away."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Engine, insert, select

from sprintlib.access.identity import Identity
from sprintlib.access.policy import Action, permit
from sprintlib.errors import AccessError
from sprintlib.store.schema import audit
from sprintlib.text import printable

_LONGEST = 200


@dataclass(frozen=True)
class AuditEntry:
    """One write, or one that was refused. subject: what it was about; never a secret."""

    id: int
    happened_at: datetime
    name: str
    role: str
    proof: str
    action: str
    subject: str
    outcome: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON; times as RFC 3339."""
        return asdict(self) | {"happened_at": self.happened_at.isoformat()}


@contextmanager
def acting(engine: Engine, who: Identity, action: Action, subject: str) -> Iterator[None]:
    """Let somebody change something if the role reaches, and write down that it was done, failed or was refused.

    Raises AccessError.
    """
    try:
        permit(who, action)
    except AccessError:
        record(engine, who, action, subject, "refused")
        raise
    try:
        yield
    except BaseException:
        record(engine, who, action, subject, "failed")
        raise
    record(engine, who, action, subject, "done")


def record(
    engine: Engine, who: Identity, action: str, subject: str, outcome: Literal["done", "failed", "refused"]
) -> None:
    """Write one row."""
    row = {
        "happened_at": datetime.now(UTC),
        "name": who.name,
        "role": who.role.name,
        "proof": who.by,
        "action": action,
        "subject": printable(subject)[:_LONGEST],
        "outcome": outcome,
    }
    with engine.begin() as connection:
        connection.execute(insert(audit), row)


def entries(engine: Engine, most: int = 100, before: int | None = None) -> list[AuditEntry]:
    """The newest rows first. before: only those older than the row with this id."""
    query = select(audit).order_by(audit.c.id.desc()).limit(most)
    if before is not None:
        query = query.where(audit.c.id < before)
    with engine.connect() as connection:
        return [AuditEntry(**row) for row in connection.execute(query).mappings()]
