"""Price offers, facts and order guards with one fault each, and the case that finds it."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from core.domain.claims import Claim, ClaimKind
from core.domain.money import Money
from core.domain.orders.refusals import Refusal
from core.domain.pricing.facts import Fact, FactKind
from core.domain.text import Text
from ports.order_guards import DraftStage, Note, OrderDraft, Remark
from ports.price_enquiries import Enquiry, PriceOffer

log = logging.getLogger(__name__)
LABEL = Text({"zh": "秒杀", "en": "Flash sale"})


class WorkingPriceOffers:
    """Half the list price of each SKU but one."""

    async def offers(self, enquiry: Enquiry) -> Sequence[PriceOffer]:
        return [
            PriceOffer(
                line=line.key,
                price=Money(line.list_price.minor // 2, enquiry.currency),
                label=LABEL,
                claim=Claim(kind=ClaimKind.UNITS, key="round", amount=line.quantity, limit=9),
            )
            for line in enquiry.lines
            if line.sku != "NO-SUCH-SKU"
        ]


class OffersNothing(WorkingPriceOffers):
    async def offers(self, enquiry: Enquiry) -> Sequence[PriceOffer]:  # noqa: ARG002
        return []


class CountsEnquiries(WorkingPriceOffers):
    def __init__(self) -> None:
        self.left = 2

    async def offers(self, enquiry: Enquiry) -> Sequence[PriceOffer]:
        self.left -= 1
        return await super().offers(enquiry) if self.left >= 0 else []


class NeedsACountry(WorkingPriceOffers):
    async def offers(self, enquiry: Enquiry) -> Sequence[PriceOffer]:
        if not enquiry.country:
            raise KeyError(enquiry.country)
        return await super().offers(enquiry)


class KnowsOneCurrency(WorkingPriceOffers):
    async def offers(self, enquiry: Enquiry) -> Sequence[PriceOffer]:
        return [
            PriceOffer(line=line.key, price=Money(1, "CNY"), label=LABEL) for line in enquiry.lines
        ]


class KeepsTheLastEnquiry(WorkingPriceOffers):
    last: Enquiry

    async def offers(self, enquiry: Enquiry) -> Sequence[PriceOffer]:
        self.last = enquiry
        await asyncio.sleep(0)
        return await super().offers(self.last)


class LogsBuyers(WorkingPriceOffers):
    async def offers(self, enquiry: Enquiry) -> Sequence[PriceOffer]:
        log.info("asked by %s", enquiry.customer_id)
        return await super().offers(enquiry)


BROKEN_PRICE_OFFERS: Mapping[type[Any], str] = {
    OffersNothing: "test_it_offers_a_price",
    CountsEnquiries: "test_the_same_enquiry_has_the_same_offers",
    NeedsACountry: "test_every_enquiry_has_an_answer",
    KnowsOneCurrency: "test_prices_are_in_the_currency_of_the_enquiry",
    KeepsTheLastEnquiry: "test_concurrent_enquiries_do_not_disturb_each_other",
    LogsBuyers: "test_it_logs_no_buyer",
}


class WorkingFacts:
    """Members are gold."""

    names: Mapping[str, FactKind] = {"level": FactKind.CHOICE, "visits": FactKind.NUMBER}

    async def facts(self, enquiry: Enquiry) -> Mapping[str, Fact]:
        return {} if enquiry.customer_id is None else {"level": "gold", "visits": 3}


class DeclaresNothing(WorkingFacts):
    names: Mapping[str, FactKind] = {}


class StatesAText(WorkingFacts):
    async def facts(self, enquiry: Enquiry) -> Mapping[str, Fact]:
        del enquiry
        return {"visits": "three"}


class CountsVisits(WorkingFacts):
    visits = 0

    async def facts(self, enquiry: Enquiry) -> Mapping[str, Fact]:
        del enquiry
        self.visits += 1
        return {"visits": self.visits}


class NeedsAMember(WorkingFacts):
    async def facts(self, enquiry: Enquiry) -> Mapping[str, Fact]:
        assert enquiry.customer_id
        return await super().facts(enquiry)


class KeepsTheLastBuyer(WorkingFacts):
    last: Enquiry

    async def facts(self, enquiry: Enquiry) -> Mapping[str, Fact]:
        self.last = enquiry
        await asyncio.sleep(0)
        return await super().facts(self.last)


class LogsMembers(WorkingFacts):
    async def facts(self, enquiry: Enquiry) -> Mapping[str, Fact]:
        log.info("asked by %s", enquiry.customer_id)
        return await super().facts(enquiry)


BROKEN_FACTS: Mapping[type[Any], str] = {
    DeclaresNothing: "test_it_declares_facts",
    StatesAText: "test_it_states_a_fact",
    CountsVisits: "test_the_same_enquiry_has_the_same_facts",
    NeedsAMember: "test_every_enquiry_has_an_answer",
    KeepsTheLastBuyer: "test_concurrent_enquiries_do_not_disturb_each_other",
    LogsMembers: "test_it_logs_no_buyer",
}


class WorkingOrderGuard:
    """Two units of a SKU at most."""

    required = True

    async def review(self, draft: OrderDraft) -> Sequence[Remark]:
        return [
            Refusal(text=Text({"en": "Two in each order."}), line=line.key)
            for line in draft.lines
            if line.quantity > 2
        ]


class IsPerhapsRequired(WorkingOrderGuard):
    required: Any = "perhaps"


class RefusesAll(WorkingOrderGuard):
    async def review(self, draft: OrderDraft) -> Sequence[Remark]:
        del draft
        return [Refusal(text=LABEL)]


class ForgetsTheCart(WorkingOrderGuard):
    async def review(self, draft: OrderDraft) -> Sequence[Remark]:
        return [] if draft.stage is DraftStage.CART else await super().review(draft)


class CountsOrders(WorkingOrderGuard):
    left = 1

    async def review(self, draft: OrderDraft) -> Sequence[Remark]:
        self.left -= 1
        if self.left < 0:
            return [Refusal(text=Text({"en": "Sold out."}))]
        return await super().review(draft)


class NeedsAnAddress(WorkingOrderGuard):
    async def review(self, draft: OrderDraft) -> Sequence[Remark]:
        {"浙江省": 1}[draft.region]
        return await super().review(draft)


class KeepsTheLastDraft(WorkingOrderGuard):
    last: OrderDraft

    async def review(self, draft: OrderDraft) -> Sequence[Remark]:
        self.last = draft
        await asyncio.sleep(0)
        return [Note(text=Text({"en": self.last.lines[0].sku}))]


class LogsCustomers(WorkingOrderGuard):
    async def review(self, draft: OrderDraft) -> Sequence[Remark]:
        log.info("asked by %s", draft.customer_id)
        return await super().review(draft)


BROKEN_ORDER_GUARDS: Mapping[type[Any], str] = {
    IsPerhapsRequired: "test_it_says_whether_it_is_required",
    RefusesAll: "test_it_allows_a_draft",
    ForgetsTheCart: "test_it_refuses_a_draft_in_the_cart_and_at_placing",
    CountsOrders: "test_the_same_draft_has_the_same_verdict",
    NeedsAnAddress: "test_every_draft_has_an_answer",
    KeepsTheLastDraft: "test_concurrent_drafts_do_not_disturb_each_other",
    LogsCustomers: "test_it_logs_no_buyer",
}
