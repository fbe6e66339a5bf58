"""How many of a SKU there are, and where."""

from dataclasses import dataclass

from core.domain.errors import Invalid
from core.domain.identifiers import LocationCode, Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLevel:
    """``on_hand`` units lie at the location; ``reserved`` of them belong to open orders."""

    sku: Sku
    location: LocationCode
    on_hand: int
    reserved: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.reserved <= self.on_hand:
            raise Invalid(
                "on_hand",
                "{sku}: stock cannot go below the {reserved} units that orders wait for.",
                sku=self.sku,
                reserved=self.reserved,
            )

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


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
