"""Copies of the arguments of a plugin, made in its own thread.

The shop reads nothing of a plugin's objects on its own loop: a property, a subclass of `str` or a
mapping of a plugin can run any code.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

from adapters.plugins.answers.checks import WrongAnswer, moment_of, text_of

MAX_ITEMS = 1_000
MAX_TEXT = 2_000
OWN_PACKAGES = ("core.", "ports.")

T = TypeVar("T")


def copied(value: Any) -> Any:
    """The same value of exactly the shop's own types. Raises `WrongAnswer` for any other type."""
    kind = type(value)
    if kind in COPIES:
        return COPIES[kind](value)
    if isinstance(value, UUID):
        return UUID(int=int(value.int))
    if isinstance(value, Mapping):
        return {copied(key): copied(each) for key, each in _limited(dict(value)).items()}
    if kind.__module__.startswith(OWN_PACKAGES):
        return _of_the_shop(value, kind)
    raise WrongAnswer(f"an argument is a {kind.__name__}")


def _text(value: str) -> str:
    return text_of(value, "an argument", most=MAX_TEXT)


def _moment(value: datetime) -> datetime:
    return moment_of(value, "an argument")


def _items(value: Any) -> Any:
    return type(value)(copied(each) for each in _limited(value))


def _same(value: T) -> T:
    return value


COPIES: dict[type[Any], Callable[[Any], Any]] = {
    **dict.fromkeys((bool, int, type(None)), _same),
    **dict.fromkeys((tuple, list, set, frozenset), _items),
    str: _text,
    datetime: _moment,
}


def _of_the_shop(value: Any, kind: type[Any]) -> Any:
    if isinstance(value, Enum):
        return value
    if is_dataclass(kind):
        return kind(**{each.name: copied(getattr(value, each.name)) for each in fields(kind)})
    raise WrongAnswer(f"an argument is a {kind.__name__}")


def _limited(value: Any) -> Any:
    if len(value) > MAX_ITEMS:
        raise WrongAnswer(f"an argument has more than {MAX_ITEMS} items")
    return value
