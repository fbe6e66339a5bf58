"""What an order consists of: its lines, its shipping and the entries of its history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.domain.catalogue.tax_classes import STANDARD
from core.domain.errors import Invalid
from core.domain.fields.values import FrozenField
from core.domain.identifiers import LineKey, ProductId, Sku
from core.domain.money import Money
from core.domain.pricing.adjustments import Adjustment, TaxAmount
from core.domain.pricing.paid_units import PaidUnits
from core.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """Units of one SKU with their price at checkout. Immutable.

    ``key`` is unique in the order. ``source`` is the code of the promotion that added the line;
    empty for what the buyer chose. ``unit_price`` is the price before adjustments.
    ``options`` is the label of the chosen options, such as 月白 · 450 ml. ``return_exception``
    is the legal reason against a return without a reason; empty if there is none.
    ``tax_class`` is that of the product at checkout. ``fields`` are the values of fields of
    plugins; none is personal.

    ``exchanged_units`` is what the units were paid with in the original order of an exchange,
    which is free itself; None in any other order.
    """

    key: LineKey
    sku: Sku
    product_id: ProductId
    title: Text
    options: Text
    quantity: int
    unit_price: Money
    paid_units: PaidUnits
    source: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    taxes: tuple[TaxAmount, ...] = ()
    exchanged_units: PaidUnits | None = None
    picture: str = ""
    return_exception: str = ""
    tax_class: str = STANDARD
    fields: tuple[FrozenField, ...] = ()

    def __post_init__(self) -> None:
        if not self.paid_units.count == self.refundable_units.count == self.quantity:
            raise Invalid("quantity", "The amounts of a line do not match its quantity.")
        if self.total != _with_changes(
            self.unit_price * self.quantity, self.adjustments, self.taxes
        ):
            raise Invalid("amount", "The amounts of a line do not match its price.")

    @property
    def total(self) -> Money:
        return Money(self.paid_units.total, self.unit_price.currency)

    @property
    def refundable_units(self) -> PaidUnits:
        return self.paid_units if self.exchanged_units is None else self.exchanged_units


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """The shipping rate that the customer chose, at its price at checkout."""

    code: str
    name: Text
    price: Money
    adjustments: tuple[Adjustment, ...] = ()
    taxes: tuple[TaxAmount, ...] = ()

    @property
    def paid(self) -> Money:
        return _with_changes(self.price, self.adjustments, self.taxes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One entry of the history of an order. ``state`` is the state after the move."""

    move: str
    state: str
    at: datetime
    actor: str


def _with_changes(
    price: Money, adjustments: Iterable[Adjustment], taxes: Iterable[TaxAmount]
) -> Money:
    """Add the adjustments, and the taxes that the price does not include."""
    added = (each.amount for each in taxes if not each.included)
    return sum((*(each.amount for each in adjustments), *added), price)
