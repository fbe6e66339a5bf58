"""Rectification, restriction, objection, and requests about another person."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.plugins.answers.privacy import describe_data_provider
from adapters.plugins.personal_data import GuardedDataProvider, guarded
from core.application.carts.ownership import CartOwner
from core.application.privacy.responses import CarryOutRequest
from core.domain.accounts import BadCredentials
from core.domain.errors import AlreadyExists, IllegalTransition, Invalid, RequestOpen
from core.domain.identifiers import CustomerId
from core.domain.privacy.consent import MARKETING, PERSONALISATION, Channel
from core.domain.privacy.free_text import check_free_text
from core.domain.privacy.records import Subject
from core.domain.privacy.request import Applicant, PrivacyRequest, RequestKind, RequestState
from entrepot.assembly.shop import Shop
from ports.errors import Unavailable
from ports.privacy.data_providers import Restriction, Retention
from tests.bank import Bank
from tests.factories import stock_up
from tests.loyalty import LoyaltyPoints
from tests.people import ALIKE, MARKED, bought, register, verify_email

pytestmark = pytest.mark.anyio

RIGHT = {"name": "李梅", "login": "mei.right@example.com"}


@pytest.fixture
async def member(shop: Shop, bank: Bank) -> CustomerId:
    """A member with an order, and with all consents."""
    await shop.vault().prepare()
    await stock_up(shop)
    customer = await register(shop, MARKED)
    await verify_email(shop, customer)
    await bought(shop, bank, CartOwner(customer_id=customer), MARKED, MARKED.delivery)
    for purpose in (PERSONALISATION, MARKETING):
        await shop.decide_consent()(
            customer, purpose, given=True, language="zh", channel=Channel.WEB
        )
    return customer


async def carried_out(
    shop: Shop,
    member: CustomerId,
    kind: RequestKind,
    corrections: Mapping[str, str] | None = None,
    carry_out: CarryOutRequest | None = None,
) -> PrivacyRequest:
    subject = Subject(customers=frozenset({member}))
    request = await shop.open_request()(kind, subject, "password", corrections=corrections)
    return await (carry_out or shop.carry_out_request())(request, Channel.WEB)


async def used(shop: Shop, member: CustomerId) -> dict[str, bool]:
    """Return the uses of a member's data."""
    baskets = [each.person async for each in shop.purchase_history().baskets()]
    audience = [each async for each in shop.list_audience()(MARKETING)]
    return {
        "counted": str(member) in baskets,
        "sent to": MARKED.marks["login"] in audience,
        "suggested to": await shop.show_consents().given(member, PERSONALISATION),
    }


ALL = {"counted": True, "sent to": True, "suggested to": True}
NONE = dict.fromkeys(ALL, False)


async def test_a_name_and_a_log_in_are_corrected(shop: Shop, member: CustomerId) -> None:
    done = await carried_out(shop, member, RequestKind.RECTIFICATION, RIGHT)
    assert done.state is RequestState.COMPLETED
    customer = await shop.account_queries().customer(member)
    assert (customer.name, customer.login) == (RIGHT["name"], RIGHT["login"])
    assert (await shop.log_in()(RIGHT["login"], "long enough", CartOwner())).confirmed
    with pytest.raises(BadCredentials):
        await shop.log_in()(MARKED.marks["login"], "long enough", CartOwner())


async def test_the_log_in_of_another_member_is_refused_and_nothing_changes(
    shop: Shop, member: CustomerId
) -> None:
    await register(shop, ALIKE)
    wrong = {"name": "x", "login": ALIKE.marks["login"]}
    with pytest.raises(AlreadyExists):
        await carried_out(shop, member, RequestKind.RECTIFICATION, wrong)
    customer = await shop.account_queries().customer(member)
    assert (customer.name, customer.login) == (MARKED.marks["name"], MARKED.marks["login"])
    async with shop.privacy_units()() as unit:
        (request,) = await unit.privacy.list(10)
    assert request.state is RequestState.REFUSED
    assert ALIKE.marks["login"] not in request.reason


async def test_restricted_data_is_stored_but_not_used_until_it_is_lifted(
    shop: Shop, member: CustomerId
) -> None:
    assert await used(shop, member) == ALL
    await carried_out(shop, member, RequestKind.RESTRICTION)
    assert await used(shop, member) == NONE
    assert (await shop.log_in()(MARKED.marks["login"], "long enough", CartOwner())).confirmed
    assert await shop.lift_restriction()(member) == ()
    assert await used(shop, member) == ALL


async def test_an_objection_ends_statistics_and_marketing(shop: Shop, member: CustomerId) -> None:
    assert await used(shop, member) == ALL
    await carried_out(shop, member, RequestKind.OBJECTION)
    assert await used(shop, member) == NONE


async def test_a_relatives_request_has_an_article_of_its_own(
    shop: Shop, member: CustomerId
) -> None:
    subject = Subject(customers=frozenset({member}))
    request = await shop.open_request()(
        RequestKind.ACCESS, subject, "death certificate, passport", applicant=Applicant.RELATIVE
    )
    assert (request.applicant, request.article) == (Applicant.RELATIVE, "PIPL 49")


class Recovering(LoyaltyPoints):
    """A provider that fails until ``works`` is set."""

    works = False
    restricted = False

    async def restrict(self, subject: Subject, *, restricted: bool) -> None:  # noqa: ARG002
        if not self.works:
            raise RuntimeError("no")
        self.restricted = restricted


def with_provider(shop: Shop, points: Recovering) -> CarryOutRequest:
    """Add a personal-data provider to the use case."""
    data_provider = guarded(
        points, shop.plugin_guards().of("loyalty"), describe_data_provider(points)
    )
    data_providers = replace(
        shop.data_providers(), here=(data_provider, *shop.data_providers().here)
    )
    restrict = replace(shop.restrict_records(), data_providers=data_providers)
    return replace(shop.carry_out_request(), restrict=restrict)


async def test_a_failed_provider_is_named_and_called_again(
    shop: Shop, member: CustomerId, tmp_path: Path
) -> None:
    points = Recovering(tmp_path / "points.json", {str(member): {"a": 1}})
    carry_out = with_provider(shop, points)
    first = await carried_out(shop, member, RequestKind.RESTRICTION, carry_out=carry_out)
    assert (first.state, first.failures) == (RequestState.INCOMPLETE, ("loyalty",))
    points.works = True
    again = await carried_out(shop, member, RequestKind.RESTRICTION, carry_out=carry_out)
    assert (again.number, again.state) == (first.number, RequestState.COMPLETED)
    assert points.restricted


async def test_a_guard_has_only_the_abilities_of_its_provider(shop: Shop) -> None:
    def of(points: LoyaltyPoints) -> GuardedDataProvider:
        return guarded(points, shop.plugin_guards().of("loyalty"), describe_data_provider(points))

    plain = of(LoyaltyPoints.__new__(LoyaltyPoints))
    able = of(Recovering.__new__(Recovering))
    assert not isinstance(plain, Restriction)
    assert not isinstance(able, Retention)
    assert isinstance(able, Restriction)
    with pytest.raises(Unavailable):
        await able.restrict(Subject(), restricted=True)


async def test_an_illegal_transition_changes_nothing(shop: Shop, member: CustomerId) -> None:
    subject = Subject(customers=frozenset({member}))
    request = await shop.open_request()(RequestKind.ERASURE, subject, "password")
    planned = await shop.plan_erasure()(request.number)
    with pytest.raises(IllegalTransition):
        await shop.carry_out_request()(planned, Channel.OPERATOR)
    async with shop.privacy_units()() as unit:
        assert (await unit.privacy.get_for_update(request.number)).state is RequestState.PLANNED
    await register(shop, ALIKE)
    with pytest.raises(AlreadyExists):
        await carried_out(shop, member, RequestKind.RECTIFICATION, {"login": ALIKE.marks["login"]})
    assert (await shop.account_queries().customer(member)).frozen


async def test_an_incomplete_request_can_be_refused(
    shop: Shop, member: CustomerId, tmp_path: Path
) -> None:
    points = Recovering(tmp_path / "points.json", {str(member): {"a": 1}})
    carry_out = with_provider(shop, points)
    first = await carried_out(shop, member, RequestKind.RESTRICTION, carry_out=carry_out)
    assert first.state is RequestState.INCOMPLETE
    await shop.refuse_request()(first.number, "the plugin is gone")
    again = await carried_out(shop, member, RequestKind.RESTRICTION)
    assert (again.number != first.number, again.state) == (True, RequestState.COMPLETED)


async def test_a_new_owner_of_a_log_in_does_not_get_the_open_request(
    shop: Shop, member: CustomerId
) -> None:
    """The first owner changes the log-in while the request is open; another member takes it."""
    subject = Subject(contacts=frozenset({MARKED.marks["login"]}))
    first = await shop.open_request()(RequestKind.ACCESS, subject, "passport seen")
    assert member in first.subject.customers
    await carried_out(shop, member, RequestKind.RECTIFICATION, {"login": "moved@example.com"})
    other = await register(shop, MARKED)
    await verify_email(shop, other)
    with pytest.raises(RequestOpen):
        await shop.open_request()(
            RequestKind.ACCESS, Subject(customers=frozenset({other})), "password"
        )


async def test_a_member_does_not_get_a_request_about_more_people(
    shop: Shop, bank: Bank, member: CustomerId
) -> None:
    """Staff open a request for a guest; a member has the guest's address as log-in."""
    guest = replace(MARKED.delivery, contact="guest@example.com")
    await bought(shop, bank, CartOwner(token="guest"), MARKED, guest)
    await carried_out(shop, member, RequestKind.RECTIFICATION, {"login": "guest@example.com"})
    guest_subject = Subject(contacts=frozenset({"guest@example.com"}))
    await shop.open_request()(RequestKind.ACCESS, guest_subject, "passport seen")
    with pytest.raises(RequestOpen):
        await shop.open_request()(
            RequestKind.ACCESS, Subject(customers=frozenset({member})), "password"
        )


@pytest.mark.parametrize(
    "words",
    [
        "mei@example.com called",
        "mei＠example.com",
        "call 138 0013 8000",
        "138.0013.8000",
        "+44 20 7946 0000",
        "  ",
    ],
)
async def test_contacts_in_evidence_texts_are_refused(
    shop: Shop, member: CustomerId, words: str
) -> None:
    subject = Subject(customers=frozenset({member}))
    with pytest.raises(Invalid):
        await shop.open_request()(RequestKind.ACCESS, subject, words)
    with pytest.raises(Invalid):
        await shop.request_disclosure()(member, words, "staff:1")


@pytest.mark.parametrize(
    "words",
    [
        "passport seen 2026-11-24",
        "court file 2026-0045123",
        "staff:01a21613-139d-7714-874b-3552a4b3",
    ],
)
def test_dates_and_file_numbers_are_not_phone_numbers(words: str) -> None:
    assert check_free_text("reason", words) == words


async def test_a_held_erasure_continues_after_release_or_is_refused(
    shop: Shop, member: CustomerId
) -> None:
    subject = Subject(customers=frozenset({member}))
    async with shop.privacy_units()() as unit:
        await unit.privacy.place_legal_hold(member, "case 12", "counsel", shop.now()())
        await unit.commit()
    request = await shop.open_request()(RequestKind.ERASURE, subject, "password")
    assert (await shop.plan_erasure()(request.number)).state is RequestState.HELD
    assert await shop.carry_out_erasures()() == 0
    async with shop.privacy_units()() as unit:
        await unit.privacy.release_legal_hold(member)
        await unit.commit()
    assert await shop.carry_out_erasures()() == 1
    async with shop.privacy_units()() as unit:
        assert (await unit.privacy.get_for_update(request.number)).state is RequestState.PLANNED
        await unit.privacy.place_legal_hold(member, "case 13", "counsel", shop.now()())
        await unit.commit()
    await shop.plan_erasure()(request.number)
    await shop.refuse_request()(request.number, "the court says no")
    assert not (await shop.account_queries().customer(member)).frozen
