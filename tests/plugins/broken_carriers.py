"""Carriers with one fault each, and the case of the conformance kit that finds it."""

import logging
import random
from dataclasses import replace
from typing import Any

from core.domain.money import Money
from core.domain.text import Text
from plugins.logistics.carrier import FreightCarrier
from plugins.logistics.settings import LogisticsSettings
from ports.fulfillment import CarrierService, ShippingRate, ShippingRequest, Tracking

log = logging.getLogger(__name__)


class WorkingCarrier(FreightCarrier):
    def __init__(self) -> None:
        super().__init__(LogisticsSettings().read("CNY"))


class SellsInOneCurrency(WorkingCarrier):
    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        found = await super().rates(request)
        return tuple(replace(rate, price=Money(rate.price.minor, "CNY")) for rate in found)


class PaysTheBuyer(WorkingCarrier):
    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        found = await super().rates(request)
        currency = request.goods_total.currency
        return tuple(replace(rate, price=Money(-1, currency)) for rate in found)


class PricesWithAFraction(WorkingCarrier):
    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        fraction: Any = 8.5
        currency = request.goods_total.currency
        return tuple(
            replace(rate, price=Money(fraction, currency)) for rate in await super().rates(request)
        )


class DearestFirst(WorkingCarrier):
    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        return (await super().rates(request))[::-1]


class ChangesItsCodes(WorkingCarrier):
    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        found = await super().rates(request)
        return tuple(replace(rate, code=f"{rate.code}.{random.random()}") for rate in found)  # noqa: S311


class OneCodeForAll(WorkingCarrier):
    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        return tuple(replace(rate, code="only") for rate in await super().rates(request))


class HasNoNames(WorkingCarrier):
    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        return tuple(replace(rate, name=Text({})) for rate in await super().rates(request))


class RaisesAbroad(WorkingCarrier):
    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        return {"CN": await super().rates(request)}[request.address.country]


class NeedsADistrict(WorkingCarrier):
    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        request.address.district[0]
        return await super().rates(request)


class DividesByTheWeight(WorkingCarrier):
    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        total = sum(line.weight_grams for line in request.lines)
        return await super().rates(request) if 1 / total else ()


class FloodsTheCheckout(WorkingCarrier):
    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        found = await super().rates(request)
        return tuple(
            replace(rate, code=f"{rate.code}.{number}") for rate in found for number in range(1_000)
        )


class CheaperForMore(WorkingCarrier):
    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        pieces = sum(line.quantity for line in request.lines)
        return tuple(
            replace(rate, price=Money(rate.price.minor // pieces, rate.price.currency))
            for rate in await super().rates(request)
        )


class SharesItsRequests(WorkingCarrier):
    """Keeps the request in itself while it waits."""

    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        self.request = request
        await super().rates(request)
        import asyncio  # noqa: PLC0415

        await asyncio.sleep(0)
        return await super().rates(self.request)


class LogsTheAddress(WorkingCarrier):
    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        log.info("rates for %s", request.address)
        return await super().rates(request)


class PastesTheNumber(WorkingCarrier):
    async def track(self, service: str, tracking_number: str) -> Tracking:
        return Tracking(url=f"https://carrier.example/{service}?number={tracking_number}")


class TracksWithoutTls(WorkingCarrier):
    async def track(self, service: str, tracking_number: str) -> Tracking:
        found = await super().track(service, tracking_number)
        return Tracking(url=found.url.replace("https:", "http:"))


class TracksByScript(WorkingCarrier):
    async def track(self, service: str, tracking_number: str) -> Tracking:  # noqa: ARG002
        return Tracking(url="javascript:alert(1)")


class RaisesForAnotherService(WorkingCarrier):
    async def track(self, service: str, tracking_number: str) -> Tracking:
        known = {each.code: each for each in self.services()}
        return await super().track(known[service].code, tracking_number)


class OneServiceTwice(WorkingCarrier):
    def services(self) -> tuple[CarrierService, ...]:
        return (*super().services(), *super().services())


BROKEN_CARRIERS: dict[type[WorkingCarrier], str] = {
    SellsInOneCurrency: "test_rates_have_the_currency_of_the_goods_or_there_are_none",
    PaysTheBuyer: "test_there_is_a_rate_within_china",
    PricesWithAFraction: "test_there_is_a_rate_within_china",
    DearestFirst: "test_rates_are_cheapest_first",
    ChangesItsCodes: "test_the_same_request_has_the_same_rates",
    OneCodeForAll: "test_there_is_a_rate_within_china",
    HasNoNames: "test_there_is_a_rate_within_china",
    RaisesAbroad: "test_an_address_without_delivery_has_no_rates_and_no_error",
    NeedsADistrict: "test_an_address_without_delivery_has_no_rates_and_no_error",
    DividesByTheWeight: "test_every_parcel_has_an_answer",
    FloodsTheCheckout: "test_there_is_a_rate_within_china",
    CheaperForMore: "test_more_of_the_same_goods_is_not_cheaper",
    SharesItsRequests: "test_requests_at_the_same_time_do_not_mix",
    LogsTheAddress: "test_nothing_about_the_buyer_is_logged",
    PastesTheNumber: "test_an_unknown_number_is_tracked_without_an_error",
    TracksWithoutTls: "test_an_unknown_number_is_tracked_without_an_error",
    TracksByScript: "test_an_unknown_number_is_tracked_without_an_error",
    RaisesForAnotherService: "test_an_unknown_service_has_no_page_or_is_rejected",
    OneServiceTwice: "test_its_identity_is_complete",
}
