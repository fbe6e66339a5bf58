"""Counters of quotas, in shards, and counters of their use by one person."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.clock.system import new_id
from adapters.database.claims.persons import person_index
from adapters.database.claims.statements import GIVE_USE_BACK, TAKE, TAKEN, USE, USED
from adapters.database.statements import upsert
from adapters.database.tables.claims import quota_uses, quotas
from core.domain.claims import Claim, ClaimRefused, Excess, PersonalClaimRefused, shard_limit
from core.domain.identifiers import OrderId
from ports.clock import Clock
from ports.encryption import Encryption


@dataclass(frozen=True, slots=True)
class Part:
    """Units of one counter.

    ``shard`` is None without a limit for all, ``use_id`` without one for each person.
    """

    units: int
    shard: int | None = None
    use_id: UUID | None = None


class SqlQuotas:
    def __init__(self, connection: AsyncConnection, vault: Encryption, now: Clock) -> None:
        self._connection = connection
        self._vault = vault
        self._now = now

    async def use(self, claim: Claim, order_id: OrderId) -> list[Part]:
        """Count the use of the person.

        Returns the part that the first shard of the order should have; none if all is cut.
        Raises `PersonalClaimRefused`.
        """
        shard = None if claim.limit is None else order_id.int % claim.shards
        units, use_id = claim.amount, None
        if claim.per_person is not None:
            units, use_id = await self._use(claim, claim.per_person)
        return [Part(units, shard, use_id)] if units else []

    async def take(self, claim: Claim, expected: list[Part]) -> list[Part]:
        """Take what `use` returned, of other shards where the first one has too little.

        Raises `ClaimRefused`. What is cut is no use of the person.
        """
        if claim.limit is None or not expected:
            return expected
        (part,) = expected
        if await self._take(claim, part):
            return expected
        await self._add_shards(claim)
        parts = await self._take_parts(claim, part)
        left = part.units - sum(each.units for each in parts)
        if left and claim.excess is Excess.REFUSED:
            raise ClaimRefused(claim, part.units - left)
        if left and part.use_id is not None:
            await self._connection.execute(GIVE_USE_BACK, {"of_use": part.use_id, "units": left})
        return parts

    async def _use(self, claim: Claim, most: int) -> tuple[int, UUID | None]:
        units = claim.amount
        person = person_index(self._vault, claim.person)
        values = {"of_key": claim.quota, "of_person": person, "most": most}
        while units > 0:
            use_id = await self._connection.scalar(USE, {**values, "units": units})
            if use_id is not None:
                return units, use_id
            await self._add_use(claim, person)
            room = most - int(await self._connection.scalar(USED, values) or 0)
            if room < units and claim.excess is Excess.REFUSED:
                raise PersonalClaimRefused(claim, max(room, 0))
            units = min(units, room)
        return 0, None

    async def _take_parts(self, claim: Claim, wanted: Part) -> list[Part]:
        """Each round takes from the shard that has the most of what is needed.

        Of equal ones the next in the circle, so that buyers of the last units spread.
        """
        parts: list[Part] = []
        left = wanted.units
        while left:
            rows = await self._connection.execute(TAKEN, {"of_key": claim.quota})
            room, distance = max(
                (
                    min(left, _limit(claim, row.shard) - row.taken),
                    -((row.shard - (wanted.shard or 0)) % claim.shards),
                )
                for row in rows
            )
            if room <= 0:
                break
            shard = ((wanted.shard or 0) - distance) % claim.shards
            part = replace(wanted, units=room, shard=shard)
            if await self._take(claim, part):
                parts.append(part)
                left -= room
        return parts

    async def _take(self, claim: Claim, part: Part) -> bool:
        values = {"of_key": claim.quota, "of_shard": part.shard, "units": part.units}
        taken = await self._connection.execute(
            TAKE, {**values, "most": _limit(claim, part.shard or 0)}
        )
        return taken.rowcount == 1

    async def _add_shards(self, claim: Claim) -> None:
        await self._add(
            quotas,
            [
                {"key": claim.quota, "shard": shard, "limit": _limit(claim, shard), "taken": 0}
                for shard in range(claim.shards)
            ],
        )

    async def _add_use(self, claim: Claim, person: bytes) -> None:
        values = {"id": new_id(), "key": claim.quota, "person": person, "taken": 0}
        await self._add(quota_uses, [{**values, "begun_at": self._now()}])

    async def _add(self, table: Any, rows: list[dict[str, Any]]) -> None:
        """Insert the rows that are missing. Concurrent callers of the same rows wait."""
        await self._connection.execute(
            upsert(self._connection, table).on_conflict_do_nothing(), rows
        )


def _limit(claim: Claim, shard: int) -> int:
    return shard_limit(claim.limit or 0, claim.shards, shard)
