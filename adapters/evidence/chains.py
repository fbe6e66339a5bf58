"""The shop's logs, with the keys that sign them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.database.engine import Database
from adapters.evidence.chain import CHAINS
from adapters.keys.vault import Vault
from ports.clock import Clock


@dataclass(frozen=True, slots=True)
class SqlHashChains:
    database: Database
    vault: Vault
    now: Clock

    async def length(self, log: str) -> int:
        return await CHAINS[log].length(self.database)

    def entries(self, log: str) -> AsyncIterator[Mapping[str, Any]]:
        return CHAINS[log].entries(self.database)

    async def broken_at(
        self, log: str, heads: Sequence[Mapping[str, Any]]
    ) -> tuple[int, str] | None:
        key = self.vault.keyring.signer.public_key()
        known = [*await CHAINS[log].heads(self.database), *heads]
        return await CHAINS[log].broken_at(self.entries(log), known, key)

    async def sign_head(self, log: str) -> Mapping[str, Any] | None:
        await CHAINS[log].sign_head(self.database, self.vault.keyring.signer, self.now())
        heads = await CHAINS[log].heads(self.database)
        return heads[-1] if heads else None
