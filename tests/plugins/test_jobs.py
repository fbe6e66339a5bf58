"""Jobs of plugins: how they are registered, and what limits them."""

import asyncio
from dataclasses import replace
from datetime import UTC

import pytest

from adapters.plugins.answers.checks import WrongAnswer
from adapters.plugins.answers.jobs import describe_job
from adapters.plugins.guards import PluginGuards
from adapters.plugins.jobs import GuardedJob
from adapters.plugins.limits import Purpose
from core.application.jobs.states import JobState
from entrepot import Every, Manifest
from entrepot.assembly.shop import Shop
from entrepot.loaded_plugins import LoadedPlugin
from entrepot.plugin_contract import JOBS
from ports.errors import PortError
from tests.plugins.broken_jobs import BROKEN_JOBS, WorkingJob
from tests.plugins.inner_run import QUIET

pytestmark = pytest.mark.anyio

KIT = """
import pytest

from entrepot.testing import JobSuite
from tests.plugins import broken_jobs


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


class TestKit(JobSuite):
    @pytest.fixture
    def job(self):
        return broken_jobs.{name}()

    @pytest.fixture
    def effect(self, job):
        async def total():
            return job.total

        return total
"""


class Hanging(WorkingJob):
    async def run(self) -> None:
        await asyncio.sleep(60)


def install(shop: Shop, job: WorkingJob) -> None:
    manifest = Manifest(name="acme", version="1", api=">=1", capabilities=frozenset())
    shop.plugins().loaded["acme"] = LoadedPlugin(
        manifest=manifest, registered={JOBS: (job,)}, descriptions={JOBS: (describe_job(job),)}
    )


async def test_a_job_of_a_plugin_runs_when_it_is_due(shop: Shop) -> None:
    job = WorkingJob()
    install(shop, job)
    await shop.register_jobs()()
    found = {each.record.name: each for each in await shop.list_jobs()()}["acme.sum"]
    assert (found.state, found.record.schedule) == (
        JobState.WAITING,
        "cron 0 3 * * * Asia/Shanghai",
    )
    assert found.record.next_run_at.astimezone(UTC).hour == 19
    await shop.scheduler().start_due()
    await shop.scheduler().finished()
    assert job.total == 0, "a job with a cron expression waits for its first time"
    ended = await shop.run_job()(shop.scheduled_jobs()["acme.sum"], due=False)
    assert ended is not None
    assert (ended.error, job.total) == ("", 3)


async def test_a_job_has_a_limit_and_a_thread_of_its_own(guards: PluginGuards) -> None:
    """A job may run longer than a call. If it hangs or fails often, calls still work."""
    job = Hanging()
    guard = guards.of("acme", Purpose.JOBS)
    description = replace(describe_job(job), limit_seconds=1)
    running = asyncio.create_task(GuardedJob(job, guard, description)())
    await asyncio.sleep(0)
    calls = guards.of("acme")
    for _ in range(6):
        with pytest.raises(PortError):
            await GuardedJob(Hanging(), guard, replace(description, limit_seconds=0.05))()  # type: ignore[arg-type]
    assert await calls.call(answer, int) == 1
    assert not running.done(), "it runs longer than a call may take"
    with pytest.raises(PortError):
        await running


async def answer() -> int:
    return 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "with space"}, "is no code"),
        ({"every": 15}, "the schedule of a job is a int"),
        ({"every": Every(cron="61 3 * * *")}, "is no cron expression: Bad minute"),
        ({"every": Every(cron="0 3 31 2 *")}, "is no cron expression"),
        ({"limit_seconds": 7_200}, "is not from 1 to 3600"),
        ({"limit_seconds": 0.5}, "is a float"),
        ({"run": lambda: None}, "is no async function"),
    ],
)
def test_a_job_that_says_something_wrong_about_itself_is_refused(
    changes: dict[str, object], reason: str
) -> None:
    job = WorkingJob()
    for name, value in changes.items():
        setattr(job, name, value)
    with pytest.raises(WrongAnswer, match=reason):
        describe_job(job)


def failures(pytester: pytest.Pytester, name: str) -> set[str]:
    pytester.makepyfile(KIT.format(name=name))
    run = pytester.inline_run(*QUIET)
    passed, _, failed = run.listoutcomes()
    assert len(passed) + len(failed) >= 6
    return {report.nodeid.split("::")[-1].split("[")[0] for report in failed}


def test_a_working_job_passes_the_kit(pytester: pytest.Pytester) -> None:
    assert failures(pytester, WorkingJob.__name__) == set()


@pytest.mark.parametrize("name", BROKEN_JOBS)
def test_the_kit_finds_a_broken_job(pytester: pytest.Pytester, name: str) -> None:
    assert BROKEN_JOBS[name] in failures(pytester, name)
