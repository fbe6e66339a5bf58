"""The conformance kit for a job."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from adapters.plugins.answers.checks import nothing
from adapters.plugins.answers.jobs import describe_job
from ports.jobs import Job

Effect = Callable[[], Awaitable[object]]
STEPS = 20
"""After how many turns of the event loop at most a run is cancelled."""


class JobSuite:
    """Override the fixture ``job``, and ``effect`` to say what a run leaves behind.

    ``effect`` returns an asynchronous function, which reads what the job has changed, such as the
    rows of its tables. A worker can end during a run, and the job then runs again: the kit
    cancels runs at many places.
    """

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def job(self) -> Job:
        raise NotImplementedError("Override the fixture `job`.")

    @pytest.fixture
    def effect(self) -> Effect:
        async def none() -> object:
            return None

        return none

    async def test_its_description_is_complete(self, job: Job) -> None:
        assert isinstance(job, Job)
        assert describe_job(job) == describe_job(job)

    async def test_a_run_succeeds_within_its_limit(self, job: Job) -> None:
        run: Callable[[], Awaitable[object]] = job.run
        async with asyncio.timeout(describe_job(job).limit_seconds):
            nothing(await run())

    async def test_a_second_run_has_the_same_effect(self, job: Job, effect: Effect) -> None:
        await job.run()
        once = await effect()
        await job.run()
        assert await effect() == once

    async def test_a_run_after_one_that_was_cancelled_has_the_same_effect(
        self, job: Job, effect: Effect
    ) -> None:
        """The run is cancelled after each number of turns, and then done again."""
        await job.run()
        once = await effect()
        for turns in range(STEPS):
            run = asyncio.ensure_future(job.run())
            for _ in range(turns):
                await asyncio.sleep(0)
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)
            await job.run()
            assert await effect() == once

    async def test_a_run_can_be_cancelled(self, job: Job) -> None:
        """The time limit cancels a run: it must end then."""
        run = asyncio.ensure_future(job.run())
        await asyncio.sleep(0)
        was_done = run.done()
        run.cancel()
        await asyncio.wait({run}, timeout=describe_job(job).limit_seconds)
        assert was_done or run.cancelled()

    async def test_a_run_leaves_no_tasks_and_threads_behind(self, job: Job) -> None:
        tasks, threads = asyncio.all_tasks(), set(threading.enumerate())
        await job.run()
        assert asyncio.all_tasks() - tasks == set()
        left = {each for each in set(threading.enumerate()) - threads if each.is_alive()}
        assert {each for each in left if not each.name.startswith("asyncio_")} == set()
