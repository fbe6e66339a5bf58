"""Columns that say what they hold: money, time, texts, and whether it is personal data."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, Integer, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Utc(TypeDecorator[datetime]):
    """Timezone-aware UTC, on SQLite too, which keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.replace(tzinfo=UTC)


Json = JSON().with_variant(JSONB(), "postgresql")


def pii(category: str) -> dict[str, str]:
    """Personal data of this category: contact, address, credential, behaviour."""
    return {"pii": category}


def sealed(name: str, category: str, **options: Any) -> Column[Any]:
    """A value that is encrypted under the key of the person it belongs to (`adapters.keys`)."""
    return Column(name, LargeBinary, info=pii(category), **options)


def person() -> Column[Any]:
    """Whose key seals the row; none once the row was erased."""
    return Column("person", Uuid(), index=True, info=pii("link to a person"))


def blind_index(name: str) -> Column[Any]:
    """What finds a sealed value: a keyed hash, which is personal data too."""
    return Column(name, LargeBinary, index=True, info=pii("link to a person"))


def not_personal(why: str) -> dict[str, str]:
    return {"not_personal": why}


def describes(what: str) -> dict[str, str]:
    """A property of the shop's own things."""
    return not_personal(f"describes {what}")


def identifier(*, what: str, **options: Any) -> Column[Any]:
    return Column("id", Uuid(), primary_key=True, info=describes(what), **options)


def version() -> Column[int]:
    return Column(
        "version", Integer, nullable=False, info=not_personal("counts the changes of a row")
    )


def texts(name: str, *, what: str) -> Column[Any]:
    """A text per language, as JSON."""
    return Column(name, Json, nullable=False, info=describes(what))


def minor(name: str, *, what: str, nullable: bool = False) -> Column[int]:
    """Minor units of the row's currency."""
    return Column(name, BigInteger, nullable=nullable, info=describes(what))


def currency() -> Column[str]:
    return Column("currency", Text, nullable=False, info=describes("the row's amounts"))
