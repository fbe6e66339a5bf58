"""The leases of jobs: one guarded statement gives each run to one worker."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Update, bindparam, case, or_, select, update

from adapters.database.engine import Database
from adapters.database.statements import upsert
from adapters.database.tables.jobs import jobs
from ports.jobs import WORKER_ENDED, JobEnd, JobRecord, JobResult, Lease

ALL = select(jobs).order_by(jobs.c.name)
OF_NAME = jobs.c.name == bindparam("of_name")
OF_OWNER = OF_NAME & (jobs.c.lease_owner == bindparam("owner"))
IS_FREE = or_(jobs.c.leased_until.is_(None), jobs.c.leased_until <= bindparam("now"))
IS_LOST = jobs.c.lease_owner != ""
CLAIMED = {
    "lease_owner": bindparam("owner"),
    "leased_until": bindparam("until"),
    "last_start_at": bindparam("now"),
    "runs": jobs.c.runs + 1,
    "failures": case((IS_LOST, jobs.c.failures + 1), else_=jobs.c.failures),
    "last_error": case((IS_LOST, WORKER_ENDED), else_=jobs.c.last_error),
    "last_result": case(
        (IS_LOST, JobResult.LOST),
        (jobs.c.last_result == JobResult.LOST, JobResult.FAILED),
        else_=jobs.c.last_result,
    ),
}
CLAIM = update(jobs).where(OF_NAME, IS_FREE).values(CLAIMED).returning(*jobs.c)
CLAIM_DUE = (
    update(jobs)
    .where(OF_NAME, IS_FREE, jobs.c.next_run_at <= bindparam("now"))
    .values(CLAIMED)
    .returning(*jobs.c)
)
RENEW = update(jobs).where(OF_OWNER).values(leased_until=bindparam("until"))
RELEASE = update(jobs).where(OF_OWNER).values(lease_owner="", leased_until=None)
FINISH = (
    update(jobs)
    .where(OF_OWNER)
    .values(
        lease_owner="",
        leased_until=None,
        next_run_at=bindparam("next"),
        last_end_at=bindparam("at"),
        last_result=bindparam("result"),
        last_error=bindparam("error"),
        failures=bindparam("in_a_row"),
    )
)
RESCHEDULE = (
    update(jobs)
    .where(OF_NAME, jobs.c.schedule == bindparam("known"))
    .values(schedule=bindparam("new"), next_run_at=bindparam("next"))
)
NEW = {
    "lease_owner": "",
    "leased_until": None,
    "last_start_at": None,
    "last_end_at": None,
    "last_result": JobResult.NONE,
    "last_error": "",
    "failures": 0,
    "runs": 0,
}


@dataclass(frozen=True, slots=True)
class SqlJobLeases:
    """Implements `ports.jobs.JobLeases` and `ports.jobs.JobQueries`."""

    database: Database

    async def list(self) -> tuple[JobRecord, ...]:
        async with self.database.reads.connect() as connection:
            rows = (await connection.execute(ALL)).all()
        return tuple(map(_record, rows))

    async def register(self, schedules: Mapping[str, tuple[str, datetime]]) -> None:
        known = {each.name: each.schedule for each in await self.list()}
        changed = {name: entry for name, entry in schedules.items() if known.get(name) != entry[0]}
        if not changed:
            return
        async with self.database.writes.begin() as connection:
            for name, (schedule, next_run_at) in sorted(changed.items()):
                if name in known:
                    values = {"known": known[name], "new": schedule, "next": next_run_at}
                    await connection.execute(RESCHEDULE, {"of_name": name, **values})
                else:
                    row = {"name": name, "schedule": schedule, "next_run_at": next_run_at, **NEW}
                    insert = upsert(connection, jobs).values(row)
                    await connection.execute(insert.on_conflict_do_nothing())

    async def claim(self, name: str, lease: Lease, *, due: bool) -> JobRecord | None:
        statement = CLAIM_DUE if due else CLAIM
        values = {"of_name": name, "owner": lease.owner, "now": lease.now, "until": lease.until}
        async with self.database.writes.begin() as connection:
            row = (await connection.execute(statement, values)).first()
        return None if row is None else _record(row)

    async def renew(self, name: str, lease: Lease) -> bool:
        return await self._changed(
            RENEW, {"of_name": name, "owner": lease.owner, "until": lease.until}
        )

    async def finish(self, name: str, owner: str, end: JobEnd) -> bool:
        return await self._changed(
            FINISH,
            {
                "of_name": name,
                "owner": owner,
                "next": end.next_run_at,
                "at": end.at,
                "result": JobResult.FAILED if end.error else JobResult.DONE,
                "error": end.error,
                "in_a_row": end.failures,
            },
        )

    async def release(self, name: str, owner: str) -> None:
        await self._changed(RELEASE, {"of_name": name, "owner": owner})

    async def _changed(self, statement: Update, values: dict[str, object]) -> bool:
        async with self.database.writes.begin() as connection:
            return (await connection.execute(statement, values)).rowcount > 0


def _record(row: Row[tuple[object, ...]]) -> JobRecord:
    return JobRecord(
        name=row.name,
        schedule=row.schedule,
        next_run_at=row.next_run_at,
        leased_until=row.leased_until,
        last_start_at=row.last_start_at,
        last_end_at=row.last_end_at,
        last_result=JobResult(row.last_result),
        last_error=row.last_error,
        failures=row.failures,
        runs=row.runs,
    )
