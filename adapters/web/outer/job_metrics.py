"""The state of the jobs of the shop, for Prometheus."""

import asyncio
from collections.abc import Iterator

import structlog
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from core.application.jobs.states import JobState, JobWatch
from ports.errors import PortError

READ_EVERY_SECONDS = 30.0

log = structlog.get_logger(__name__)


class JobMetrics(Collector):
    """Reads the last records at each scrape, without a statement."""

    def __init__(self, watch: JobWatch) -> None:
        self._watch = watch

    def describe(self) -> list[Metric]:
        """Nothing: the jobs are known later than this is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        alarm = GaugeMetricFamily(
            "entrepot_job_alarm",
            "1 if a job failed three times in a row, or did not run in three intervals",
            labels=["job"],
        )
        failures = GaugeMetricFamily(
            "entrepot_job_failures_in_a_row", "Runs that failed since a success", labels=["job"]
        )
        ended = GaugeMetricFamily(
            "entrepot_job_last_end_seconds", "End of the last run (Unix time)", labels=["job"]
        )
        runs = CounterMetricFamily("entrepot_job_runs", "Runs of a job", labels=["job"])
        for each in self._watch():
            if each.state is JobState.GONE:
                continue
            labels = [each.record.name]
            alarm.add_metric(labels, float(each.state is JobState.ALARM))
            failures.add_metric(labels, each.record.failures)
            runs.add_metric(labels, each.record.runs)
            if each.record.last_end_at is not None:
                ended.add_metric(labels, each.record.last_end_at.timestamp())
        yield from (alarm, failures, ended, runs)


async def watch_jobs(watch: JobWatch) -> None:
    """Read the records twice a minute, for the metrics. Runs until cancelled."""
    while True:
        await asyncio.sleep(READ_EVERY_SECONDS)
        try:
            await watch.refresh()
        except (SQLAlchemyError, PortError) as error:
            log.warning("cannot read the jobs", error=type(error).__name__)
