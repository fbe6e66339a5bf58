"""A random walk: whatever the order of the steps, the books are right after each of them."""

import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from core.domain.errors import DomainError
from core.domain.ledger.transfers import Transfer
from entrepot.testing.ledger.samples import (
    LATER,
    NOW,
    a_refund,
    a_transfer,
    accounts_with,
    check_books,
)
from ports.unit_of_work import UnitOfWork, UnitsOfWork

STEPS = 80
STEP = timedelta(days=1)


class WalkCases:
    async def test_random_steps_keep_the_books(self, units: UnitsOfWork) -> None:
        dice = random.Random(20261127)  # noqa: S311 -- not a secret
        member, shop = await accounts_with(units, 50)
        own = {account.id: account for account in (member, shop)}
        held: list[Transfer] = []
        posted: list[Transfer] = []

        async def step(unit: UnitOfWork, number: int) -> None:
            now, count = NOW + number * STEP, dice.randint(1, 40)
            match dice.randrange(7):
                case 0:
                    expires_at = dice.choice([None, now + dice.randint(1, 20) * STEP])
                    given = a_transfer(shop, member, count, at=now, expires_at=expires_at)
                    posted.append(await unit.transfers.transfer(given))
                case 1:
                    spent = a_transfer(member, shop, count, at=now)
                    posted.append(await unit.transfers.transfer(spent))
                case 2:
                    held.append(await unit.transfers.hold(a_transfer(member, shop, count), LATER))
                case 3:
                    await unit.transfers.post(_one_of(dice, held).id, now)
                case 4:
                    await unit.transfers.void(_one_of(dice, held).id, now)
                case 5:
                    original = _one_of(dice, posted)
                    payer, receiver = (own[line.account_id] for line in original.lines)
                    back = a_refund(payer, receiver, original, count, now)
                    posted.append(await unit.transfers.transfer(back))
                case _:
                    expired = await unit.ledger_expiry.lock_expired_units(member.id, now)
                    if expired:
                        ended = a_transfer(member, shop, expired, at=now)
                        await unit.transfers.transfer(ended, overdraw=True)

        for number in range(STEPS):
            with suppress(DomainError):
                async with units() as unit:
                    await step(unit, number)
                    await unit.commit()
            await check_books(units, member, shop)
        assert len(posted) > STEPS // 4


def _one_of(dice: random.Random, transfers: Sequence[Transfer]) -> Transfer:
    """Raises `DomainError` if there is none."""
    if not transfers:
        raise DomainError
    return dice.choice(transfers)
