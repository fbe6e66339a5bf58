"""Logs members in and out."""

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

MEMBER_SESSION_LIFETIME = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LogIn:
    """Open a session for a member, and merge the guest's cart. Returns the session token.

    Raises:
        BadCredentials: after the same time and with the same text whether the log-in exists or not.
        BeingErased: an erasure of the account has begun.
    """

    units: UnitsOfWork
    account_queries: AccountQueries
    passwords: Passwords
    now: Clock
    new_token: NewToken

    async def __call__(self, login: str, password: str, guest: CartOwner) -> str:
        customer = await self.account_queries.find_customer(login)
        # Without an account, an empty hash is verified: both cases take the same time.
        password_hash = customer.password_hash if customer else ""
        if not await self.passwords.verify(password, password_hash) or customer is None:
            raise BadCredentials
        if customer.frozen:
            raise BeingErased
        token = self.new_token()

        async def open_session() -> None:
            async with self.units() as unit:
                await unit.sessions.add(
                    Session(
                        token_hash=hash_token(token),
                        account_kind=AccountKind.CUSTOMER,
                        account_id=customer.id,
                        expires_at=self.now() + MEMBER_SESSION_LIFETIME,
                    )
                )
                await self._merge_cart(unit, customer.id, guest)
                await unit.commit()

        await retrying(open_session)
        return token

    async def _merge_cart(
        self, unit: UnitOfWork, customer_id: CustomerId, guest: CartOwner
    ) -> None:
        guest_cart = await find_cart(unit.carts, CartOwner(token=guest.token))
        if guest_cart is None:
            return
        cart = await unit.carts.find_by_customer(customer_id)
        if cart is None:
            guest_cart.customer_id = customer_id
            guest_cart.token_hash = hash_token(self.new_token())
            await unit.carts.save(guest_cart)
            return
        cart.merge_guest_cart(guest_cart)
        cart.updated_at = self.now()
        await unit.carts.remove(guest_cart)
        await unit.carts.save(cart)


@dataclass(frozen=True, slots=True)
class ConfirmPassword:
    """Verify the password of a logged-in member again. Raises `BadCredentials`."""

    account_queries: AccountQueries
    passwords: Passwords

    async def __call__(self, customer_id: CustomerId, password: str) -> None:
        customer = await self.account_queries.customer(customer_id)
        if not await self.passwords.verify(password, customer.password_hash):
            raise BadCredentials


@dataclass(frozen=True, slots=True)
class LogOut:
    """End a session. An unknown token is ignored."""

    units: UnitsOfWork

    async def __call__(self, token: str) -> None:
        async with self.units() as unit:
            await unit.sessions.remove(hash_token(token))
            await unit.commit()


@dataclass(frozen=True, slots=True)
class PurgeSessions:
    """Delete expired sessions. Returns the number of sessions."""

    units: UnitsOfWork
    now: Clock

    async def __call__(self) -> int:
        async with self.units() as unit:
            purged = await unit.sessions.purge(self.now())
            await unit.commit()
        return purged
