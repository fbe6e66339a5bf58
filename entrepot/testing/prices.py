"""The conformance kits for prices: offers and facts."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from adapters.plugins.answers import prices as answers
from adapters.plugins.answers.prices import describe_facts
from core.domain.identifiers import CustomerId, ProductId, Sku
from core.domain.money import Money
from ports.price_enquiries import Enquiry, EnquiryLine, Facts, PriceOffers

MEMBER = CustomerId(UUID("01890a5d-ac96-774b-bcce-b302099a8057"))
AT_ONCE = 20
PLUGIN = "tested"


def an_enquiry(*skus: str) -> Enquiry:
    """One unit of each SKU, for 100.00 CNY, for a guest in China."""
    return Enquiry(
        lines=tuple(
            EnquiryLine(
                key=f"line {number}",
                sku=Sku(sku),
                product_id=ProductId(UUID(int=number)),
                quantity=1,
                list_price=Money(10_000, "CNY"),
            )
            for number, sku in enumerate(skus, start=1)
        ),
        currency="CNY",
        at=datetime(2026, 11, 27, 12, tzinfo=UTC),
        channel="web",
        country="CN",
    )


class PriceOffersSuite:
    """Override the fixtures ``price_offers``, and ``enquiry`` with one that has an offer.

    The answers are checked as the shop checks them: what fails here is not used there.
    """

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def price_offers(self) -> PriceOffers:
        raise NotImplementedError("Override the fixture `price_offers`.")

    @pytest.fixture
    def enquiry(self) -> Enquiry:
        return an_enquiry("ONE", "TWO")

    async def test_it_offers_a_price(self, price_offers: PriceOffers, enquiry: Enquiry) -> None:
        assert isinstance(price_offers, PriceOffers)
        assert answers.offers(await price_offers.offers(enquiry), enquiry, PLUGIN)

    async def test_the_same_enquiry_has_the_same_offers(
        self, price_offers: PriceOffers, enquiry: Enquiry
    ) -> None:
        """It records nothing: the shop asks for each cart."""
        first = answers.offers(await price_offers.offers(enquiry), enquiry, PLUGIN)
        for _ in range(3):
            again = answers.offers(await price_offers.offers(enquiry), enquiry, PLUGIN)
            assert again == first

    async def test_every_enquiry_has_an_answer(
        self, price_offers: PriceOffers, enquiry: Enquiry
    ) -> None:
        """Members, buyers without a country, unknown goods, and no goods at all."""
        for asked in (
            replace(enquiry, customer_id=MEMBER, groups=frozenset({"a group"})),
            replace(enquiry, channel="", country=""),
            replace(enquiry, coupons=("A CODE",)),
            an_enquiry("NO-SUCH-SKU"),
            an_enquiry(),
        ):
            answers.offers(await price_offers.offers(asked), asked, PLUGIN)

    async def test_prices_are_in_the_currency_of_the_enquiry(
        self, price_offers: PriceOffers, enquiry: Enquiry
    ) -> None:
        lines = (replace(line, list_price=Money(1_000, "USD")) for line in enquiry.lines)
        abroad = replace(enquiry, currency="USD", lines=tuple(lines))
        answers.offers(await price_offers.offers(abroad), abroad, PLUGIN)

    async def test_concurrent_enquiries_do_not_disturb_each_other(
        self, price_offers: PriceOffers, enquiry: Enquiry
    ) -> None:
        alone = answers.offers(await price_offers.offers(enquiry), enquiry, PLUGIN)
        empty = an_enquiry("NO-SUCH-SKU")
        found = await asyncio.gather(
            *(price_offers.offers(enquiry if turn % 2 == 0 else empty) for turn in range(AT_ONCE))
        )
        for answer in found[::2]:
            assert answers.offers(answer, enquiry, PLUGIN) == alone

    async def test_it_logs_no_buyer(
        self, price_offers: PriceOffers, enquiry: Enquiry, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        await price_offers.offers(replace(enquiry, customer_id=MEMBER))
        assert str(MEMBER) not in caplog.text


class FactsSuite:
    """Override the fixtures ``facts``, and ``enquiry`` with one of which it states a fact."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def facts(self) -> Facts:
        raise NotImplementedError("Override the fixture `facts`.")

    @pytest.fixture
    def enquiry(self) -> Enquiry:
        return replace(an_enquiry("ONE"), customer_id=MEMBER)

    async def test_it_declares_facts(self, facts: Facts) -> None:
        assert isinstance(facts, Facts)
        assert describe_facts(facts).names
        assert describe_facts(facts) == describe_facts(facts)

    async def test_it_states_a_fact(self, facts: Facts, enquiry: Enquiry) -> None:
        assert answers.facts(await facts.facts(enquiry), describe_facts(facts))

    async def test_the_same_enquiry_has_the_same_facts(
        self, facts: Facts, enquiry: Enquiry
    ) -> None:
        """It records nothing: the shop asks for each cart."""
        first = await facts.facts(enquiry)
        for _ in range(3):
            assert await facts.facts(enquiry) == first

    async def test_every_enquiry_has_an_answer(self, facts: Facts, enquiry: Enquiry) -> None:
        """Guests, unknown members, buyers without a country, and no goods at all."""
        described = describe_facts(facts)
        for asked in (
            replace(enquiry, customer_id=None),
            replace(enquiry, customer_id=CustomerId(UUID(int=9))),
            replace(enquiry, channel="", country=""),
            replace(enquiry, lines=()),
        ):
            answers.facts(await facts.facts(asked), described)

    async def test_concurrent_enquiries_do_not_disturb_each_other(
        self, facts: Facts, enquiry: Enquiry
    ) -> None:
        alone, guest = await facts.facts(enquiry), replace(enquiry, customer_id=None)
        found = await asyncio.gather(
            *(facts.facts(enquiry if turn % 2 == 0 else guest) for turn in range(AT_ONCE))
        )
        assert all(answer == alone for answer in found[::2])

    async def test_it_logs_no_buyer(
        self, facts: Facts, enquiry: Enquiry, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        await facts.facts(replace(enquiry, customer_id=MEMBER))
        assert str(MEMBER) not in caplog.text
