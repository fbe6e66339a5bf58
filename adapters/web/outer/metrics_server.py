"""Serves the metrics of this process on a port of its own, which no visitor reaches."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
from prometheus_client import CollectorRegistry, start_http_server

MOST_PROCESSES = 64
"""As many as `entrepot serve` starts."""

log = structlog.get_logger(__name__)


@contextmanager
def metrics_served(registry: CollectorRegistry, address: str) -> Iterator[None]:
    """Listen on ``host:port``, or on the next free port: each process of a server has its own.

    The shop does not need its metrics, so a port that cannot be used is an error in the log.
    """
    host, _, first = address.rpartition(":")
    for port in range(int(first), int(first) + MOST_PROCESSES):
        with suppress(OSError):
            server, thread = start_http_server(port, host.strip("[]"), registry)
            break
    else:
        log.error("metrics cannot be served", address=address)
        yield
        return
    log.info("metrics are served", host=host, port=port)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
