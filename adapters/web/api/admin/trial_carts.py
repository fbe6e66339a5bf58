"""A test cart: what applies, what does not, and why."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.params import JSONBody

from adapters.web.access.requirements import needs
from adapters.web.api.admin.holds import Moment
from adapters.web.api.body import Body, Code, MinorUnits, SkuText, Units
from adapters.web.dependencies import Given
from core.application.pricing.trial_carts import TRIAL_PERSON, TrialCart, TriedCart, TryCart
from core.domain.identifiers import Sku
from core.domain.pricing.request import PricedCustomer, RequestShipping
from core.domain.shop_permissions import PROMOTIONS_READ

Codes = Annotated[tuple[Code, ...], msgspec.Meta(max_length=50)]
Facts = Annotated[
    dict[Code, Annotated[str, msgspec.Meta(max_length=100)]], msgspec.Meta(max_length=50)
]


class TrialShippingBody(Body, frozen=True, kw_only=True):
    """``price`` is in minor units of the shop's currency."""

    method: Code
    price: MinorUnits

    def shipping(self) -> RequestShipping:
        return RequestShipping(method=self.method, price=self.price)


class TrialCartBody(Body, frozen=True, kw_only=True):
    """``goods`` are units by SKU. ``at`` null is now.

    ``promotions`` are codes of promotions that take part although they are not active, such as
    drafts. ``destination`` is a country with the places in it: ``CN/浙江省/杭州市``.
    ``facts`` are facts of plugins as texts, by name.
    """

    goods: Annotated[dict[SkuText, Units], msgspec.Meta(min_length=1, max_length=200)]
    promotions: Codes = ()
    coupons: Codes = ()
    groups: Codes = ()
    level: Annotated[str, msgspec.Meta(max_length=60)] = ""
    paid_orders: Annotated[int, msgspec.Meta(ge=0, le=10**6)] = 0
    destination: Annotated[str, msgspec.Meta(max_length=200)] = ""
    channel: Annotated[str, msgspec.Meta(max_length=60)] = ""
    payment_method: Annotated[str, msgspec.Meta(max_length=60)] = ""
    shipping: TrialShippingBody | None = None
    at: Moment | None = None
    facts: Facts = msgspec.field(default_factory=dict)

    def cart(self) -> TrialCart:
        return TrialCart(
            goods={Sku(sku): units for sku, units in self.goods.items()},
            promotions=self.promotions,
            coupons=self.coupons,
            customer=PricedCustomer(
                person=TRIAL_PERSON,
                groups=frozenset(self.groups),
                level=self.level,
                paid_orders=self.paid_orders,
            ),
            destination=self.destination,
            channel=self.channel,
            payment_method=self.payment_method,
            shipping=self.shipping.shipping() if self.shipping else None,
            at=self.at,
            facts=self.facts,
        )


@post(
    "/test-carts",
    operation_id="tryCart",
    summary="Price a test cart",
    tags=["Back office"],
    status_code=200,
    opt=needs(PROMOTIONS_READ),
)
async def try_cart(
    data: JSONBody[TrialCartBody], try_cart: Given[TryCart], language: Given[str]
) -> TriedCart:
    """What applies, what does not, and why, in one sentence each. Nothing is stored."""
    return await try_cart(data.cart(), language)


handlers = [try_cart]
