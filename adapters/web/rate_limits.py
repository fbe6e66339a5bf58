"""How often one address may do what is worth guessing, or costs something."""

from dataclasses import dataclass

from litestar.middleware.base import DefineMiddleware
from litestar.middleware.rate_limit import RateLimitConfig
from litestar.stores.base import NamespacedStore, Store
from litestar.stores.memory import MemoryStore

SIGN_IN = "sign_in"
WRITES = "writes"
WRITES_PER_MINUTE = 60
"""For what writes to a ledger, or sends an e-mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """``shared`` counts for all workers; without it each worker counts for itself."""

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


def _per_minute(count: int, store: str) -> DefineMiddleware:
    return RateLimitConfig(rate_limit=("minute", count), store=store).middleware
