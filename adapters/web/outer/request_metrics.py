"""Counters of this process for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

KNOWN_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class RequestMetrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "entrepot_requests", "Requests answered", ["method", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "entrepot_request_seconds", "Time to answer", registry=self.registry
        )
        self._notifications = Counter(
            "entrepot_notifications",
            "Notifications of gateways",
            ["gateway", "outcome"],
            registry=self.registry,
        )
        self._cached_pages = Counter(
            "entrepot_cached_pages", "Pages answered from memory", registry=self.registry
        )

        self._files = Counter(
            "entrepot_files", "Pictures and static files sent", ["status"], registry=self.registry
        )
        self._shed = Counter(
            "entrepot_shed_requests",
            "Requests refused because the process had too many",
            registry=self.registry,
        )
        self._shared_stores = Gauge(
            "entrepot_shared_store_up",
            "Whether a store that workers share answers",
            ["store"],
            registry=self.registry,
        )

    def count_request(self, method: str, status: int, seconds: float) -> None:
        """An unknown method is counted as ``OTHER``, so that clients cannot add labels."""
        label = method if method in KNOWN_METHODS else "OTHER"
        self._requests.labels(label, str(status)).inc()
        self._seconds.observe(seconds)

    def count_notification(self, gateway: str, outcome: str) -> None:
        self._notifications.labels(gateway, outcome).inc()

    def count_cached_page(self) -> None:
        self._cached_pages.inc()

    def count_file(self, status: int) -> None:
        self._files.labels(str(status)).inc()

    def count_shed_request(self) -> None:
        self._shed.inc()

    def set_shared_store(self, name: str, up: bool) -> None:  # noqa: FBT001 -- the value of a gauge
        self._shared_stores.labels(name).set(up)
