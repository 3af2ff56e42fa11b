"""Versions of what a team's own outcomes say about its forecasts, each with the backtest that it was adopted for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from sprintlib.errors import AnalysisError
from sprintlib.store import schema

FEWEST_SPRINTS = 8  # finished ones with a forecast, below which nothing is learned


@dataclass(frozen=True)
class Recalibration:
    """One version.

    stretch: how many times as long work takes here as the forecast alone says. sprints: finished ones it was learned
    from. scored: of these, those that were forecast from the ones before them. brier_without, brier: mean scores of
    these forecasts as they were and with what was known before each; error: standard error of their difference.
    """

    version: int
    stretch: float
    sprints: int
    scored: int
    brier_without: float
    brier: float
    error: float
    adopted_at: datetime
    reverted_at: datetime | None = None

    def __str__(self) -> str:
        return (
            f"recalibration {self.version}: work takes {self.stretch:.2f} times as long here, as {self.sprints} "
            "finished sprints say"
        )


_FIELDS = tuple(Recalibration.__dataclass_fields__)


def read_versions(connection: Connection, project: str, as_of: datetime | None = None) -> tuple[Recalibration, ...]:
    """Every version, the oldest first; as of a moment, those adopted by then, as they were then."""
    table = schema.recalibration
    query = select(*(table.c[name] for name in _FIELDS)).where(table.c.project == project).order_by(table.c.version)
    found = [Recalibration(**row) for row in connection.execute(query).mappings()]
    if as_of is None:
        return tuple(found)
    known = (one for one in found if one.adopted_at <= as_of)
    return tuple(replace(one, reverted_at=None) if (one.reverted_at or as_of) > as_of else one for one in known)


def in_force(versions: Iterable[Recalibration]) -> Recalibration | None:
    """The newest version that has not been taken back."""
    standing = [one for one in versions if one.reverted_at is None]
    return max(standing, key=lambda one: one.version, default=None)


def adopt(connection: Connection, project: str, found: Recalibration) -> Recalibration:
    """Store a version under the next number, and return it."""
    known = read_versions(connection, project)
    made = replace(found, version=1 + max((one.version for one in known), default=0))
    connection.execute(insert(schema.recalibration).values(**vars(made), project=project))
    return made


def revert(connection: Connection, project: str, at: datetime) -> tuple[Recalibration, Recalibration | None]:
    """Take the version in force back. Returns it and the one that holds from then on.

    Raises AnalysisError where none is in force.
    """
    versions = read_versions(connection, project)
    current = in_force(versions)
    if current is None:
        raise AnalysisError("No recalibration is in force, so there is none to take back.")
    table = schema.recalibration
    chosen = (table.c.project == project) & (table.c.version == current.version)
    connection.execute(update(table).where(chosen).values(reverted_at=at))
    return current, in_force(one for one in versions if one.version != current.version)
