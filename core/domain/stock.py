"""How many of a SKU there are, where, and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.errors import Invalid
from core.domain.identifiers import LocationCode, Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLevel:
    """``on_hand`` units lie at the location.

    Of them, and of ``backorder_limit`` units that may be sold before they arrive,
    ``reserved`` ones wait for a payment and ``allocated`` ones are paid.
    """

    sku: Sku
    location: LocationCode
    on_hand: int
    reserved: int = 0
    allocated: int = 0
    backorder_limit: int = 0

    def __post_init__(self) -> None:
        counts = (self.on_hand, self.reserved, self.allocated, self.backorder_limit)
        if min(counts) < 0 or self.available < 0:
            raise Invalid(
                "on_hand",
                "“{sku}”: stock cannot go below the {waiting} items that orders need.",
                sku=self.sku,
                waiting=self.reserved + self.allocated,
            )

    @property
    def available(self) -> int:
        return self.on_hand + self.backorder_limit - self.reserved - self.allocated


class MovementKind(StrEnum):
    COUNT = "count"
    RESERVE = "reserve"
    ALLOCATE = "allocate"
    RELEASE = "release"
    DISPATCH = "dispatch"
    RESTOCK = "restock"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMovement:
    """One line of the stock ledger: by how much each number of a level changed.

    ``cause`` is the order or the return it happened for, empty for a count.
    """

    sku: Sku
    location: LocationCode
    kind: MovementKind
    at: datetime
    on_hand: int = 0
    reserved: int = 0
    allocated: int = 0
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Units at one location that belong to one order."""

    sku: Sku
    location: LocationCode
    quantity: int


def share_out(sku: Sku, units: int, levels: tuple[StockLevel, ...]) -> tuple[Allocation, ...]:
    """Take ``units`` from as few locations as possible; the first of ``levels`` is preferred.

    Empty if they do not have enough between them.
    """
    if sum(level.available for level in levels) < units:
        return ()
    for level in levels:
        if level.available >= units:
            return (Allocation(sku=sku, location=level.location, quantity=units),)
    taken: list[Allocation] = []
    for level in sorted(levels, key=lambda level: -level.available):
        part = min(units - sum(each.quantity for each in taken), level.available)
        if part:
            taken.append(Allocation(sku=sku, location=level.location, quantity=part))
    return tuple(taken)


def part_of(allocations: tuple[Allocation, ...], sku: Sku, units: int) -> tuple[Allocation, ...]:
    """The ``units`` of one SKU that go out now, from the first locations on; empty: too few."""
    taken: list[Allocation] = []
    for each in allocations:
        left = units - sum(part.quantity for part in taken)
        if each.sku == sku and left:
            taken.append(
                Allocation(sku=sku, location=each.location, quantity=min(left, each.quantity))
            )
    return tuple(taken) if sum(part.quantity for part in taken) == units else ()
