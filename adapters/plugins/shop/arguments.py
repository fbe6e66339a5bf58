"""Copies of the arguments of a plugin, made in its own thread.

The shop reads nothing of a plugin's objects on its own loop: a property, a subclass of `str` or a
mapping of a plugin can run any code.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from adapters.plugins.answers.checks import WrongAnswer, moment_of, text_of
from core.domain.errors import Invalid

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


def wrong_argument(name: str, error: WrongAnswer) -> Invalid:
    """What the plugin gets for an argument that is not what the method declares."""
    return Invalid(name, "The plugin passes a wrong value: {problem}.", problem=str(error))


def check_type(value: Any, declared: Any, what: str) -> None:
    """Raises `WrongAnswer` unless a copied value has the declared type, also inside."""
    while hasattr(declared, "__supertype__"):
        declared = declared.__supertype__
    origin, inside = get_origin(declared), get_args(declared)
    if origin in {Union, UnionType}:
        _check_one_of(value, inside, what)
    elif origin is None:
        _check_class(value, declared, what)
    elif isinstance(value, origin):
        _check_items(value, inside, what)
    else:
        raise WrongAnswer(f"{what} is a {type(value).__name__}")


def _check_one_of(value: Any, declared: tuple[Any, ...], what: str) -> None:
    for each in declared:
        with suppress(WrongAnswer):
            return check_type(value, each, what)
    raise WrongAnswer(f"{what} is a {type(value).__name__}")


def _check_class(value: Any, declared: type[Any], what: str) -> None:
    if type(value) is not declared:
        raise WrongAnswer(f"{what} is a {type(value).__name__} and no {declared.__name__}")
    if is_dataclass(declared):
        hints = get_type_hints(declared)
        for each in fields(declared):
            check_type(getattr(value, each.name), hints[each.name], each.name)


def _check_items(value: Any, inside: tuple[Any, ...], what: str) -> None:
    if isinstance(value, Mapping):
        for key, each in value.items():
            check_type(key, inside[0], what)
            check_type(each, inside[1], what)
    else:
        for each in value:
            check_type(each, inside[0], what)


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
