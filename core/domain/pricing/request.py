"""What is priced: lines, shipping, and the circumstances that promotions ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.domain.catalogue.tax_classes import SHIPPING_CLASS, STANDARD
from core.domain.errors import Invalid
from core.domain.pricing.adjustments import SHOP
from core.domain.pricing.facts import Fact
from core.domain.pricing.price_lists import PriceAudience, UnitOffer
from core.domain.pricing.taxes.rates import TaxZone


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """Units of one variant. ``list_price`` is the price of a unit, in minor units.

    ``categories`` has the category of the product and all categories above it.
    ``attributes`` has ``code=value`` for each attribute. ``added_by`` is the code of the
    promotion from which the buyer chose the line; such a line takes part in no other promotion.
    ``least_price`` is the lowest price of a unit; a discount does not go below it.
    ``taxed_price`` is the base price for taxes, if the unit has its own. ``offers`` are those of
    plugins.
    """

    key: str
    sku: str
    quantity: int
    list_price: int
    least_price: int = 0
    product: str = ""
    categories: frozenset[str] = frozenset()
    brand: str = ""
    tags: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    seller: str = SHOP
    tax_class: str = STANDARD
    taxed_price: int = 0
    is_on_sale: bool = False
    is_discountable: bool = True
    offers: tuple[UnitOffer, ...] = ()
    added_by: str = ""

    def __post_init__(self) -> None:
        if self.quantity < 1 or self.list_price < 0:
            raise Invalid("line", "The line “{key}” has no valid quantity or price.", key=self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestShipping:
    """``method`` is the code of the shipping rate; ``price`` is in minor units."""

    method: str
    price: int
    tax_class: str = SHIPPING_CLASS


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedCustomer:
    """What promotions may ask about the buyer: nothing that the buyer cannot see.

    ``person`` is an opaque key under which uses are counted, empty if the buyer is not known.
    ``paid_orders`` does not count cancelled ones; None if it is not known.
    """

    person: str = ""
    groups: frozenset[str] = frozenset()
    level: str = ""
    paid_orders: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRequest:
    """Everything that a price depends on, except the rules.

    ``destination`` is a country with the places in it: ``CN/浙江省/杭州市``; empty if it is not
    known. ``coupons`` are codes as typed. ``points`` is how many points the buyer wants to spend at
    most. ``additions`` describes, by SKU, the goods that promotions may add and that are in
    stock; their keys and quantities are ignored. ``unavailable`` is what is left of claims that
    fell short, by `Claim.quota` and person, which is empty for what is left for all: the price is
    made within that.
    """

    currency: str
    at: datetime
    lines: tuple[RequestLine, ...]
    shipping: RequestShipping | None = None
    customer: PricedCustomer = PricedCustomer()
    destination: str = ""
    channel: str = ""
    payment_method: str = ""
    coupons: tuple[str, ...] = ()
    points: int = 0
    facts: Mapping[str, Fact] = field(default_factory=dict)
    additions: Mapping[str, RequestLine] = field(default_factory=dict)
    unavailable: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        keys = [line.key for line in self.lines]
        if len(set(keys)) < len(keys):
            raise Invalid("line", "Two lines have the same key.")

    @property
    def zone(self) -> TaxZone | None:
        """The country and the region of the destination; None if it is not known."""
        country, _, rest = self.destination.partition("/")
        return TaxZone(country, rest.partition("/")[0]) if country else None

    @property
    def audience(self) -> PriceAudience:
        country = self.destination.partition("/")[0]
        return PriceAudience(groups=self.customer.groups, channel=self.channel, country=country)
