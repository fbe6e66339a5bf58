"""Limits for unpaid orders, so that no buyer keeps goods from others without paying."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.errors import DomainError
from core.domain.identifiers import CustomerId, Sku

PERCENT = 100


class TooManyUnpaidOrders(DomainError):
    code = "too_many_unpaid_orders"
    template = (
        "There are {most} unpaid orders from you or your network. Pay or cancel one of them first."
    )

    def __init__(self, most: int) -> None:
        super().__init__(most=most)


class TooManyUnpaidUnits(DomainError):
    code = "too_many_unpaid_units"
    template = (
        "At most {most} of “{sku}” can wait for payment in your orders."
        " Reduce the quantity, or pay your open orders first."
    )

    def __init__(self, sku: str, most: int) -> None:
        self.sku = sku
        super().__init__(sku=sku, most=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who places an order. ``client`` is a network address; empty if it is not known."""

    contact: str
    customer_id: CustomerId | None
    client: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpaidUnits:
    """Units of a SKU: ``held`` by the buyer's unpaid orders, of ``sellable`` ones in all.

    Sellable are the units on hand and the backorder limit, without those of paid orders.
    """

    held: int
    sellable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpaidOrders:
    """The open unpaid orders with the contact or the account of a buyer, and with the address."""

    of_contact: int
    of_client: int
    units: Mapping[Sku, UnpaidUnits]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpaidLimits:
    """What one buyer may keep without paying.

    Of each SKU, ``units``, or ``share`` per cent of the sellable units if that is more.
    """

    orders_per_contact: int
    orders_per_client: int
    units: int
    share: int

    def check(self, unpaid: UnpaidOrders, quantities: Mapping[Sku, int]) -> None:
        """Raises `TooManyUnpaidOrders` or `TooManyUnpaidUnits` if one more order is too much."""
        for orders, most in (
            (unpaid.of_contact, self.orders_per_contact),
            (unpaid.of_client, self.orders_per_client),
        ):
            if orders >= most:
                raise TooManyUnpaidOrders(most)
        for sku, wanted in quantities.items():
            units = unpaid.units.get(sku)
            if units is None:
                continue
            most = max(self.units, units.sellable * self.share // PERCENT)
            if units.held + wanted > most:
                raise TooManyUnpaidUnits(sku, most)
