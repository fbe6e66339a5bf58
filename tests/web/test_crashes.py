"""A request with an ``Idempotency-Key`` that crashed is sent again: it has one effect."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from litestar.routes import HTTPRoute

from adapters.database.idempotency.repository import SqlIdempotencyKeys
from adapters.database.unit_of_work import SqlUnitOfWork
from adapters.web.api.idempotency import Idempotency
from tests.web.keyed_coupons import COUPON_REQUESTS
from tests.web.keyed_promotions import PROMOTION_REQUESTS
from tests.web.keyed_requests import REQUESTS, Keyed, Killed, World, add_line, refund, ship

pytestmark = pytest.mark.anyio

ROUTES = {**REQUESTS, **COUPON_REQUESTS, **PROMOTION_REQUESTS}
EVERY_REQUEST = [each for route in ROUTES.values() for each in route]
WITHOUT_CALLER = "/api/v1/carts"
"""A request without a secret of its caller uses no key. A new cart has no row, so it needs none."""


async def send(world: World, keyed: Keyed) -> httpx.Response:
    headers = {**keyed.headers, "idempotency-key": keyed.key}
    return await world.client.post(keyed.path, json=keyed.body, headers=headers)


async def killed_after_commit(world: World, keyed: Keyed, number: int) -> bool:
    """Send the request, and end it after its commit ``number``. False if it has fewer commits."""
    commit, commits = SqlUnitOfWork.commit, 0

    async def then_die(unit: SqlUnitOfWork) -> None:
        nonlocal commits
        await commit(unit)
        commits += 1
        if commits == number:
            raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlUnitOfWork, "commit", then_die)
        try:
            await send(world, keyed)
        except Killed:
            return True
    return False


async def kill_before_the_response_is_stored(world: World, keyed: Keyed) -> None:
    async def die(*_: Any) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlIdempotencyKeys, "finish", die)
        with pytest.raises(Killed):
            await send(world, keyed)


def keyed_routes(client: httpx.AsyncClient) -> set[str]:
    app = client._transport.app.app  # type: ignore[attr-defined]
    return {
        route.path
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if "POST" in handler.http_methods
        and any(isinstance(each, Idempotency) for each in handler.resolve_middleware())
    }


async def test_every_route_that_takes_a_key_is_tested(client: httpx.AsyncClient) -> None:
    assert keyed_routes(client) == {*ROUTES, WITHOUT_CALLER}


async def test_a_repeated_request_has_one_effect_after_a_crash(
    world: World, subtests: pytest.Subtests
) -> None:
    for prepare in EVERY_REQUEST:
        with subtests.test(prepare.__name__):
            keyed = await prepare(world)
            await kill_before_the_response_is_stored(world, keyed)
            assert await keyed.effects() == 1
            again = await send(world, keyed)
            assert again.is_success, again.text
            assert await keyed.effects() == 1
            replayed = await send(world, keyed)
            assert (replayed.status_code, replayed.content) == (again.status_code, again.content)
            assert replayed.headers["idempotent-replay"] == "true"


async def test_a_repeated_request_completes_after_a_crash_between_its_steps(
    world: World, subtests: pytest.Subtests
) -> None:
    for prepare in EVERY_REQUEST:
        with subtests.test(prepare.__name__):
            number = 1
            while await killed_after_commit(world, keyed := await prepare(world), number):
                again = await send(world, keyed)
                assert again.is_success, again.text
                assert await keyed.effects() == 1
                number += 1
            assert await keyed.effects() == 1
            assert number > 1


@pytest.mark.parametrize("prepare", [refund, ship, add_line])
async def test_without_the_key_in_the_transaction_the_effect_is_repeated(
    world: World, prepare: Callable[[World], Awaitable[Keyed]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.database.unit_of_work.current_claim", lambda: None)
    keyed = await prepare(world)
    await kill_before_the_response_is_stored(world, keyed)
    await send(world, keyed)
    assert await keyed.effects() == 2
