"""Health and calls of the plugins of this process, for Prometheus."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ports.plugins import PluginReport

UNHEALTHY = {"refused", "failing", "quarantined"}


class PluginMetrics(Collector):
    """Reads the report at each scrape. It keeps no counters of its own."""

    def __init__(self, report: PluginReport) -> None:
        self._report = report

    def describe(self) -> list[Metric]:
        """Nothing: the plugins are loaded later than this is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        healthy = GaugeMetricFamily(
            "entrepot_plugin_healthy",
            "1 if a plugin is loaded and its last call did not fail",
            labels=["plugin", "state"],
        )
        calls = CounterMetricFamily(
            "entrepot_plugin_calls", "Calls of plugins", labels=["plugin", "purpose"]
        )
        failures = CounterMetricFamily(
            "entrepot_plugin_failures", "Calls of plugins that failed", labels=["plugin", "purpose"]
        )
        blocked = CounterMetricFamily(
            "entrepot_plugin_blocked_threads",
            "Threads that a plugin blocked",
            labels=["plugin", "purpose"],
        )
        for plugin in self._report():
            healthy.add_metric([plugin.name, plugin.state], float(plugin.state not in UNHEALTHY))
            for each in plugin.activity:
                labels = [plugin.name, each.purpose]
                calls.add_metric(labels, each.calls)
                failures.add_metric(labels, each.failures)
                blocked.add_metric(labels, each.blocked)
        yield from (healthy, calls, failures, blocked)
