"""Rate limits per client IP address, for sign-in attempts and for costly writes."""

from dataclasses import dataclass

from litestar.middleware.base import DefineMiddleware
from litestar.middleware.rate_limit import RateLimitConfig
from litestar.stores.base import NamespacedStore, Store
from litestar.stores.memory import MemoryStore

SIGN_IN = "sign_in"
WRITES = "writes"
WRITES_PER_MINUTE = 60
"""For requests that append to a ledger or send an e-mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """``shared`` counts across workers, in Redis; without it, each worker counts alone."""

    log_in_attempts_per_minute: int
    shared: NamespacedStore | None = None

    @property
    def sign_in(self) -> DefineMiddleware:
        return _per_minute(self.log_in_attempts_per_minute, SIGN_IN)

    @property
    def writes(self) -> DefineMiddleware:
        return _per_minute(WRITES_PER_MINUTE, WRITES)

    def stores(self) -> dict[str, Store]:
        return {name: self._store(name) for name in (SIGN_IN, WRITES)}

    def _store(self, name: str) -> Store:
        return MemoryStore() if self.shared is None else self.shared.with_namespace(name)


def _per_minute(requests: int, store: str) -> DefineMiddleware:
    return RateLimitConfig(rate_limit=("minute", requests), store=store).middleware
