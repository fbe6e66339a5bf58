"""Column constructors: each column states its type and whether it is personal data."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from core.domain.privacy.inventory import Category, DataSubjectKind, NotPersonal, OnErase, Pii


class Utc(TypeDecorator[datetime]):
    """Timezone-aware UTC. SQLite stores no time zone, so it is removed and added here."""

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
"""A JSON value."""


CLASSIFICATION = "classification"
"""Key of `Column.info` for the classification of a column (`Pii` or `NotPersonal`)."""


def pii(
    category: Category,
    purpose: str,
    on_erase: OnErase,
    *,
    data_subject: DataSubjectKind = DataSubjectKind.CUSTOMER,
    export: bool = True,
    encrypted: bool = False,
    reason: str = "",
) -> dict[str, Pii | NotPersonal]:
    """Personal data, for ``info`` of a column; see `core.domain.privacy.inventory.Pii`."""
    return {
        CLASSIFICATION: Pii(
            category=category,
            purpose=purpose,
            on_erase=on_erase,
            data_subject=data_subject,
            export=export,
            encrypted=encrypted,
            reason=reason,
        )
    }


def link(
    purpose: str, on_erase: OnErase, *, data_subject: DataSubjectKind = DataSubjectKind.CUSTOMER
) -> dict[str, Pii | NotPersonal]:
    """An opaque number or hash that leads to a person; exports leave it out."""
    return pii(
        Category.LINK,
        purpose,
        on_erase,
        data_subject=data_subject,
        export=False,
        reason="an opaque number",
    )


def encrypted(
    name: str,
    category: Category,
    purpose: str,
    on_erase: OnErase,
    *,
    data_subject: DataSubjectKind = DataSubjectKind.CUSTOMER,
    export: bool = True,
    reason: str = "",
    nullable: bool = True,
) -> Column[Any]:
    """A value that is encrypted with the data key of its person (`ports.encryption`)."""
    info = pii(
        category,
        purpose,
        on_erase,
        data_subject=data_subject,
        export=export,
        encrypted=True,
        reason=reason,
    )
    return Column(name, LargeBinary, info=info, nullable=nullable)


def data_key_id(
    purpose: str, on_erase: OnErase, *, data_subject: DataSubjectKind = DataSubjectKind.CUSTOMER
) -> Column[Any]:
    """The data key that encrypts the row; NULL after the row was erased."""
    return Column(
        "data_key_id", Uuid(), index=True, info=link(purpose, on_erase, data_subject=data_subject)
    )


def blind_index(name: str, purpose: str, on_erase: OnErase) -> Column[Any]:
    """A keyed hash that finds an encrypted value; it is personal data too."""
    return Column(name, LargeBinary, index=True, info=link(purpose, on_erase))


def not_personal(why: str) -> dict[str, Pii | NotPersonal]:
    """No personal data, with the reason. For ``info`` of a column."""
    return {CLASSIFICATION: NotPersonal(why)}


def describes(what: str) -> dict[str, Pii | NotPersonal]:
    """Not personal: a property of ``what``."""
    return not_personal(f"describes {what}")


def identifier(*, what: str, **options: Any) -> Column[Any]:
    """The primary key ``id``: the opaque number of ``what``."""
    return Column("id", Uuid(), primary_key=True, info=describes(what), **options)


def version() -> Column[int]:
    return Column(
        "version", Integer, nullable=False, info=not_personal("counts the changes of a row")
    )


def texts(name: str, *, what: str) -> Column[Any]:
    """A JSON object with a text for each language."""
    return Column(name, Json, nullable=False, info=describes(what))


def minor(name: str, *, what: str, nullable: bool = False) -> Column[int]:
    """An amount in minor units of the row's currency."""
    return Column(name, BigInteger, nullable=nullable, info=describes(what))


def currency() -> Column[str]:
    return Column("currency", Text, nullable=False, info=describes("the row's amounts"))


ACCOUNTED = pii(
    Category.BEHAVIOUR,
    "accounting",
    OnErase.KEEP,
    reason="an accounting document; it leads to no person after its order was pseudonymised",
)
