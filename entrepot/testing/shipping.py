"""The conformance kit for a carrier."""

import pytest

from core.domain.address import Address
from core.domain.money import Money
from ports.fulfillment import (
    Carrier,
    ParcelLine,
    ShippingRate,
    ShippingRequest,
    Tracking,
    TracksParcels,
)


class CarrierSuite:
    """Override the fixture ``carrier``: it delivers within China."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def carrier(self) -> Carrier:
        raise NotImplementedError("Override the fixture `carrier`.")

    @pytest.fixture
    def parcel(self) -> ShippingRequest:
        return ShippingRequest(
            address=Address(
                name="李梅",
                phone="+8613800138000",
                country="CN",
                region="广东省",
                city="深圳市",
                district="南山区",
                street="科苑路 1 号",
            ),
            lines=(ParcelLine(sku="one", quantity=2, weight_grams=400, volume_mm3=1_000_000),),
            goods_total=Money(5_000, "CNY"),
        )

    async def test_its_identity_is_complete(self, carrier: Carrier) -> None:
        assert isinstance(carrier, Carrier)
        assert carrier.code

    async def test_there_is_a_rate_within_china(
        self, carrier: Carrier, parcel: ShippingRequest
    ) -> None:
        rates = await carrier.rates(parcel)
        assert rates
        assert all(isinstance(rate, ShippingRate) for rate in rates)

    async def test_rates_are_cheapest_first_in_the_currency_of_the_goods(
        self, carrier: Carrier, parcel: ShippingRequest
    ) -> None:
        rates = await carrier.rates(parcel)
        prices = [rate.price.minor for rate in rates]
        assert prices == sorted(prices)
        assert all(price >= 0 for price in prices)
        assert {rate.price.currency for rate in rates} == {"CNY"}

    async def test_codes_are_unique_and_stable(
        self, carrier: Carrier, parcel: ShippingRequest
    ) -> None:
        first = await carrier.rates(parcel)
        assert len({rate.code for rate in first}) == len(first)
        assert await carrier.rates(parcel) == first

    async def test_an_unknown_number_is_tracked_without_an_error(self, carrier: Carrier) -> None:
        if not isinstance(carrier, TracksParcels):
            pytest.skip("this carrier does not track")
        for service in carrier.services():
            assert isinstance(await carrier.track(service.code, "UNKNOWN000001"), Tracking)
