"""What the tables of the store are made of: one naming convention, UTC times, and columns that many tables have."""

import json
import zlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, LargeBinary, MetaData, String, TypeDecorator
from sqlalchemy.engine import Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime. Naive values are refused; SQLite stores them without the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r} refused: the store keeps UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CompressedJson(TypeDecorator[Any]):
    """A JSON value as zlib-compressed text."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(zlib.decompress(value))


def moment(name: str, nullable: bool = True, primary_key: bool = False, comment: str | None = None) -> Column[Any]:
    """A point in time, UTC."""
    return Column(name, UtcDateTime, nullable=nullable, primary_key=primary_key, comment=comment)


def of_repository(primary_key: bool = False) -> Column[Any]:
    """Which repository a row belongs to."""
    return Column("repository_id", BigInteger, ForeignKey("repository.id"), primary_key=primary_key, nullable=False)


def gone_at() -> Column[Any]:
    """Counted no longer from then on; what was before stays as it was."""
    return moment("gone_at", comment="when GitHub was first found to have it no longer; null while it has")


def observed() -> tuple[Column[Any], Column[Any]]:
    """Where a row came from and when it was last fetched."""
    return Column("source", String(16), nullable=False), moment("observed_at", nullable=False)
