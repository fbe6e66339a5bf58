"""What the shop asks plugins before it makes a price: offers for lines, and facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.domain.claims import Claim
from core.domain.identifiers import CustomerId, ProductId, Sku
from core.domain.money import Money
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.facts import Fact, FactKind
from core.domain.pricing.price_lists import PriceRank, UnitOffer
from core.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryLine:
    """Units of one variant. ``key`` is unique in its enquiry; ``list_price`` is that of a unit."""

    key: str
    sku: Sku
    product_id: ProductId
    quantity: int
    list_price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """A cart, or the variants of a product page, without any contact data.

    ``customer_id`` is opaque, and None for a guest. ``country`` is ISO 3166 alpha-2 and
    ``channel`` a sales channel; both are empty if they are not known. ``coupons`` are the codes
    of the cart as typed.
    """

    lines: tuple[EnquiryLine, ...]
    currency: str
    at: datetime
    customer_id: CustomerId | None = None
    groups: frozenset[str] = frozenset()
    channel: str = ""
    country: str = ""
    coupons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOffer:
    """A price for a unit of one line (``line``), or of all lines of one SKU (``sku``).

    The highest rank wins, and within a rank the lowest price. ``label`` is the reason that buyers
    read beside the price. ``closes`` are the steps of the price that do not change it any more.
    The offer counts before ``until``. The order must hold the ``claim``, or the offer does not
    count; its key is one of the plugin.
    """

    price: Money
    label: Text
    line: str = ""
    sku: str = ""
    rank: PriceRank = PriceRank.ROUND
    closes: frozenset[Lane] = frozenset()
    until: datetime | None = None
    claim: Claim | None = None


@runtime_checkable
class PriceOffers(Protocol):
    """Offers prices of a plugin. It has 150 ms; without an answer the other prices count."""

    async def offers(self, enquiry: Enquiry) -> Sequence[PriceOffer]:
        """The offers for the lines of an enquiry, in its currency; none is no error.

        The shop asks for each cart, and again when the order is placed. A price that changed
        meanwhile is shown to the buyer first.
        """


@runtime_checkable
class Facts(Protocol):
    """States facts for the conditions of promotions. It has 150 ms.

    ``names`` are all facts that it can state, such as ``{"member.level": FactKind.CHOICE}``. The
    shop reads them once, at the start.
    """

    @property
    def names(self) -> Mapping[str, FactKind]: ...

    async def facts(self, enquiry: Enquiry) -> Mapping[str, Fact]:
        """The facts that are known for this enquiry. A missing one meets no condition."""


class AskPriceOffers(Protocol):
    """The offers of all plugins."""

    @property
    def is_used(self) -> bool:
        """False without such a plugin: there is nothing to ask."""

    async def __call__(self, enquiry: Enquiry) -> Mapping[str, tuple[UnitOffer, ...]]:
        """The offers by the key of the line. A plugin that fails has none."""


class AskFacts(Protocol):
    """The facts of all plugins."""

    @property
    def names(self) -> Mapping[str, FactKind]: ...

    async def __call__(self, enquiry: Enquiry, names: frozenset[str]) -> Mapping[str, Fact]:
        """The facts with these names. Only the plugins that state one of them are asked."""
