"""Price lists: the price of a unit by group, channel, country, quantity and time."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from operator import attrgetter

from core.domain.claims import Claim
from core.domain.errors import Invalid
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.windows import check_window
from core.domain.text import Text

NO_LABEL = Text({})


class PriceRank(IntEnum):
    """Which offers win: a contract over a round of a sale, and that over a price list."""

    LIST = 1
    ROUND = 2
    CONTRACT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOffer:
    """A price for a unit in minor units. ``closes`` are the lanes that do not change it.

    ``source`` is the code of the price list, or ``plugin:NAME``. The other values are those of
    plugins: ``label`` is the reason that buyers read, an offer counts before ``until``, and the
    order must hold its ``claim``.
    """

    rank: PriceRank
    minor: int
    source: str = ""
    closes: frozenset[Lane] = frozenset()
    label: Text = NO_LABEL
    until: datetime | None = None
    claim: Claim | None = None

    def claim_of(self, person: str) -> Claim | None:
        """The claim of a buyer. A limit for each person counts once the buyer is known."""
        claim = self.claim
        if claim is None or claim.per_person is None:
            return claim
        if person:
            return replace(claim, person=person)
        return replace(claim, per_person=None) if claim.limit is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAudience:
    """The buyer, as far as price lists ask. ``country`` is ISO 3166; empty if not known."""

    groups: frozenset[str] = frozenset()
    channel: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class PriceStep:
    """A price in minor units for each of ``quantity`` units or more."""

    quantity: int
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """Prices of variants for some buyers, from ``starts_at`` until before ``ends_at``.

    ``ladders`` has the steps of each SKU, lowest quantity first. Empty ``groups``, ``channels`` or
    ``countries`` are all of them. ``label`` is the reason that buyers read beside the price.

    Raises:
        Invalid: a ladder has no step, steps out of order or a negative price, or the window has
            no time.
    """

    code: str
    ladders: Mapping[str, tuple[PriceStep, ...]]
    rank: PriceRank = PriceRank.LIST
    groups: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    closes: frozenset[Lane] = frozenset()
    label: Text = NO_LABEL

    def __post_init__(self) -> None:
        check_window(self.starts_at, self.ends_at)
        if Lane.TAXES in self.closes:
            raise Invalid("closes", "Taxes are on all prices.")
        for sku, steps in self.ladders.items():
            quantities = [step.quantity for step in steps]
            if not steps or quantities != sorted(set(quantities)) or quantities[0] < 1:
                raise Invalid(
                    "steps", "The quantities of “{sku}” must rise from step to step.", sku=sku
                )
            if min(step.minor for step in steps) < 0:
                raise Invalid("steps", "A price of “{sku}” is below zero.", sku=sku)

    def serves(self, audience: PriceAudience, at: datetime) -> bool:
        is_started = self.starts_at is None or self.starts_at <= at
        return (
            is_started
            and (self.ends_at is None or at < self.ends_at)
            and (not self.groups or not self.groups.isdisjoint(audience.groups))
            and (not self.channels or audience.channel in self.channels)
            and (not self.countries or audience.country in self.countries)
        )

    def offer(self, sku: str, quantity: int) -> UnitOffer | None:
        """The offer of the highest step that ``quantity`` reaches; None below the first one."""
        steps = self.ladders.get(sku, ())
        reached = bisect_right(steps, quantity, key=attrgetter("quantity"))
        if not reached:
            return None
        return UnitOffer(
            rank=self.rank, minor=steps[reached - 1].minor, source=self.code, closes=self.closes
        )


def offers_of(
    lists: Iterable[PriceList],
    units: Iterable[tuple[str, int]],
    audience: PriceAudience,
    at: datetime,
) -> dict[str, tuple[UnitOffer, ...]]:
    """The offers for each SKU. ``units`` are the SKUs and quantities of all lines.

    The lines of one SKU reach a step of a ladder together.
    """
    quantities: Counter[str] = Counter()
    for sku, quantity in units:
        quantities[sku] += quantity
    serving = [each for each in lists if each.serves(audience, at)]
    return {
        sku: tuple(offer for each in serving if (offer := each.offer(sku, quantity)))
        for sku, quantity in quantities.items()
    }


def best_offer(offers: Iterable[UnitOffer]) -> UnitOffer | None:
    """The lowest price of the highest rank; of equal ones that of the first source by code."""
    return min(offers, key=lambda offer: (-offer.rank, offer.minor, offer.source), default=None)
