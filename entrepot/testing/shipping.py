"""The conformance kit for a carrier."""

import asyncio
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from adapters.plugins.answers.fulfillment import describe_carrier, rates, tracking
from core.domain.address import Address
from core.domain.money import Money
from ports.errors import PortError
from ports.fulfillment import (
    Carrier,
    ParcelLine,
    ShippingRequest,
    TracksParcels,
)

SHENZHEN = Address(
    name="李梅",
    phone="+8613800138000",
    country="CN",
    region="广东省",
    city="深圳市",
    district="南山区",
    street="科苑路 1 号",
)
ADDRESSES = {
    "no district": replace(SHENZHEN, city="东莞市", district=""),
    "far away": replace(SHENZHEN, region="西藏自治区", city="那曲市", district="双湖县"),
    "Hong Kong": replace(
        SHENZHEN, region="香港特别行政区", city="香港特别行政区", district="离岛区"
    ),
    "abroad": replace(SHENZHEN, country="FR", region="", city="Paris", district=""),
    "unknown country": replace(SHENZHEN, country="ZZ", region="", city="x", district=""),
}
CURRENCIES = ("CNY", "USD", "JPY", "KWD")
ODD_NUMBERS = ("UNKNOWN000001", "A&b=c#d", "../../etc", "单号 1", "a" * 64)


class CarrierSuite:
    """Override the fixture ``carrier``: it delivers within China, and sells in CNY.

    The answers are checked as the shop checks them: what fails here is not used there.
    """

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def carrier(self) -> Carrier:
        raise NotImplementedError("Override the fixture `carrier`.")

    @pytest.fixture
    def parcel(self) -> ShippingRequest:
        return ShippingRequest(
            address=SHENZHEN,
            lines=(ParcelLine(sku="one", quantity=2, weight_grams=400, volume_mm3=1_000_000),),
            goods_total=Money(5_000, "CNY"),
        )

    async def test_its_identity_is_complete(self, carrier: Carrier) -> None:
        assert isinstance(carrier, Carrier)
        described = describe_carrier(carrier)
        assert describe_carrier(carrier) == described
        codes = [service.code for service in described.services]
        assert len(set(codes)) == len(codes)

    async def test_there_is_a_rate_within_china(
        self, carrier: Carrier, parcel: ShippingRequest
    ) -> None:
        assert rates(await carrier.rates(parcel), parcel)

    async def test_rates_are_cheapest_first(
        self, carrier: Carrier, parcel: ShippingRequest
    ) -> None:
        prices = [rate.price.minor for rate in await carrier.rates(parcel)]
        assert prices == sorted(prices)

    async def test_the_same_request_has_the_same_rates(
        self, carrier: Carrier, parcel: ShippingRequest
    ) -> None:
        assert await carrier.rates(parcel) == await carrier.rates(parcel)

    @pytest.mark.parametrize("currency", CURRENCIES)
    async def test_rates_have_the_currency_of_the_goods_or_there_are_none(
        self, carrier: Carrier, parcel: ShippingRequest, currency: str
    ) -> None:
        abroad = replace(parcel, goods_total=Money(5_000, currency))
        rates(await carrier.rates(abroad), abroad)

    @pytest.mark.parametrize("place", ADDRESSES)
    async def test_an_address_without_delivery_has_no_rates_and_no_error(
        self, carrier: Carrier, parcel: ShippingRequest, place: str
    ) -> None:
        request = replace(parcel, address=ADDRESSES[place])
        rates(await carrier.rates(request), request)

    @pytest.mark.parametrize(
        "line",
        [
            ParcelLine(sku="weightless", quantity=1, weight_grams=0, volume_mm3=0),
            ParcelLine(sku="heavy", quantity=9_999, weight_grams=10**6, volume_mm3=10**9),
        ],
        ids=["weightless", "heavy"],
    )
    async def test_every_parcel_has_an_answer(
        self, carrier: Carrier, parcel: ShippingRequest, line: ParcelLine
    ) -> None:
        request = replace(parcel, lines=(line,) * 50)
        rates(await carrier.rates(request), request)

    async def test_more_of_the_same_goods_is_not_cheaper(
        self, carrier: Carrier, parcel: ShippingRequest
    ) -> None:
        """Free shipping depends on the price of the goods, which is the same here."""
        more = replace(parcel, lines=parcel.lines * 10)
        few = {rate.code: rate.price for rate in await carrier.rates(parcel)}
        many = {rate.code: rate.price for rate in await carrier.rates(more)}
        assert [code for code in few.keys() & many.keys() if many[code] < few[code]] == []

    async def test_requests_at_the_same_time_do_not_mix(
        self, carrier: Carrier, parcel: ShippingRequest
    ) -> None:
        requests = [
            replace(parcel, address=address, lines=parcel.lines * count)
            for count, address in enumerate((SHENZHEN, *ADDRESSES.values()), 1)
        ]
        alone = [await carrier.rates(request) for request in requests]
        together = await asyncio.gather(*(carrier.rates(request) for request in requests * 5))
        assert list(together) == alone * 5

    async def test_nothing_about_the_buyer_is_logged(
        self,
        carrier: Carrier,
        parcel: ShippingRequest,
        caplog: pytest.LogCaptureFixture,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        caplog.set_level("DEBUG")
        await carrier.rates(parcel)
        printed = capsys.readouterr()
        logged = f"{caplog.text}{printed.out}{printed.err}"
        address = parcel.address
        shown = [each for each in (address.name, address.phone, address.street) if each in logged]
        assert shown == []

    @pytest.mark.parametrize("number", ODD_NUMBERS)
    async def test_an_unknown_number_is_tracked_without_an_error(
        self, carrier: Carrier, number: str
    ) -> None:
        if not isinstance(carrier, TracksParcels):
            pytest.skip("this carrier does not track")
        for service in carrier.services():
            plain = tracking(await carrier.track(service.code, "1")).url
            page = tracking(await carrier.track(service.code, number)).url
            assert shape_of(page) == shape_of(plain)

    async def test_an_unknown_service_has_no_page_or_is_rejected(self, carrier: Carrier) -> None:
        if not isinstance(carrier, TracksParcels):
            pytest.skip("this carrier does not track")
        try:
            tracking(await carrier.track("no-such-service", "1"))
        except PortError:
            return


def shape_of(page: str) -> tuple[str, int, int, bool]:
    """The parts of an address that a tracking number must not change."""
    parts = urlsplit(page)
    return parts.netloc, parts.path.count("/"), len(parse_qsl(parts.query)), bool(parts.fragment)
