"""`entrepot jobs`: list the jobs, and run one now."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table

from adapters.cli.output import json_option
from adapters.cli.shop import Assembly, pass_assembly, run, run_prepared
from core.application.jobs.running import RegisterJobs, RunJob
from core.application.jobs.scheduled import ScheduledJobs
from core.application.jobs.states import JobState, JobStatus, ListJobs


@dataclass(frozen=True, slots=True)
class JobCommands:
    jobs: ScheduledJobs
    list_jobs: ListJobs
    register: RegisterJobs
    run_job: RunJob


@click.group()
def jobs() -> None:
    """List the jobs that the shop runs by itself, and run one now."""


@jobs.command("list")
@json_option
@pass_assembly
def list_command(assembly: Assembly, as_json: bool) -> None:
    """List all jobs. Exits with 1 if one is in alarm.

    A job is in alarm after three failures in a row, or if it did not run in three intervals.
    """

    async def work(parts: JobCommands) -> Sequence[JobStatus]:
        return await parts.list_jobs()

    rows = run(assembly, JobCommands, work)
    if as_json:
        click.echo(json.dumps([_json_of(row) for row in rows], ensure_ascii=False))
    else:
        table = Table("Name", "Schedule", "State", "Last end", "Next run", "Reason", box=None)
        for row in rows:
            record = row.record
            moments = (_text_of(record.last_end_at), _text_of(record.next_run_at))
            table.add_row(record.name, record.schedule, row.state, *moments, row.reason)
        Console(width=200).print(table)
    if any(row.state is JobState.ALARM for row in rows):
        raise click.exceptions.Exit(1)


@jobs.command("run")
@click.argument("name")
@pass_assembly
def run_command(assembly: Assembly, name: str) -> None:
    """Run the job NAME now. Exits with 1 if it fails, or if a worker runs it already.

    The job of a plugin is called PLUGIN.NAME.
    """

    async def work(parts: JobCommands) -> str:
        if name not in parts.jobs:
            known = ", ".join(sorted(parts.jobs))
            raise click.UsageError(f"There is no job “{name}”. Choose one of {known}.")
        await parts.register()
        ended = await parts.run_job(parts.jobs[name], due=False)
        if ended is None:
            return f"A worker runs “{name}” already. Try again later."
        return ended.error and f"“{name}” failed: {ended.error}. The log has more."

    if problem := run_prepared(assembly, JobCommands, work):
        raise click.ClickException(problem)
    click.echo(f"“{name}” was run.")


def _json_of(status: JobStatus) -> dict[str, object]:
    record = asdict(status.record).items()
    values = {key: each.isoformat() if isinstance(each, datetime) else each for key, each in record}
    return {**values, "state": status.state, "reason": status.reason}


def _text_of(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC") if moment else ""
