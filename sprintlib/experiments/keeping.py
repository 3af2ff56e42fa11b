"""Experiments in the store: begun, ended, and which items entered them when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from sprintlib.errors import AnalysisError
from sprintlib.experiments.model import Drawn, Experiment
from sprintlib.store import append, schema

_FIELDS = tuple(Experiment.__dataclass_fields__)


@dataclass(frozen=True)
class Entry:
    """One item in an experiment. play: what it was given. entered_at: when this was first recommended."""

    repository_id: int
    number: int
    play: str
    entered_at: datetime


def start(connection: Connection, project: str, terms: Experiment) -> Experiment:
    """Store a new experiment (its id is ignored), and return it with its own.

    Raises AnalysisError for a name that was used, or a play that a running experiment has.
    """
    known = read_experiments(connection, project)
    if any(one.name == terms.name for one in known):
        raise AnalysisError(f"There is an experiment '{terms.name}' already: choose another name.")
    for one in running(known, terms.started_at):
        shared = {one.usual, one.other} & {terms.usual, terms.other}
        if shared:
            raise AnalysisError(
                f"{sorted(shared)[0]} is in the experiment '{one.name}', which is running: stop it first "
                f"('sprint experiment stop {one.name}')."
            )
    row = {name: getattr(terms, name) for name in _FIELDS if name != "id"}
    made = connection.execute(insert(schema.experiment).values(**row, project=project))
    return replace(terms, id=int(made.inserted_primary_key[0]))  # type: ignore[index]


def stop(connection: Connection, experiment: Experiment, at: datetime) -> Experiment:
    """End it: no further item enters. Raises AnalysisError for one that has ended."""
    if experiment.stopped_at is not None:
        raise AnalysisError(f"The experiment '{experiment.name}' has been stopped already.")
    table = schema.experiment
    connection.execute(update(table).where(table.c.id == experiment.id).values(stopped_at=at))
    return replace(experiment, stopped_at=at)


def read_experiments(connection: Connection, project: str, as_of: datetime | None = None) -> tuple[Experiment, ...]:
    """Every experiment of a project, the oldest first; as of a moment, those begun by then, as they were then."""
    table = schema.experiment
    query = select(*(table.c[name] for name in _FIELDS)).where(table.c.project == project)
    rows = connection.execute(query.order_by(table.c.started_at, table.c.id)).mappings().all()
    found = tuple(Experiment(**row) for row in rows)
    if as_of is None:
        return found
    begun = (one for one in found if one.started_at <= as_of)
    return tuple(replace(one, stopped_at=None) if one.stopped_at and one.stopped_at > as_of else one for one in begun)


def running(experiments: Iterable[Experiment], at: datetime) -> tuple[Experiment, ...]:
    """Those that items enter at a moment."""
    return tuple(one for one in experiments if one.started_at <= at and (one.stopped_at is None or at < one.stopped_at))


def enrol(connection: Connection, drawn: Sequence[Drawn], at: datetime) -> None:
    """Note that these items are in their experiments from now on; one that is already stays as it came."""
    rows = [
        {
            "experiment_id": one.experiment,
            "repository_id": one.repository_id,
            "number": one.number,
            "play": one.play,
            "entered_at": at,
        }
        for one in drawn
    ]
    append(connection, schema.experiment_item, rows)


def entries(connection: Connection, experiment: Experiment, as_of: datetime) -> tuple[Entry, ...]:
    """The items that had entered by a moment, in the order in which they came."""
    table = schema.experiment_item
    names = tuple(Entry.__dataclass_fields__)
    query = (
        select(*(table.c[name] for name in names))
        .where(table.c.experiment_id == experiment.id, table.c.entered_at <= as_of)
        .order_by(table.c.entered_at, table.c.repository_id, table.c.number)
    )
    return tuple(Entry(**row) for row in connection.execute(query).mappings())
