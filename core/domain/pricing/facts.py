"""Facts: what plugins know about a buyer or a cart, for the conditions of promotions."""

from enum import StrEnum

Fact = bool | int | str
"""A flag, a number or a choice."""


class FactKind(StrEnum):
    """The type of a fact: true or false, a whole number, or one of some words."""

    FLAG = "flag"
    NUMBER = "number"
    CHOICE = "choice"

    @property
    def type(self) -> type[Fact]:
        return FACT_TYPES[self]


FLAGS = ("false", "true")
FACT_TYPES: dict[FactKind, type[Fact]] = {
    FactKind.FLAG: bool,
    FactKind.NUMBER: int,
    FactKind.CHOICE: str,
}


def read_fact(kind: FactKind, text: str) -> Fact:
    """The fact that `written` wrote. Raises `ValueError`."""
    if kind is FactKind.FLAG:
        return FLAGS.index(text) == 1
    return int(text) if kind is FactKind.NUMBER else text


def written(fact: Fact) -> str:
    """A fact as documents write it: ``true``, ``12`` or ``gold``."""
    return str(fact).lower() if isinstance(fact, bool) else str(fact)
