"""A unit of work that met a newer version runs again."""

import pytest

from core.application.retries import ATTEMPTS, retrying
from core.domain.errors import StaleVersion

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("failures", [0, 1, ATTEMPTS - 1])
async def test_it_is_tried_until_it_succeeds(failures: int) -> None:
    tries: list[int] = []

    async def attempt() -> str:
        tries.append(1)
        if len(tries) <= failures:
            raise StaleVersion("order", 1)
        return "done"

    assert await retrying(attempt) == "done"
    assert len(tries) == failures + 1


async def test_it_is_not_tried_for_ever() -> None:
    tries: list[int] = []

    async def attempt() -> None:
        tries.append(1)
        raise StaleVersion("order", 1)

    with pytest.raises(StaleVersion):
        await retrying(attempt)
    assert len(tries) == ATTEMPTS
