"""Counters of this process for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Histogram

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

    def count_request(self, method: str, status: int, seconds: float) -> None:
        """An unknown method is counted as ``OTHER``, so that clients cannot add labels."""
        label = method if method in KNOWN_METHODS else "OTHER"
        self._requests.labels(label, str(status)).inc()
        self._seconds.observe(seconds)

    def count_notification(self, gateway: str, outcome: str) -> None:
        self._notifications.labels(gateway, outcome).inc()

    def count_cached_page(self) -> None:
        self._cached_pages.inc()
