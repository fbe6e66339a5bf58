"""The kinds of conditions, filters, reductions and benefits, and the arguments of each."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from core.domain.pricing.promotions.arguments import ARGUMENT, Argument, ArgumentType, Family
from core.domain.pricing.promotions.benefits.additions import (
    AddOn,
    Gift,
    GrantedCoupon,
    GrantedPoints,
)
from core.domain.pricing.promotions.benefits.discounts import GoodsDiscount, ShippingDiscount
from core.domain.pricing.promotions.benefits.reductions import AmountOff, Percent, PriceTo
from core.domain.pricing.promotions.benefits.sets import SetDiscount
from core.domain.pricing.promotions.benefits.tiers import AmountTiers, QuantityTiers
from core.domain.pricing.promotions.circumstances import (
    Channel,
    CouponOf,
    CustomerGroup,
    CustomerLevel,
    Destination,
    FactIs,
    FactRange,
    OrderNumber,
    PaymentMethod,
    ShippingMethod,
    TimeOfWeek,
    Window,
)
from core.domain.pricing.promotions.conditions import (
    AllOf,
    Always,
    Amount,
    AnyOf,
    Contains,
    DistinctProducts,
    Not,
    Quantity,
)
from core.domain.pricing.promotions.filters import (
    AllFilters,
    AnyFilter,
    Discountable,
    Everything,
    Having,
    NotFilter,
    OnSale,
    PriceRange,
)

LABELS: Mapping[Family, Mapping[type, str]] = MappingProxyType(
    {
        Family.CONDITION: {
            Always: "Always",
            AllOf: "All of these conditions",
            AnyOf: "One of these conditions",
            Not: "Not this condition",
            Amount: "Amount of goods",
            Quantity: "Number of units",
            DistinctProducts: "Number of different products",
            Contains: "Goods in the cart",
            CustomerGroup: "Customer group",
            CustomerLevel: "Membership level",
            OrderNumber: "Which order of the customer",
            CouponOf: "Coupon of a batch",
            Channel: "Sales channel",
            Destination: "Delivery address",
            ShippingMethod: "Way of shipping",
            PaymentMethod: "Way to pay",
            Window: "Period",
            TimeOfWeek: "Days and hours",
            FactIs: "Fact of a plugin",
            FactRange: "Number of a plugin",
        },
        Family.FILTER: {
            Everything: "All goods",
            Having: "Goods with a property",
            PriceRange: "Goods in a price range",
            OnSale: "Goods on sale",
            Discountable: "Goods that can be reduced",
            AllFilters: "All of these filters",
            AnyFilter: "One of these filters",
            NotFilter: "Not this filter",
        },
        Family.REDUCTION: {
            Percent: "Percentage off",
            AmountOff: "Amount off",
            PriceTo: "Fixed price",
            AmountTiers: "Tiers by amount",
            QuantityTiers: "Tiers by units",
        },
        Family.BENEFIT: {
            GoodsDiscount: "Discount on goods",
            ShippingDiscount: "Discount on shipping",
            SetDiscount: "Discount on sets",
            Gift: "Gift",
            AddOn: "Item at a special price",
            GrantedPoints: "Points",
            GrantedCoupon: "Coupon for later",
        },
    }
)
"""The kinds of each family, with English labels for forms."""

KIND = "kind"
"""The name of the kind in documents."""

KINDS: Mapping[Family, Mapping[str, type]] = {
    family: {kind.kind: kind for kind in labels}  # type: ignore[attr-defined]
    for family, labels in LABELS.items()
}
"""The kinds of each family by the name that documents use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredArgument:
    """An argument of a kind or record, for a form and for documents.

    ``choices`` is the enum of the values; ``family`` or ``record`` say what is nested. An
    argument that is not required has a ``default``.
    """

    name: str
    label: str
    value_type: ArgumentType
    is_required: bool
    default: object = None
    choices: type[StrEnum] | None = None
    family: Family | None = None
    record: type | None = None


def arguments_of(kind: type) -> tuple[DeclaredArgument, ...]:
    """The arguments of a kind, or of the promotion itself, in the order of a form."""
    return tuple(_declared(each) for each in fields(kind) if ARGUMENT in each.metadata)


def _declared(each: "Field[Any]") -> DeclaredArgument:
    argument: Argument = each.metadata[ARGUMENT]
    of = argument.of
    is_enum = isinstance(of, type) and issubclass(of, StrEnum)
    default = each.default
    if each.default_factory is not MISSING:
        default = each.default_factory()
    return DeclaredArgument(
        name=each.name,
        label=argument.label,
        value_type=argument.type,
        is_required=default is MISSING,
        default=None if default is MISSING else default,
        choices=of if is_enum else None,
        family=of if isinstance(of, Family) else None,
        record=of if isinstance(of, type) and not is_enum else None,
    )
