"""The inventory of personal data: fields, stores, and what an erasure does to them."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.text import Text


class Category(StrEnum):
    """A kind of personal data, as the privacy notice names it."""

    CONTACT = "contact"
    ADDRESS = "address"
    CREDENTIAL = "credential"
    PREFERENCE = "preference"
    BEHAVIOUR = "behaviour"
    FREE_TEXT = "free_text"
    LINK = "link"


class DataSubjectKind(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"


class OnErase(StrEnum):
    """What an erasure does: delete the row, clear the field, or keep both."""

    DELETE = "delete"
    CLEAR = "clear"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pii:
    """The declaration of a field with personal data.

    ``purpose`` is a code of the policy files. They have its legal basis and retention for
    each jurisdiction. ``reason`` says why a field is kept, or not exported.
    """

    category: Category
    purpose: str
    on_erase: OnErase
    data_subject: DataSubjectKind = DataSubjectKind.CUSTOMER
    export: bool = True
    sensitive: bool = False
    encrypted: bool = False
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.on_erase is OnErase.KEEP or not self.export) and not self.reason:
            raise ValueError("A field that is kept or not exported needs a reason.")


@dataclass(frozen=True, slots=True)
class NotPersonal:
    """The reason why a field holds no personal data."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column and its declaration. ``place`` is ``table.column``."""

    place: str
    classification: Pii | NotPersonal


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A place outside the tables: files, caches, logs, a search index.

    ``personal`` describes its personal data, or why it has none. ``keeps`` is the period.
    """

    code: str
    name: Text
    personal: Text
    keeps: str
