"""From a SQLAlchemy select to a typed polars frame."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from polars.datatypes import DataType, DataTypeClass
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Select,
    String,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from sprintlib.errors import StoreError
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
    JSON columns (lists of strings by default). Raises TypeError for a column type it does not know, and StoreError
    for a value that no column of its type can hold.
    """
    columns, schema = _columns(statement), _schema(statement, json)
    try:
        if connection.dialect.name == "sqlite" and not any(isinstance(one.type, JSON) for one in columns.values()):
            return _sqlite_frame(connection, statement, columns, schema)
        rows = connection.execute(statement).fetchall()
        return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")
    except (pl.exceptions.PolarsError, ValueError, TypeError, OverflowError) as error:  # UnicodeDecodeError is one
        raise StoreError(
            f"{connection.engine.url.render_as_string()} is damaged (a value of {', '.join(schema)} cannot be read): "
            "move it away and run 'sprint sync' to collect again."
        ) from error


def empty_frame(statement: Select[Any]) -> pl.DataFrame:
    """The frame of a select that finds nothing, without asking."""
    return pl.DataFrame(schema=_schema(statement))


def _columns(statement: Select[Any]) -> dict[str, ColumnElement[Any]]:
    return {column.key or str(column): column for column in statement.selected_columns}


def _schema(
    statement: Select[Any], json: dict[str, DataType | DataTypeClass] | None = None
) -> dict[str, DataType | DataTypeClass]:
    return {name: _dtype(column.type, (json or {}).get(name)) for name, column in _columns(statement).items()}


def _sqlite_frame(
    connection: Connection,
    statement: Select[Any],
    columns: Mapping[str, ColumnElement[Any]],
    schema: Mapping[str, DataType | DataTypeClass],
) -> pl.DataFrame:
    """The same, with times, dates and booleans converted by polars: four times as fast as value by value in Python."""
    stored = {name: _STORED[dtype] for name, dtype in schema.items() if dtype in _STORED}
    plain = [
        type_coerce(column, stored[name]).label(name) if name in stored else column for name, column in columns.items()
    ]
    rows = connection.execute(statement.with_only_columns(*plain, maintain_column_froms=True)).cursor.fetchall()
    raw = {name: _dtype(stored[name], None) if name in stored else dtype for name, dtype in schema.items()}
    values = zip(*rows, strict=True) if rows else ([] for _ in raw)
    found = pl.DataFrame(dict(zip(raw, map(list, values), strict=True)), schema=raw)
    return found.select(_converted(name, dtype) for name, dtype in schema.items())


def _converted(name: str, dtype: DataType | DataTypeClass) -> pl.Expr:
    if dtype == UTC_DATETIME:
        return pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", time_zone="UTC")
    return pl.col(name).str.to_date("%Y-%m-%d") if dtype == pl.Date else pl.col(name).cast(dtype)


# how SQLite keeps them
_STORED: dict[DataType | DataTypeClass, TypeEngine[Any]] = {
    UTC_DATETIME: String(),
    pl.Date: String(),
    pl.Boolean: Integer(),
}


def _dtype(kind: TypeEngine[Any], json_type: DataType | DataTypeClass | None) -> DataType | DataTypeClass:
    if isinstance(kind, JSON):
        return json_type or pl.List(pl.String)
    for sql_type, dtype in _TYPES:
        if isinstance(kind, sql_type):
            return dtype
    raise TypeError(f"no polars type for {kind!r}")
