"""Personal-data providers that fail, report falsely, or are removed."""

import asyncio
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dependency_injector import providers

from adapters.plugins.answers.privacy import describe_data_provider
from adapters.plugins.limits import PluginLimits
from adapters.plugins.personal_data import guarded
from core.application.privacy.data_providers import DataProviders
from core.domain.privacy.inventory import Field, Store
from core.domain.privacy.records import Decision, ErasureFinding, Outcome, Page, Record, Subject
from core.domain.privacy.request import RequestKind, RequestState
from entrepot.assembly.shop import Shop
from tests.erasures import SUBJECT, erased

pytestmark = pytest.mark.anyio


class FailingProvider:
    """A provider with one record; the method ``wrong`` calls ``how`` instead."""

    code = "loyalty"

    def __init__(self, wrong: str, how: Any) -> None:
        self._wrong, self._how = wrong, how
        self.stored = {"points/1"}

    def inventory(self) -> Sequence[Field | Store]:
        return ()

    async def resolve(self, subject: Subject) -> Subject:
        return await self._answer("resolve", subject)  # type: ignore[no-any-return]

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:  # noqa: ARG002
        records = tuple(Record(section="points", reference=each, fields={}) for each in self.stored)
        return await self._answer("export", Page(items=records))  # type: ignore[no-any-return]

    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:  # noqa: ARG002
        found = tuple(Decision(reference=each, outcome=Outcome.ERASE) for each in self.stored)
        return await self._answer("plan", Page(items=found))  # type: ignore[no-any-return]

    async def erase(self, subject: Subject, decisions: Sequence[Decision]) -> Sequence[str]:  # noqa: ARG002
        if self._wrong != "false report":
            self.stored.clear()
        return await self._answer("erase", [each.reference for each in decisions])  # type: ignore[no-any-return]

    async def verify(self, subject: Subject) -> Sequence[ErasureFinding]:  # noqa: ARG002
        left = [ErasureFinding(place="points", count=len(self.stored))] if self.stored else []
        return await self._answer("verify", left)  # type: ignore[no-any-return]

    async def _answer(self, method: str, answer: Any) -> Any:
        return await self._how() if method == self._wrong else answer


async def raises() -> None:
    raise RuntimeError("no")


async def hangs() -> None:
    await asyncio.sleep(60)


async def nothing() -> None:
    return None


async def forgets_to_await() -> Any:
    return asyncio.sleep(0, "x")


def add_provider(shop: Shop, data_provider: Any, time_limit: float = 30) -> None:
    """Add a guarded provider to the shop. ``time_limit`` is in seconds."""
    guard = shop.plugin_guards().of("loyalty")
    guard.limits = PluginLimits(seconds=time_limit)
    here = (
        guarded(data_provider, guard, describe_data_provider(data_provider)),
        *shop.data_providers().here,
    )
    shop.data_providers.override(
        providers.Object(DataProviders(here, shop.data_providers().absent))
    )


@pytest.mark.parametrize("method", ["plan", "erase", "verify"])
@pytest.mark.parametrize("how", [raises, hangs, nothing, forgets_to_await])
async def test_a_failed_provider_makes_an_erasure_incomplete_and_is_named(
    lives: Shop, method: str, how: Any
) -> None:
    add_provider(lives, FailingProvider(method, how), time_limit=0.3 if how is hangs else 30)
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    planned = await lives.plan_erasure()(request.number)
    if method == "plan":
        assert (planned.state, planned.failures) == (RequestState.INCOMPLETE, ("loyalty",))
        return
    await lives.approve_erasure()(request.number, planned.plan_hash, "x")
    done = await lives.execute_erasure()(request.number, planned.plan_hash)
    assert (done.state, done.failures) == (RequestState.INCOMPLETE, ("loyalty",))
    assert done.certificate is None


async def test_a_false_report_of_a_provider_is_detected(lives: Shop) -> None:
    add_provider(lives, FailingProvider("false report", nothing))
    done = await erased(lives)
    assert done.state is RequestState.INCOMPLETE
    assert done.failures == ("new records are created all the time",)


async def test_a_working_provider_takes_part(lives: Shop, tmp_path: Path) -> None:
    data_provider = FailingProvider("", nothing)
    add_provider(lives, data_provider)
    access = await lives.open_request()(RequestKind.ACCESS, SUBJECT, "password")
    path, failures = await lives.answer_access()(access, tmp_path / "bundles")
    assert failures == ()
    with zipfile.ZipFile(path) as archive:
        assert "data/loyalty/points.jsonl" in archive.namelist()
    assert (await erased(lives)).state is RequestState.COMPLETED
    assert data_provider.stored == set()


async def test_a_removed_provider_is_named_until_it_is_forgotten(
    lives: Shop,
) -> None:
    registry = lives.data_provider_registry()
    await registry.note({"loyalty": ["points"]}, datetime.now(UTC))
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    planned = await lives.plan_erasure()(request.number)
    assert (planned.state, planned.failures) == (RequestState.INCOMPLETE, ("loyalty",))
    assert await registry.forget("loyalty")
    assert (await erased(lives)).state is RequestState.COMPLETED


async def test_a_bundle_names_a_failed_provider(lives: Shop, tmp_path: Path) -> None:
    add_provider(lives, FailingProvider("export", raises))
    request = await lives.open_request()(RequestKind.ACCESS, SUBJECT, "password")
    path, failures = await lives.answer_access()(request, tmp_path / "bundles")
    assert failures == ("loyalty",)
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["data_providers"]["failed"] == ["loyalty"]
    async with lives.privacy_units()() as unit:
        stored = await unit.privacy.get_for_update(request.number)
    assert stored.state is RequestState.INCOMPLETE
