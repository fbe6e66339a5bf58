"""Declared arguments: what a form asks for, and what a document stores."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from core.domain.errors import Invalid

ARGUMENT = "argument"
"""The key of the declaration in the metadata of a dataclass field."""


class ArgumentType(StrEnum):
    """The type of a value in a document.

    ``AMOUNTS`` are amounts by currency: ``{"CNY": "15.00"}``. ``MOMENT`` is ISO 8601 with an
    offset, ``TIME`` is ``22:30``. ``FACT`` is the name of a plugin's fact. ``NODE`` is an object
    with a ``kind`` of a family, and ``RECORD`` is an object of one form.
    """

    TEXT = "text"
    TEXTS = "texts"
    LABEL = "label"
    NUMBER = "number"
    DECIMAL = "decimal"
    FLAG = "flag"
    FACT = "fact"
    CHOICE = "choice"
    CHOICES = "choices"
    AMOUNTS = "amounts"
    MOMENT = "moment"
    TIME = "time"
    SHARES = "shares"
    NODE = "node"
    NODES = "nodes"
    RECORD = "record"
    RECORDS = "records"


class Family(StrEnum):
    """The families of kinds."""

    CONDITION = "condition"
    FILTER = "filter"
    REDUCTION = "reduction"
    BENEFIT = "benefit"


@dataclass(frozen=True, slots=True)
class Argument:
    """``label`` is English text for a form. ``of`` is the enum, family or record of the type."""

    label: str
    type: ArgumentType
    of: Any = None


def check_counts(value: object) -> None:
    """Raises `Invalid` if a number of the declared arguments is below zero."""
    for each in fields(value):  # type: ignore[arg-type]
        declared = each.metadata.get(ARGUMENT)
        is_count = declared is not None and declared.type is ArgumentType.NUMBER
        if is_count and (getattr(value, each.name) or 0) < 0:
            raise Invalid(each.name, "Enter a number of zero or more.")


def check_most(name: str, number: int, most: int) -> None:
    """Raises `Invalid` unless the number is from one to ``most``."""
    if not 1 <= number <= most:
        raise Invalid(name, "Enter a number from 1 to {most}.", most=most)


def argument(label: str, type_: ArgumentType, of: Any = None) -> Mapping[str, Argument]:
    """The metadata of a dataclass field: ``field(metadata=argument("Units", NUMBER))``."""
    return {ARGUMENT: Argument(label, type_, of)}
