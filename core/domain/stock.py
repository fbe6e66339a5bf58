"""Stock levels by SKU and location, movements and allocations."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.errors import Invalid
from core.domain.identifiers import LocationCode, Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLevel:
    """The units of a SKU at a location.

    ``on_hand`` units are there, and ``backorder_limit`` more can be sold before they arrive.
    ``reserved`` units belong to unpaid orders, ``allocated`` units to paid orders. ``missing``
    units are reserved or allocated, but a count did not find them; then nothing is available.
    """

    sku: Sku
    location: LocationCode
    on_hand: int
    reserved: int = 0
    allocated: int = 0
    backorder_limit: int = 0
    missing: int = 0

    def __post_init__(self) -> None:
        counts = (
            self.on_hand,
            self.reserved,
            self.allocated,
            self.backorder_limit,
            self.missing,
        )
        if min(counts) < 0 or self.available < 0:
            raise Invalid(
                "on_hand",
                "“{sku}”: stock cannot go below the {waiting} items that orders need.",
                sku=self.sku,
                waiting=self.reserved + self.allocated,
            )

    @property
    def available(self) -> int:
        supply = self.on_hand + self.backorder_limit + self.missing
        return supply - self.reserved - self.allocated


class MovementKind(StrEnum):
    COUNT = "count"
    RESERVE = "reserve"
    ALLOCATE = "allocate"
    RELEASE = "release"
    DISPATCH = "dispatch"
    RESTOCK = "restock"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMovement:
    """One entry of the stock ledger: the signed changes of a level.

    ``cause`` is the order or the return; empty for a count.
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


def allocate_units(sku: Sku, units: int, levels: tuple[StockLevel, ...]) -> tuple[Allocation, ...]:
    """Choose as few locations as possible; earlier ``levels`` are preferred.

    Empty if all levels together have too few units.
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


def select_units(
    allocations: tuple[Allocation, ...], sku: Sku, units: int
) -> tuple[Allocation, ...]:
    """Select ``units`` of one SKU in the order of ``allocations``; empty if there are too few."""
    taken: list[Allocation] = []
    for each in allocations:
        left = units - sum(part.quantity for part in taken)
        if each.sku == sku and left:
            taken.append(
                Allocation(sku=sku, location=each.location, quantity=min(left, each.quantity))
            )
    return tuple(taken) if sum(part.quantity for part in taken) == units else ()
