"""Whether a table can hold a row, asked before the database is: it would refuse a whole page for one value."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, LargeBinary, String, Table

from sprintlib.store.columns import UtcDateTime

# times are turned into other zones here and there
_EARLIEST = datetime.min.replace(tzinfo=UTC) + timedelta(days=2)
_LATEST = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)
_INTEGER, _BIG_INTEGER = 2**31, 2**63


def fitted(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as the table can hold it: texts that are no keys are cut to their column.

    Raises ValueError that says what is missing, too large or of another type, such as `updated_at is missing`.
    """
    fit = dict(row)
    for column, most in _columns(table):
        value = row.get(column.name)
        if value is None:
            if not column.nullable and column.name in row:
                raise ValueError(f"{column.name} is missing")
            continue
        _check(column, value)
        if most is not None and len(value) > most:
            if column.primary_key:
                raise ValueError(f"{column.name} is longer than {most} characters")
            fit[column.name] = value[:most]
    return fit


@cache
def _columns(table: Table) -> tuple[tuple[Column[Any], int | None], ...]:
    return tuple((column, column.type.length if isinstance(column.type, String) else None) for column in table.columns)


def _check(column: Column[Any], value: Any) -> None:
    kind = column.type
    if isinstance(kind, UtcDateTime):
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise ValueError(f"{column.name} is a time without zone")
        if not _EARLIEST < value < _LATEST:
            raise ValueError(f"{column.name} is an impossible time")
    elif isinstance(kind, String):
        if not isinstance(value, str):
            raise ValueError(f"{column.name} is no text")
    elif isinstance(kind, Boolean):
        if not isinstance(value, bool):
            raise ValueError(f"{column.name} is neither true nor false")
    elif isinstance(kind, Integer):
        most = _BIG_INTEGER if isinstance(kind, BigInteger) else _INTEGER
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"{column.name} is no whole number")
        if not -most <= value < most:
            raise ValueError(f"{column.name} is too large")
    elif isinstance(kind, Date) and not isinstance(value, date):
        raise ValueError(f"{column.name} is no date")
    elif isinstance(kind, LargeBinary) and not isinstance(value, bytes):
        raise ValueError(f"{column.name} is not binary")
