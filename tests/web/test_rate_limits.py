"""Rate limits that several workers share through Redis."""

import os
import secrets

import httpx
import pytest

from entrepot.asgi import assemble
from entrepot.assembly.shop import Shop, open_shop

pytestmark = pytest.mark.anyio

URL = os.environ.get("ENTREPOT_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


async def redis_answers() -> bool:
    try:
        from redis.asyncio import Redis  # noqa: PLC0415 -- an extra
    except ImportError:
        return False
    client = Redis.from_url(URL)
    try:
        return bool(await client.ping())
    except OSError:
        return False
    finally:
        await client.aclose()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_two_workers_count_log_in_attempts_together(shop: Shop) -> None:
    if not await redis_answers():
        if os.environ.get("CI"):
            pytest.fail(f"Redis does not answer at {URL}")
        pytest.skip(f"Redis does not answer at {URL}")
    settings = shop.settings().model_copy(
        update={"redis_url": URL, "log_in_attempts_per_minute": 4}
    )
    codes = []
    client_ip = f"visitor-{secrets.token_hex(6)}"
    for _ in range(2):
        worker = open_shop(settings)
        app = assemble(worker)
        async with (
            app.app.lifespan(),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app, client=(client_ip, 1)),  # type: ignore[arg-type]
                base_url="http://shop.test",
            ) as client,
        ):
            for _ in range(3):
                body = {"login": "a@example.com", "password": "x"}
                codes.append((await client.post("/api/v1/sessions", json=body)).status_code)
    assert codes == [401, 401, 401, 401, 429, 429]
