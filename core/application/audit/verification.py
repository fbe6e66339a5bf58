"""Signs the heads of the audit logs, and verifies the logs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.application.audit.chain import CHAINS
from ports.audit import ChainedLogs
from ports.clock import Clock
from ports.signatures import Canonical, IsSigned, Sign


@dataclass(frozen=True, slots=True)
class SignHeads:
    """Sign the last entry of every log."""

    logs: ChainedLogs
    sign: Sign
    now: Clock

    async def __call__(self) -> None:
        for name in CHAINS:
            await self.logs.sign_head(name, self.sign, self.now())


@dataclass(frozen=True, slots=True)
class VerifyLog:
    """Verify every entry and every signed head of a log.

    ``exported_heads`` are heads of earlier exports, which are verified as well. Returns the
    first wrong entry number and the reason; None if the log is intact.
    """

    logs: ChainedLogs
    canonical: Canonical
    is_signed: IsSigned

    async def __call__(
        self, log: str, exported_heads: Sequence[Mapping[str, Any]] = ()
    ) -> tuple[int, str] | None:
        heads = [*await self.logs.heads(log), *exported_heads]
        return await CHAINS[log].broken_at(
            self.logs.entries(log), heads, self.canonical, self.is_signed
        )
