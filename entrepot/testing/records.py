"""What every provider of personal data must do."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from core.domain.privacy.inventory import Field, NotPersonal, Pii, Store
from core.domain.privacy.records import Decision, Record, Subject
from ports.privacy import RecordKeeper

MOST_PAGES = 1_000


class RecordKeeperSuite:
    """Override the fixtures: ``keeper`` has data of both ``somebody`` and ``others``."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def keeper(self) -> RecordKeeper:
        raise NotImplementedError("Override the fixture `keeper`.")

    @pytest.fixture
    def somebody(self) -> Subject:
        raise NotImplementedError("Override the fixture `somebody`.")

    @pytest.fixture
    def others(self) -> Subject:
        raise NotImplementedError("Override the fixture `others`.")

    async def test_the_inventory_says_what_is_kept_and_why(self, keeper: RecordKeeper) -> None:
        found = keeper.inventory()
        assert found
        assert all(isinstance(each, Field | Store) for each in found)
        fields = [each for each in found if isinstance(each, Field)]
        assert len({each.place for each in fields}) == len(fields)
        for each in fields:
            assert isinstance(each.holds, Pii | NotPersonal)

    async def test_resolving_is_stable_and_forgets_nothing(
        self, keeper: RecordKeeper, somebody: Subject
    ) -> None:
        once = await keeper.resolve(somebody)
        assert once | somebody == once
        assert await keeper.resolve(once) == once

    async def test_what_is_known_is_handed_over_once_and_is_nobody_elses(
        self, keeper: RecordKeeper, somebody: Subject, others: Subject
    ) -> None:
        mine = [each async for each in exported(keeper, somebody)]
        theirs = [each async for each in exported(keeper, others)]
        assert mine
        assert theirs
        keys = {(each.section, each.reference) for each in mine}
        assert len(keys) == len(mine)
        assert not keys & {(each.section, each.reference) for each in theirs}
        msgspec.json.encode([dict(each.fields) for each in mine])

    async def test_planning_changes_nothing(self, keeper: RecordKeeper, somebody: Subject) -> None:
        before = [each async for each in exported(keeper, somebody)]
        first = [each async for each in planned(keeper, somebody)]
        assert [each.reference for each in first] == [
            each.reference async for each in planned(keeper, somebody)
        ]
        assert len({each.reference for each in first}) == len(first)
        assert [each async for each in exported(keeper, somebody)] == before

    async def test_after_erasing_nothing_is_left_of_one_and_everything_of_the_other(
        self, keeper: RecordKeeper, somebody: Subject, others: Subject
    ) -> None:
        theirs = [each async for each in exported(keeper, others)]
        decisions = [each async for each in planned(keeper, somebody)]
        done = await keeper.erase(somebody, decisions)
        assert set(done) == {each.reference for each in decisions}
        assert [each async for each in exported(keeper, somebody)] == []
        assert list(await keeper.verify(somebody)) == []
        assert [each async for each in exported(keeper, others)] == theirs

    async def test_what_is_there_is_found_before_it_is_erased(
        self, keeper: RecordKeeper, somebody: Subject
    ) -> None:
        assert list(await keeper.verify(somebody)) != []

    async def test_erasing_twice_is_erasing_once(
        self, keeper: RecordKeeper, somebody: Subject
    ) -> None:
        decisions = [each async for each in planned(keeper, somebody)]
        for _ in range(2):
            done = await keeper.erase(somebody, decisions)
            assert set(done) == {each.reference for each in decisions}


async def exported(keeper: RecordKeeper, subject: Subject) -> AsyncIterator[Record]:
    """Every record, page by page."""
    cursor = ""
    for _ in range(MOST_PAGES):
        page = await keeper.export(subject, cursor)
        for record in page.items:
            yield record
        if not page.cursor:
            return
        assert page.cursor != cursor, "the cursor does not move"
        cursor = page.cursor
    pytest.fail("there is no end of pages")


async def planned(keeper: RecordKeeper, subject: Subject) -> AsyncIterator[Decision]:
    """Every decision, page by page."""
    cursor = ""
    for _ in range(MOST_PAGES):
        page = await keeper.plan(subject, cursor)
        for decision in page.items:
            yield decision
        if not page.cursor:
            return
        assert page.cursor != cursor, "the cursor does not move"
        cursor = page.cursor
    pytest.fail("there is no end of pages")
