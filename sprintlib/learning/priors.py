"""Priors that organisations give each other: numbers about pace and plays, and no text of anybody.

What stands in a file is made of the numbers of this model alone: there is no field that could hold a name, a title, a
login or an id. The keys of `plays` are entries of the playbook that ships with the package, the same everywhere.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from sqlalchemy import Connection, delete, insert, select

from sprintlib.errors import AnalysisError
from sprintlib.store import schema

FORMAT = "sprint-priors/1"
_LARGEST = 1_000_000  # bytes: a file of priors has some hundred
_Play = Annotated[str, StringConstraints(pattern=r"^PB-\d{3}$")]


class Counts(BaseModel):
    """How often actions of a play were accepted and dismissed."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    accepted: int = Field(ge=0, le=1_000_000)
    dismissed: int = Field(ge=0, le=1_000_000)


class Priors(BaseModel):
    """What other teams' history says before there is any of one's own.

    items_per_developer_day: milestone items closed a working day for each active developer; None where too little was
    seen. working_days: that it was seen in. sprints: finished ones. plays: by entry of the playbook.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    format: Literal["sprint-priors/1"] = "sprint-priors/1"
    items_per_developer_day: float | None = Field(default=None, gt=0, le=20)
    working_days: int = Field(default=0, ge=0, le=100_000)
    sprints: int = Field(default=0, ge=0, le=100_000)
    plays: dict[_Play, Counts] = Field(default_factory=dict, max_length=100)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.items_per_developer_day is None and not self.plays:
            raise ValueError("it holds no number: neither a pace nor answers to plays")
        return self


def written_priors(priors: Priors) -> str:
    """The text of a file of priors."""
    return priors.model_dump_json(indent=2) + "\n"


def read_priors(file: Path) -> Priors:
    """A file of priors. Raises AnalysisError with one sentence for what is none."""
    try:
        if file.stat().st_size > _LARGEST:
            raise AnalysisError(f"{file} is too large to be a file of priors.")
        return Priors.model_validate_json(file.read_bytes())
    except OSError as error:
        raise AnalysisError(f"{file} cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])[:60]
        said = first["msg"].removeprefix("Value error, ")
        where = f" at '{place}'" if place.isprintable() and place else ""
        told = f"{file} is no file of priors ({said}{where})"
        raise AnalysisError(f"{told}: 'sprint priors export' writes one.") from None


def keep_priors(connection: Connection, project: str, priors: Priors | None, at: datetime) -> None:
    """Store imported priors from a moment on, in place of those before; None: none from then on."""
    table = schema.imported_prior
    connection.execute(delete(table).where(table.c.project == project, table.c.imported_at == at))
    numbers = priors.model_dump(mode="json") if priors else None
    connection.execute(insert(table).values(project=project, imported_at=at, numbers=numbers))


def stored_priors(connection: Connection, project: str, as_of: datetime) -> tuple[datetime, Priors] | None:
    """The priors that were in use at a moment, and since when; None for the ones that ship."""
    table = schema.imported_prior
    query = (
        select(table.c.imported_at, table.c.numbers)
        .where(table.c.project == project, table.c.imported_at <= as_of)
        .order_by(table.c.imported_at.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return (row.imported_at, Priors.model_validate(row.numbers)) if row and row.numbers else None
