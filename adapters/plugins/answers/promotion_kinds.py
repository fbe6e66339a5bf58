"""Kinds of promotions, checked once, at the start."""

from collections.abc import Mapping
from typing import Any

from adapters.plugins.answers.checks import (
    WrongAnswer,
    exactly,
    mapping_of,
    names_of,
    text_of,
    tuple_of,
)
from core.domain.errors import Invalid
from core.domain.pricing.promotions.arguments import ArgumentType
from core.domain.pricing.promotions.documents.reading import MAX_DEPTH, from_document
from core.domain.pricing.promotions.managed import CODE
from core.domain.pricing.promotions.presets import Gap, KindArgument, PromotionKind
from core.domain.text import Text

MAX_ARGUMENTS = 30
MAX_ITEMS = 1_000
MAX_TEXT = 200
CURRENCY = "CNY"
"""Stands for the currency of the shop."""


def describe_promotion_kind(kind: Any) -> PromotionKind:
    """A copy of plain values, with an example promotion that can be read."""
    code = text_of(kind.code, "the code of a kind")
    if not CODE.fullmatch(code):
        raise WrongAnswer("the code of a kind is not letters, digits, dots and hyphens")
    what = f"the kind “{code}”"
    arguments = tuple_of(kind.arguments, f"{what}: the arguments", most=MAX_ARGUMENTS)
    try:
        copied = PromotionKind(
            code=code,
            name=names_of(kind.name, f"{what}: the name"),
            document=_plain(mapping_of(kind.document, what, most=MAX_ITEMS), what),
            arguments=tuple(_argument(each, what) for each in arguments),
            hint=names_of(kind.hint, f"{what}: the hint") if kind.hint else Text({}),
        )
        from_document(copied.sample(CURRENCY))
    except Invalid as error:
        raise WrongAnswer(f"{what}: {error.field}: {error}") from error
    return copied


def _argument(value: Any, what: str) -> KindArgument:
    argument = exactly(value, KindArgument, f"{what}: an argument")
    return KindArgument(
        name=text_of(argument.name, f"{what}: the name of an argument", least=1),
        label=names_of(argument.label, f"{what}: the label of an argument"),
        type=exactly(argument.type, ArgumentType, f"{what}: the type of an argument"),
        example=_plain(argument.example, what),
    )


def _plain(value: Any, what: str, depth: int = 0) -> Any:
    """What JSON can hold, and gaps."""
    if depth > 2 * MAX_DEPTH:
        raise WrongAnswer(f"{what}: the document is nested too deeply")
    if type(value) is Gap:
        return Gap(text_of(value.argument, f"{what}: a gap", least=1))
    if type(value) in {bool, int, type(None)}:
        return value
    if type(value) is str:
        return text_of(value, f"{what}: a text", most=MAX_TEXT)
    if isinstance(value, Mapping):
        return {
            text_of(name, f"{what}: a name", least=1): _plain(each, what, depth + 1)
            for name, each in mapping_of(value, what, most=MAX_ITEMS).items()
        }
    items = tuple_of(value, f"{what}: a value", most=MAX_ITEMS)
    return [_plain(each, what, depth + 1) for each in items]
