"""The conformance kit for a personal-data provider."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import msgspec
import pytest

from entrepot.privacy import (
    Decision,
    Field,
    NotPersonal,
    Page,
    PersonalDataProvider,
    Pii,
    Record,
    Store,
    Subject,
)

MAX_PAGES = 1_000
Item = TypeVar("Item")


class PersonalDataProviderSuite:
    """Override the fixtures. ``data_provider`` has data of ``subject`` and ``other_subject``."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def data_provider(self) -> PersonalDataProvider:
        raise NotImplementedError("Override the fixture `data_provider`.")

    @pytest.fixture
    def subject(self) -> Subject:
        raise NotImplementedError("Override the fixture `subject`.")

    @pytest.fixture
    def other_subject(self) -> Subject:
        raise NotImplementedError("Override the fixture `other_subject`.")

    async def test_the_inventory_lists_fields_with_a_purpose(
        self, data_provider: PersonalDataProvider
    ) -> None:
        inventory = data_provider.inventory()
        assert inventory
        assert all(isinstance(each, Field | Store) for each in inventory)
        fields = [each for each in inventory if isinstance(each, Field)]
        assert len({each.place for each in fields}) == len(fields)
        for each in fields:
            assert isinstance(each.classification, Pii | NotPersonal)

    async def test_resolving_is_stable_and_only_adds(
        self, data_provider: PersonalDataProvider, subject: Subject
    ) -> None:
        once = await data_provider.resolve(subject)
        assert once | subject == once
        assert await data_provider.resolve(once) == once

    async def test_an_export_has_each_record_once_and_none_of_others(
        self, data_provider: PersonalDataProvider, subject: Subject, other_subject: Subject
    ) -> None:
        mine = [each async for each in exported(data_provider, subject)]
        theirs = [each async for each in exported(data_provider, other_subject)]
        assert mine
        assert theirs
        keys = {(each.section, each.reference) for each in mine}
        assert len(keys) == len(mine)
        assert not keys & {(each.section, each.reference) for each in theirs}
        msgspec.json.encode([dict(each.fields) for each in mine])

    async def test_planning_changes_nothing(
        self, data_provider: PersonalDataProvider, subject: Subject
    ) -> None:
        before = [each async for each in exported(data_provider, subject)]
        first = [each async for each in planned(data_provider, subject)]
        assert [each.reference for each in first] == [
            each.reference async for each in planned(data_provider, subject)
        ]
        assert len({each.reference for each in first}) == len(first)
        assert [each async for each in exported(data_provider, subject)] == before

    async def test_erasing_removes_one_subject_and_no_other(
        self, data_provider: PersonalDataProvider, subject: Subject, other_subject: Subject
    ) -> None:
        theirs = [each async for each in exported(data_provider, other_subject)]
        decisions = [each async for each in planned(data_provider, subject)]
        done = await data_provider.erase(subject, decisions)
        assert set(done) == {each.reference for each in decisions}
        assert [each async for each in exported(data_provider, subject)] == []
        assert list(await data_provider.verify(subject)) == []
        assert [each async for each in exported(data_provider, other_subject)] == theirs

    async def test_data_is_found_before_it_is_erased(
        self, data_provider: PersonalDataProvider, subject: Subject
    ) -> None:
        assert list(await data_provider.verify(subject)) != []

    async def test_erasing_twice_is_erasing_once(
        self, data_provider: PersonalDataProvider, subject: Subject
    ) -> None:
        decisions = [each async for each in planned(data_provider, subject)]
        for _ in range(2):
            done = await data_provider.erase(subject, decisions)
            assert set(done) == {each.reference for each in decisions}


def exported(data_provider: PersonalDataProvider, subject: Subject) -> AsyncIterator[Record]:
    return _all(lambda cursor: data_provider.export(subject, cursor))


def planned(data_provider: PersonalDataProvider, subject: Subject) -> AsyncIterator[Decision]:
    return _all(lambda cursor: data_provider.plan(subject, cursor))


async def _all(load: Callable[[str], Awaitable[Page[Item]]]) -> AsyncIterator[Item]:
    """The items of every page."""
    cursor = ""
    for _ in range(MAX_PAGES):
        page = await load(cursor)
        for item in page.items:
            yield item
        if not page.cursor:
            return
        assert page.cursor != cursor, "the cursor did not change"
        cursor = page.cursor
    pytest.fail("there is no last page")
