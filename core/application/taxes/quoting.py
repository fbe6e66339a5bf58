"""Prices a cart for its address: with the taxes of the tax engine, or with the own rates."""

import logging
from dataclasses import dataclass

from core.application.pricing.cart_prices import NOTHING_LEFT, CartPrices
from core.domain.address import Address
from core.domain.catalogue.tax_classes import SHIPPING_CLASS
from core.domain.identifiers import Sku
from core.domain.money import Money
from core.domain.pricing.engine_taxes import SHIPPING, TaxesUnavailable, with_taxes
from core.domain.pricing.quote import Quote
from core.domain.pricing.settings import PricingSettings
from core.domain.pricing.taxes.rates import TaxZone
from ports.claims import Left
from ports.errors import PortError
from ports.fulfillment import ShippingRate
from ports.taxes import TaxEngine, TaxPlace, TaxRequest, TaxRequestLine

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TaxEngineUse:
    """``is_used``: the checkout asks the tax engine. ``falls_back``: own rates if it fails."""

    is_used: bool = False
    falls_back: bool = False


@dataclass(frozen=True, slots=True)
class QuoteCheckout:
    """Price a cart that has an address. The tax engine is asked once, about all lines.

    Never called in a transaction. Raises `TaxesUnavailable`.
    """

    tax_engine: TaxEngine
    use: TaxEngineUse
    pricing_settings: PricingSettings

    async def __call__(
        self,
        prices: CartPrices,
        address: Address,
        rate: ShippingRate | None = None,
        left: Left = NOTHING_LEFT,
    ) -> Quote:
        if not self.use.is_used:
            return prices.quote(rate, left)
        untaxed = prices.quote(rate, left, untaxed=True)
        try:
            answer = await self.tax_engine.calculate(self._request(prices, untaxed, address))
        except PortError as error:
            log.warning("no taxes of the tax engine: %s", type(error).__name__)
            if not self.use.falls_back:
                raise TaxesUnavailable from error
            return prices.quote(rate, left)
        return with_taxes(untaxed, answer.lines, self.tax_engine.code)

    def _request(self, prices: CartPrices, quote: Quote, address: Address) -> TaxRequest:
        lines = [
            TaxRequestLine(
                key=line.key,
                tax_class=prices.tax_class(Sku(line.sku)),
                quantity=line.quantity,
                amount=Money(line.total, quote.currency),
            )
            for line in quote.lines
        ]
        if quote.shipping:
            lines.append(shipping_line(Money(quote.shipping.total, quote.currency)))
        return TaxRequest(
            reference="",
            at=prices.request.at,
            origin=place_of_zone(self.pricing_settings.taxes.origin),
            destination=place_of_address(address),
            lines=tuple(lines),
            prices_include_tax=self.pricing_settings.taxes.prices_include_tax,
        )


def shipping_line(amount: Money) -> TaxRequestLine:
    return TaxRequestLine(key=SHIPPING, tax_class=SHIPPING_CLASS, quantity=1, amount=amount)


def place_of_zone(zone: TaxZone) -> TaxPlace:
    return TaxPlace(country=zone.country, region=zone.region)


def place_of_address(address: Address) -> TaxPlace:
    return TaxPlace(
        country=address.country,
        region=address.region,
        city=address.city,
        postcode=address.postcode,
    )
