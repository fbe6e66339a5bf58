"""What one client may keep open, and what is not its fault."""

import asyncio
from typing import Any

import pytest

from adapters.web.outer.admission import UNFINISHED_BODIES, Admission

pytestmark = pytest.mark.anyio

SCOPE: Any = {"client": ("203.0.113.1", 50_000)}


async def test_many_complete_bodies_of_one_address_arrive_at_the_same_time() -> None:
    """Such as the notifications of a gateway, or the visitors of one office."""
    all_wait = asyncio.Barrier(UNFINISHED_BODIES * 2)

    async def receive() -> Any:
        await all_wait.wait()
        return {"type": "http.request", "body": b"{}", "more_body": False}

    admission = Admission(1)
    received = await asyncio.gather(
        *(admission.receiving(SCOPE, receive)() for _ in range(all_wait.parties))
    )
    assert [each["type"] for each in received] == ["http.request"] * all_wait.parties
