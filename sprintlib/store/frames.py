"""From a SQLAlchemy select to a typed polars frame."""

from typing import Any

import polars as pl
from polars.datatypes import DataType, DataTypeClass
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Select,
    String,
)
from sqlalchemy.types import TypeEngine

from sprintlib.store.schema import UtcDateTime

UTC_DATETIME = pl.Datetime("us", "UTC")

_TYPES: tuple[tuple[type[TypeEngine[Any]], DataType | DataTypeClass], ...] = (
    (UtcDateTime, UTC_DATETIME),
    (DateTime, UTC_DATETIME),
    (Date, pl.Date),
    (Boolean, pl.Boolean),
    (BigInteger, pl.Int64),
    (Integer, pl.Int64),
    (Float, pl.Float64),
    (LargeBinary, pl.Binary),
    (String, pl.String),
)


def frame(
    connection: Connection, statement: Select[Any], json: dict[str, DataType | DataTypeClass] | None = None
) -> pl.DataFrame:
    """Run a select; one polars column per selected column, typed from the SQLAlchemy types.

    Empty results and all-null columns keep their types; datetimes are UTC. `json` names the dtype of
    JSON columns (lists of strings by default). Raises TypeError for a column type it does not know.
    """
    schema = {
        column.key or str(column): _dtype(column.type, (json or {}).get(column.key or ""))
        for column in statement.selected_columns
    }
    rows = connection.execute(statement).fetchall()
    return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")


def _dtype(kind: TypeEngine[Any], json_type: DataType | DataTypeClass | None) -> DataType | DataTypeClass:
    if isinstance(kind, JSON):
        return json_type or pl.List(pl.String)
    for sql_type, dtype in _TYPES:
        if isinstance(kind, sql_type):
            return dtype
    raise TypeError(f"no polars type for {kind!r}")
