"""The contract of personal-data providers: the shop, a plugin, and broken providers."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from core.domain.privacy.records import Decision, ErasureFinding, Page, Record, Subject
from entrepot.assembly.shop import Shop
from entrepot.testing import PersonalDataProviderSuite
from ports.privacy.data_providers import PersonalDataProvider
from tests.bank import Bank
from tests.factories import stock_up
from tests.loyalty import LoyaltyPoints
from tests.people import ALIKE, MARKED, a_life

ME, YOU = UUID(int=1), UUID(int=2)
POINTS = {
    str(ME): {"a1": 5, "a2": 7, "a3": 1},
    str(YOU): {"b1": 5, "b2": 9},
}


class TestShopRecords(PersonalDataProviderSuite):
    @pytest.fixture
    async def data_provider(self, shop: Shop, bank: Bank) -> PersonalDataProvider:
        await stock_up(shop)
        await a_life(shop, bank, done=True)
        await a_life(shop, bank, ALIKE, done=True)
        provider = shop.data_providers().get("shop")
        assert provider is not None
        return provider

    @pytest.fixture
    async def subject(self, data_provider: PersonalDataProvider) -> Subject:
        return await data_provider.resolve(Subject(contacts=frozenset({MARKED.marks["login"]})))

    @pytest.fixture
    async def other_subject(self, data_provider: PersonalDataProvider) -> Subject:
        return await data_provider.resolve(Subject(contacts=frozenset({ALIKE.marks["login"]})))


class TestLoyalty(PersonalDataProviderSuite):
    @pytest.fixture
    def data_provider(self, tmp_path: Path) -> PersonalDataProvider:
        return LoyaltyPoints(tmp_path / "points.json", POINTS)

    @pytest.fixture
    def subject(self) -> Subject:
        return Subject(customers=frozenset({ME}))

    @pytest.fixture
    def other_subject(self) -> Subject:
        return Subject(customers=frozenset({YOU}))


class ExportsOthers(LoyaltyPoints):
    async def export(self, subject: Subject, cursor: str) -> Page[Record]:
        return await super().export(replace(subject, customers=frozenset({ME, YOU})), cursor)


class SkipsAPage(LoyaltyPoints):
    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:
        return replace(await super().plan(subject, cursor), cursor="")


class ErasesWhilePlanning(LoyaltyPoints):
    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:
        page = await super().plan(subject, cursor)
        await super().erase(subject, page.items)
        return page


class ErasesNothing(LoyaltyPoints):
    async def erase(self, subject: Subject, decisions: Sequence[Decision]) -> Sequence[str]:  # noqa: ARG002
        return [each.reference for each in decisions]


class ErasesEverybody(LoyaltyPoints):
    async def erase(self, subject: Subject, decisions: Sequence[Decision]) -> Sequence[str]:  # noqa: ARG002
        self._write({})
        return [each.reference for each in decisions]


class VerifiesNothing(LoyaltyPoints):
    async def verify(self, subject: Subject) -> Sequence[ErasureFinding]:  # noqa: ARG002
        return []


class RepeatsACursor(LoyaltyPoints):
    async def export(self, subject: Subject, cursor: str) -> Page[Record]:
        return replace(await super().export(subject, ""), cursor="again" + cursor[:0])


class HasNoInventory(LoyaltyPoints):
    def inventory(self) -> Sequence[Any]:
        return []


BROKEN = {
    ExportsOthers: "test_an_export_has_each_record_once_and_none_of_others",
    SkipsAPage: "test_erasing_removes_one_subject_and_no_other",
    ErasesWhilePlanning: "test_planning_changes_nothing",
    ErasesNothing: "test_erasing_removes_one_subject_and_no_other",
    ErasesEverybody: "test_erasing_removes_one_subject_and_no_other",
    VerifiesNothing: "test_data_is_found_before_it_is_erased",
    RepeatsACursor: "test_an_export_has_each_record_once_and_none_of_others",
    HasNoInventory: "test_the_inventory_lists_fields_with_a_purpose",
}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("broken", "case"), BROKEN.items(), ids=lambda each: getattr(each, "__name__", "")
)
async def test_a_broken_provider_fails_the_right_case(
    tmp_path: Path, broken: type[LoyaltyPoints], case: str
) -> None:
    data_provider = broken(tmp_path / "points.json", POINTS)
    fixtures = {
        "data_provider": data_provider,
        "subject": Subject(customers=frozenset({ME})),
        "other_subject": Subject(customers=frozenset({YOU})),
    }
    test: Any = getattr(PersonalDataProviderSuite(), case)
    names = test.__code__.co_varnames[1 : test.__code__.co_argcount]
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        await test(**{name: fixtures[name] for name in names})
