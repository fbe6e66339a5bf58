"""A unit of work runs again after an optimistic-lock conflict."""

import pytest

from core.application.retries import ATTEMPTS, retrying
from core.domain.errors import StaleVersion

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("failures", [0, 1, ATTEMPTS - 1])
async def test_a_unit_of_work_is_retried_until_it_succeeds(failures: int) -> None:
    tries: list[int] = []

    async def attempt() -> str:
        tries.append(1)
        if len(tries) <= failures:
            raise StaleVersion("order", 1)
        return "done"

    assert await retrying(attempt) == "done"
    assert len(tries) == failures + 1


async def test_the_number_of_retries_is_limited() -> None:
    tries: list[int] = []

    async def attempt() -> None:
        tries.append(1)
        raise StaleVersion("order", 1)

    with pytest.raises(StaleVersion):
        await retrying(attempt)
    assert len(tries) == ATTEMPTS
