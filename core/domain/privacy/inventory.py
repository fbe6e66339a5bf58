"""What is known about people, where it is, and what becomes of it."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.text import Text


class Category(StrEnum):
    """Kinds of personal data, as people are told of them."""

    CONTACT = "contact"
    ADDRESS = "address"
    CREDENTIAL = "credential"
    PREFERENCE = "preference"
    BEHAVIOUR = "behaviour"
    FREE_TEXT = "free_text"
    LINK = "link"


class Whose(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"


class OnErase(StrEnum):
    """``DELETE``: the row goes. ``CLEAR``: the field goes, the row stays. ``KEEP``: it stays."""

    DELETE = "delete"
    CLEAR = "clear"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pii:
    """What a field knows about a person.

    ``purpose`` is a code of the policy, which has its basis and retention for each
    jurisdiction. ``reason`` says why something is kept, or not exported.
    """

    category: Category
    purpose: str
    on_erase: OnErase
    whose: Whose = Whose.CUSTOMER
    export: bool = True
    sensitive: bool = False
    sealed: bool = False
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.on_erase is OnErase.KEEP or not self.export) and not self.reason:
            raise ValueError("What is kept, or not exported, says why.")


@dataclass(frozen=True, slots=True)
class NotPersonal:
    """Why a field says nothing about a person."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column and what it holds; ``place`` is ``table.column``."""

    place: str
    holds: Pii | NotPersonal


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A place that is no table: files, caches, logs, a search index.

    ``personal`` says what it knows of people, or why it knows nothing; ``keeps`` for how long.
    """

    code: str
    name: Text
    personal: Text
    keeps: str
