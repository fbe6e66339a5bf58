"""Rate limits per client, for sign-in attempts and for costly writes."""

from collections.abc import Callable
from dataclasses import dataclass

from litestar.middleware.base import DefineMiddleware
from litestar.middleware.rate_limit import RateLimitConfig
from litestar.stores.base import Store
from litestar.stores.memory import MemoryStore

from adapters.web.client_address import client_network
from adapters.web.shared_store import FallbackStore, Outage, SharedStore

SIGN_IN = "sign_in"
WRITES = "writes"
WRITES_PER_MINUTE = 60
"""For requests that append to a ledger or send an e-mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """``shared`` counts across workers, in Redis; without it, each worker counts alone."""

    log_in_attempts_per_minute: int
    shared: SharedStore | None = None

    @property
    def sign_in(self) -> DefineMiddleware:
        return _per_minute(self.log_in_attempts_per_minute, SIGN_IN)

    @property
    def writes(self) -> DefineMiddleware:
        return _per_minute(WRITES_PER_MINUTE, WRITES)

    def stores(self, report: Callable[[str, bool], None]) -> dict[str, Store]:
        """``report`` receives the name of the shared store, and whether it answers."""
        if self.shared is None:
            return {name: MemoryStore() for name in (SIGN_IN, WRITES)}
        outage = Outage(self.shared, report)
        return {name: FallbackStore(outage, name) for name in (SIGN_IN, WRITES)}


def _per_minute(requests: int, store: str) -> DefineMiddleware:
    return RateLimitConfig(
        rate_limit=("minute", requests), store=store, identifier_for_request=client_network
    ).middleware
