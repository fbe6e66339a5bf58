"""One TLS context for all outgoing connections: loading the certificates takes 50 ms."""

import ssl
from functools import cache

import httpx


@cache
def tls_context() -> ssl.SSLContext:
    """Contexts are safe to share between threads and event loops."""
    return httpx.create_ssl_context()
