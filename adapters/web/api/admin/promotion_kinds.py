"""The declared arguments of promotions, from which a back office builds its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litestar import get

from adapters.web.access.requirements import needs
from adapters.web.dependencies import Given
from adapters.web.language import translator
from core.domain.pricing.promotions.arguments import ArgumentType, Family
from core.domain.pricing.promotions.documents.kinds import (
    KINDS,
    LABELS,
    DeclaredArgument,
    arguments_of,
)
from core.domain.pricing.promotions.documents.writing import written
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.shop_permissions import PROMOTIONS_READ


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgumentView:
    """``family`` names the kinds of a nested value; ``record`` has the arguments of one.

    ``choices`` are the values of a choice. ``default`` is what a missing value means.
    """

    name: str
    label: str
    type: ArgumentType
    required: bool
    default: object
    choices: Sequence[str]
    family: Family | None
    record: Sequence["ArgumentView"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindView:
    kind: str
    label: str
    arguments: Sequence[ArgumentView]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionKinds:
    """``promotion`` are the arguments of a promotion; ``families`` the kinds that it nests."""

    promotion: Sequence[ArgumentView]
    families: Mapping[Family, Sequence[KindView]]


@get(
    "/promotion-kinds",
    operation_id="listPromotionKinds",
    summary="List the kinds of conditions, filters, reductions and benefits",
    tags=["Back office"],
    opt=needs(PROMOTIONS_READ),
)
async def list_kinds(language: Given[str]) -> PromotionKinds:
    """With their arguments, so that a back office can build its form from them."""
    return PromotionKinds(
        promotion=_arguments(Promotion, language),
        families={family: _kinds(family, language) for family in KINDS},
    )


def _kinds(family: Family, language: str) -> Sequence[KindView]:
    return [
        KindView(
            kind=name,
            label=translator(language)(LABELS[family][kind]),
            arguments=_arguments(kind, language),
        )
        for name, kind in KINDS[family].items()
    ]


def _arguments(kind: type, language: str) -> Sequence[ArgumentView]:
    return [_argument(each, language) for each in arguments_of(kind)]


def _argument(each: DeclaredArgument, language: str) -> ArgumentView:
    return ArgumentView(
        name=each.name,
        label=translator(language)(each.label),
        type=each.value_type,
        required=each.is_required,
        default=None if each.default is None else written(each, each.default),
        choices=[choice.value for choice in each.choices or ()],
        family=each.family,
        record=_arguments(each.record, language) if each.record else (),
    )


handlers = [list_kinds]
