"""Many workers and one due job: one run. The twin without the guard runs it too often."""

import asyncio

import pytest
from sqlalchemy import update

from adapters.database.jobs import leases
from adapters.database.tables.jobs import jobs as jobs_table
from core.application.jobs.scheduled import ScheduledJob
from core.domain.schedules import Every
from entrepot.assembly.shop import Shop
from tests.threads import TASKS_OF_THREAD, THREADS, in_threads

pytestmark = pytest.mark.anyio


async def run_at_once(shop: Shop) -> int:
    """Fifty workers in five threads. Returns the number of runs."""
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        await asyncio.sleep(0)

    job = ScheduledJob(name="acme.import", every=Every(minutes=60), run=work)
    await shop.job_leases().register({job.name: (job.schedule, shop.now()())})

    async def claim(mine: Shop, _number: int) -> None:
        await mine.run_job()(job)

    assert await in_threads(shop, claim) == THREADS * TASKS_OF_THREAD
    return len(runs)


@pytest.mark.slow
async def test_fifty_workers_in_threads_run_a_due_job_once(shop: Shop) -> None:
    assert await run_at_once(shop) == 1


@pytest.mark.slow
async def test_without_the_guard_a_due_job_runs_many_times(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same race without the conditions on the lease and on the time."""
    lax = update(jobs_table).where(leases.OF_NAME).values(leases.CLAIMED)
    monkeypatch.setattr(leases, "CLAIM_DUE", lax.returning(*jobs_table.c))
    assert await run_at_once(shop) > 1
