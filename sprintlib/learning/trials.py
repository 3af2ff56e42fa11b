"""When recalibrating was tried by itself, and what came of it: shown, and read to know when it is due again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from sprintlib.store import schema


@dataclass(frozen=True)
class KeptTrial:
    """One try. sprints: finished ones with a forecast. sentence: what it said. adopted: the version made of it."""

    tried_at: datetime
    sprints: int
    helps: bool
    sentence: str
    adopted: int | None = None


_FIELDS = tuple(KeptTrial.__dataclass_fields__)


def keep_trial(connection: Connection, project: str, found: KeptTrial) -> None:
    """Store a try."""
    connection.execute(insert(schema.learning_trial).values(**vars(found), project=project))


def last_trial(connection: Connection, project: str, as_of: datetime | None = None) -> KeptTrial | None:
    """The newest try, or the newest by a moment; None where there was none."""
    table = schema.learning_trial
    query = select(*(table.c[name] for name in _FIELDS)).where(table.c.project == project)
    if as_of is not None:
        query = query.where(table.c.tried_at <= as_of)
    row = connection.execute(query.order_by(table.c.tried_at.desc()).limit(1)).mappings().first()
    return None if row is None else KeptTrial(**row)
