"""Signing in and out."""

from dataclasses import dataclass
from datetime import timedelta

from core.application.carts.ownership import CartOwner, find_cart
from core.application.retries import retrying
from core.application.tokens import hash_token
from core.domain.errors import BadCredentials, BeingErased
from core.domain.identifiers import CustomerId
from ports.clock import Clock, NewToken
from ports.security import Passwords
from ports.sessions import AccountKind, AccountQueries, Session
from ports.unit_of_work import UnitOfWork, UnitsOfWork

MEMBER_STAYS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LogIn:
    """Open a session for a member; the guest's cart becomes the member's.

    Raises `BadCredentials` in the same time and words whether the login exists or not.
    """

    units: UnitsOfWork
    account_queries: AccountQueries
    passwords: Passwords
    now: Clock
    new_token: NewToken

    async def __call__(self, login: str, password: str, guest: CartOwner) -> str:
        customer = await self.account_queries.find_customer(login)
        kept = customer.password_hash if customer else ""
        if not await self.passwords.verify(password, kept) or customer is None:
            raise BadCredentials
        if customer.frozen:
            raise BeingErased
        token = self.new_token()

        async def enter() -> None:
            async with self.units() as unit:
                await unit.sessions.add(
                    Session(
                        token_hash=hash_token(token),
                        account_kind=AccountKind.CUSTOMER,
                        account_id=customer.id,
                        expires_at=self.now() + MEMBER_STAYS,
                    )
                )
                await self._adopt(unit, customer.id, guest)
                await unit.commit()

        await retrying(enter)
        return token

    async def _adopt(self, unit: UnitOfWork, customer_id: CustomerId, guest: CartOwner) -> None:
        theirs = await find_cart(unit.carts, CartOwner(token=guest.token))
        if theirs is None or theirs.customer_id is not None:
            return
        mine = await unit.carts.find_by_customer(customer_id)
        if mine is None:
            theirs.customer_id = customer_id
            theirs.token_hash = hash_token(self.new_token())
            await unit.carts.save(theirs)
            return
        mine.merge_guest_cart(theirs)
        mine.updated_at = self.now()
        await unit.carts.remove(theirs)
        await unit.carts.save(mine)


@dataclass(frozen=True, slots=True)
class ConfirmPassword:
    """Make sure that it is the member who sits there. Raises `BadCredentials`."""

    account_queries: AccountQueries
    passwords: Passwords

    async def __call__(self, customer_id: CustomerId, password: str) -> None:
        customer = await self.account_queries.customer(customer_id)
        if not await self.passwords.verify(password, customer.password_hash):
            raise BadCredentials


@dataclass(frozen=True, slots=True)
class LogOut:
    """End a session; the token is worthless from then on."""

    units: UnitsOfWork

    async def __call__(self, token: str) -> None:
        async with self.units() as unit:
            await unit.sessions.remove(hash_token(token))
            await unit.commit()


@dataclass(frozen=True, slots=True)
class PurgeSessions:
    """Drop the log-ins that have ended; how many."""

    units: UnitsOfWork
    now: Clock

    async def __call__(self) -> int:
        async with self.units() as unit:
            gone = await unit.sessions.purge(self.now())
            await unit.commit()
        return gone
