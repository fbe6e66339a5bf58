"""Columns that say what they hold: money, time, texts, and whether it is personal data."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, Integer, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from core.domain.privacy.inventory import Category, NotPersonal, OnErase, Pii, Whose


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


HOLDS = "holds"
"""Where a column's `info` says what it holds."""


def pii(
    category: Category,
    purpose: str,
    on_erase: OnErase,
    *,
    whose: Whose = Whose.CUSTOMER,
    export: bool = True,
    sealed: bool = False,
    reason: str = "",
) -> dict[str, Pii | NotPersonal]:
    """Personal data; see `core.domain.privacy.inventory.Pii`."""
    return {
        HOLDS: Pii(
            category=category,
            purpose=purpose,
            on_erase=on_erase,
            whose=whose,
            export=export,
            sealed=sealed,
            reason=reason,
        )
    }


def link(
    purpose: str, on_erase: OnErase, *, whose: Whose = Whose.CUSTOMER
) -> dict[str, Pii | NotPersonal]:
    """An opaque number or hash that leads to a person, and tells that person nothing."""
    return pii(
        Category.LINK, purpose, on_erase, whose=whose, export=False, reason="an opaque number"
    )


def sealed(
    name: str,
    category: Category,
    purpose: str,
    on_erase: OnErase,
    *,
    whose: Whose = Whose.CUSTOMER,
    export: bool = True,
    reason: str = "",
    nullable: bool = True,
) -> Column[Any]:
    """A value that is encrypted under the key of the person it belongs to (`ports.encryption`)."""
    info = pii(category, purpose, on_erase, whose=whose, export=export, sealed=True, reason=reason)
    return Column(name, LargeBinary, info=info, nullable=nullable)


def person(purpose: str, on_erase: OnErase, *, whose: Whose = Whose.CUSTOMER) -> Column[Any]:
    """Whose key seals the row; none once the row was erased."""
    return Column("person", Uuid(), index=True, info=link(purpose, on_erase, whose=whose))


def blind_index(name: str, purpose: str, on_erase: OnErase) -> Column[Any]:
    """What finds a sealed value: a keyed hash, which is personal data too."""
    return Column(name, LargeBinary, index=True, info=link(purpose, on_erase))


def not_personal(why: str) -> dict[str, Pii | NotPersonal]:
    return {HOLDS: NotPersonal(why)}


def describes(what: str) -> dict[str, Pii | NotPersonal]:
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
