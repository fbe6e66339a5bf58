"""Jobs run at the times of their schedules, under a lease that a crash does not keep."""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dependency_injector import providers

from adapters.clock.schedules import next_run
from core.application.jobs import running
from core.application.jobs.running import LEASE, LEASE_LOST
from core.application.jobs.scheduled import ScheduledJob, scheduled
from core.application.jobs.states import JobState
from core.domain.schedules import Every
from entrepot.assembly.shop import Shop, prepare_shop
from entrepot.testing import TestClock
from ports.jobs import WORKER_ENDED, JobRecord, JobResult, Lease
from tests.commands import command
from tests.polling import until

pytestmark = pytest.mark.anyio

NAME = "acme.import"


class Work:
    """A job that counts its runs, and behaves as ``how`` says."""

    def __init__(self) -> None:
        self.runs = 0
        self.how: Callable[[], object] = lambda: None
        self.started = asyncio.Event()
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def __call__(self) -> None:
        self.runs += 1
        self.started.set()
        await self.goes_on.wait()
        self.how()


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def jobs(shop: Shop, clock: TestClock, work: Work) -> Shop:
    """A shop with one job, which runs each quarter of an hour."""
    job = ScheduledJob(name=NAME, every=Every(minutes=15), run=work)
    shop.scheduled_jobs.override(providers.Object(scheduled(job)))
    shop.now.override(providers.Object(clock))
    return shop


def use(shop: Shop, *jobs: ScheduledJob) -> None:
    """As if the process had started again, with other jobs."""
    known: Any = shop.scheduled_jobs()
    known.clear()
    known.update(scheduled(*jobs))


async def run_due(shop: Shop) -> float:
    """Start what is due, and wait for it. Returns the seconds until the next look."""
    await shop.register_jobs()()
    seconds = await shop.scheduler().start_due()
    await shop.scheduler().finished()
    return seconds


async def record(shop: Shop) -> JobRecord:
    (found,) = await shop.job_queries().list()
    return found


async def state(shop: Shop) -> JobState:
    (found,) = await shop.list_jobs()()
    return found.state


async def test_a_new_job_runs_at_once_and_then_at_its_interval(
    jobs: Shop, clock: TestClock, work: Work
) -> None:
    await run_due(jobs)
    clock.advance(minutes=14, seconds=50)
    assert await run_due(jobs) == 10
    assert work.runs == 1
    clock.advance(seconds=10)
    await run_due(jobs)
    assert work.runs == 2
    after = await record(jobs)
    assert (after.runs, after.last_result, after.failures) == (2, JobResult.DONE, 0)
    assert after.next_run_at == clock() + timedelta(minutes=15)


async def test_a_job_that_fails_waits_for_its_next_time_and_is_in_alarm_after_three(
    jobs: Shop, clock: TestClock, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise LookupError("a message") from KeyError("a key")

    work.how = fail
    for expected in (JobState.FAILED, JobState.FAILED, JobState.ALARM):
        assert "times in a row" not in caplog.text
        await run_due(jobs)
        await run_due(jobs)
        assert await state(jobs) is expected
        clock.advance(minutes=15)
    assert f"job failed 3 times in a row: {NAME}" in caplog.text
    assert work.runs == 3
    assert (await record(jobs)).last_error == "LookupError from KeyError"
    work.how = lambda: None
    await run_due(jobs)
    assert await state(jobs) is JobState.WAITING


async def test_a_job_that_no_worker_runs_for_three_intervals_is_in_alarm(
    jobs: Shop, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    await run_due(jobs)
    clock.advance(minutes=59)
    assert await state(jobs) is JobState.WAITING
    clock.advance(minutes=1)
    assert await state(jobs) is JobState.ALARM
    await run_due(jobs)
    assert await state(jobs) is JobState.WAITING
    assert f"job was late by three intervals: {NAME}" in caplog.text


async def test_another_worker_takes_the_job_of_a_worker_that_crashed(
    jobs: Shop, clock: TestClock, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    await jobs.register_jobs()()
    await crash(jobs, clock)
    assert await state(jobs) is JobState.RUNNING
    await run_due(jobs)
    assert work.runs == 0
    clock.advance(minutes=2)
    await run_due(jobs)
    assert work.runs == 1
    assert "the worker of a job ended during its run" in caplog.text


async def test_a_job_that_ends_its_worker_three_times_waits_for_its_next_time(
    jobs: Shop, clock: TestClock, work: Work
) -> None:
    await jobs.register_jobs()()
    for _ in range(3):
        await crash(jobs, clock)
        clock.advance(minutes=2)
    await run_due(jobs)
    assert work.runs == 0
    after = await record(jobs)
    assert (after.failures, after.last_error) == (3, WORKER_ENDED)
    assert await state(jobs) is JobState.ALARM
    clock.advance(minutes=15)
    await run_due(jobs)
    assert (work.runs, await state(jobs)) == (1, JobState.WAITING)


async def crash(shop: Shop, clock: TestClock) -> None:
    """Claim the job, and do nothing more."""
    lease = Lease(owner=shop.new_token()(), now=clock(), until=clock() + LEASE)
    assert await shop.job_leases().claim(NAME, lease, due=True)


async def test_a_long_run_keeps_its_lease_and_is_not_started_twice(
    jobs: Shop, clock: TestClock, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "HEARTBEAT_SECONDS", 0.001)
    work.goes_on.clear()
    await jobs.register_jobs()()
    await jobs.scheduler().start_due()
    await work.started.wait()
    for _ in range(3):
        clock.advance(minutes=1)
        await until(lambda: is_renewed(jobs, clock))
    assert await jobs.run_job()(jobs.scheduled_jobs()[NAME]) is None
    work.goes_on.set()
    await jobs.scheduler().finished()
    assert (work.runs, (await record(jobs)).last_result) == (1, JobResult.DONE)


async def is_renewed(shop: Shop, clock: TestClock) -> bool:
    return (await record(shop)).leased_until == clock() + LEASE


async def test_a_run_that_lost_its_lease_is_cancelled(
    jobs: Shop, clock: TestClock, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its worker was stopped for minutes, and another one took the job."""
    monkeypatch.setattr(running, "HEARTBEAT_SECONDS", 0.001)
    work.goes_on.clear()
    await jobs.register_jobs()()
    run = asyncio.create_task(jobs.run_job()(jobs.scheduled_jobs()[NAME]))
    await work.started.wait()
    in_an_hour = clock() + timedelta(hours=1)
    lease = Lease(owner="another", now=in_an_hour, until=in_an_hour + LEASE)
    assert await jobs.job_leases().claim(NAME, lease, due=True)
    ended = await run
    assert ended is not None
    assert ended.error == LEASE_LOST
    assert (await record(jobs)).leased_until == lease.until


async def test_a_run_of_a_worker_that_stops_is_done_again_at_once(jobs: Shop, work: Work) -> None:
    work.goes_on.clear()
    scheduler = asyncio.create_task(jobs.scheduler().run())
    await work.started.wait()
    scheduler.cancel()
    await asyncio.gather(scheduler, return_exceptions=True)
    work.goes_on.set()
    await run_due(jobs)
    assert (work.runs, (await record(jobs)).failures) == (2, 0)


async def test_times_that_pass_during_a_run_are_left_out(
    jobs: Shop, clock: TestClock, work: Work
) -> None:
    started = clock()
    work.how = lambda: clock.advance(minutes=40)
    await run_due(jobs)
    assert (await record(jobs)).next_run_at == started + timedelta(minutes=45)


async def test_a_new_schedule_counts_at_once(jobs: Shop, clock: TestClock) -> None:
    await run_due(jobs)
    job = jobs.scheduled_jobs()[NAME]
    use(jobs, replace(job, every=Every(cron="0 3 * * *", zone="Asia/Shanghai")))
    await jobs.register_jobs()()
    assert (await record(jobs)).next_run_at == datetime(2026, 11, 25, 19, 0, tzinfo=UTC)
    use(jobs, replace(job, version="2"))
    await jobs.register_jobs()()
    assert (await record(jobs)).next_run_at == clock()


async def test_the_job_of_a_removed_plugin_is_kept_and_not_run(
    jobs: Shop, clock: TestClock, work: Work
) -> None:
    await run_due(jobs)
    clock.advance(hours=5)
    use(jobs)
    await run_due(jobs)
    (status,) = await jobs.list_jobs()()
    assert (status.state, status.reason) == (JobState.GONE, "the plugin “acme” is gone")
    assert work.runs == 1


async def test_one_statement_finds_what_is_due(jobs: Shop, clock: TestClock, work: Work) -> None:
    await run_due(jobs)
    clock.advance(minutes=1)
    seen = await jobs.scheduler().start_due()
    assert (seen, work.runs) == (15, 1)


def test_a_cron_expression_counts_in_its_time_zone_also_when_the_clock_is_put_forward() -> None:
    every = Every(cron="30 2 * * *", zone="Europe/Berlin")
    before = datetime(2026, 3, 27, 12, tzinfo=UTC)
    days = [before]
    for _ in range(3):
        days.append(next_run(every, days[-1]))
    # On the 29th there is no half past two.
    assert [f"{day:%d %H:%M}" for day in days[1:]] == ["28 01:30", "29 01:00", "30 00:30"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"minutes": 5, "cron": "0 3 * * *"},
        {"minutes": -5},
        {"minutes": 600_000},
        {"cron": "0 0 3 * * *"},
        {"cron": "0 3 * * *", "zone": "../etc/passwd"},
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises((ValueError, LookupError)):
        Every(**wrong)  # type: ignore[arg-type]


async def test_the_commands_list_the_jobs_and_run_one_now(shop: Shop) -> None:
    ran = await command(shop, "jobs", "run", "purge-expired")
    assert (ran.exit_code, ran.output) == (0, "“purge-expired” was run.\n")
    listed = await command(shop, "jobs", "list", "--json")
    assert listed.exit_code == 0, "a job that has just been registered is not late"
    by_name = {each["name"]: each for each in json.loads(listed.output)}
    assert by_name["purge-expired"]["last_result"] == "done"
    assert by_name["sign-logs"]["state"] == "waiting"

    in_the_past = datetime.now(UTC) - timedelta(days=30)
    await shop.job_leases().register({"sign-logs": ("another schedule", in_the_past)})
    late = await command(shop, "jobs", "list")
    assert late.exit_code == 1
    assert "alarm" in late.output

    lease = Lease(owner="x", now=datetime.now(UTC), until=datetime.now(UTC) + LEASE)
    assert await shop.job_leases().claim("purge-expired", lease, due=False)
    taken = await command(shop, "jobs", "run", "purge-expired")
    assert (taken.exit_code, "already" in taken.output) == (1, True)
    unknown = await command(shop, "jobs", "run", "acme.import")
    assert unknown.exit_code == 2


async def test_every_job_of_the_shop_runs_on_an_empty_shop(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    await prepare_shop(shop)
    await run_due(shop)
    records = await shop.job_queries().list()
    assert {each.last_result for each in records} == {JobResult.DONE}, caplog.text
    assert len(records) >= 6
