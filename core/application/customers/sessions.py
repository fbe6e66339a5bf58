"""Logs members in and out."""

from dataclasses import dataclass

from core.application.accounts.log_in import OpenedSession, OpenSession
from core.application.accounts.passwords import CheckPassword
from core.application.accounts.second_factors import ConfirmLogIn
from core.application.carts.ownership import CartOwner, find_cart
from core.application.purges import purge_all
from core.application.retries import retried, retrying
from core.application.tokens import hash_token
from core.domain.accounts import LOCAL, Account, AccountKind, BeingErased, Caller
from core.domain.identifiers import CustomerId
from ports.accounts import AccountUnitsOfWork
from ports.clock import Clock, NewToken
from ports.unit_of_work import UnitOfWork, UnitsOfWork


@dataclass(frozen=True, slots=True)
class MergeCart:
    """Give a guest's cart to a member who logs in, in their unit of work."""

    now: Clock
    new_token: NewToken

    async def __call__(self, unit: UnitOfWork, customer_id: CustomerId, guest: CartOwner) -> None:
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
class LogIn:
    """Open a session for a member, and merge the guest's cart.

    Raises:
        BadCredentials: after the same time and with the same text whether the log-in exists or not.
        BeingErased: an erasure of the account has begun.
        TooManyAttempts: the caller must wait.
    """

    units: AccountUnitsOfWork
    check_password: CheckPassword
    open_session: OpenSession
    merge_cart: MergeCart

    async def __call__(
        self, login: str, password: str, guest: CartOwner, caller: Caller = LOCAL
    ) -> OpenedSession:
        found = await self.check_password.by_login(AccountKind.CUSTOMER, login, password, caller)
        if found.blocked:
            raise BeingErased

        async def log_in() -> OpenedSession:
            async with self.units() as unit:
                opened = await self.open_session(unit, found, caller)
                if opened.confirmed:
                    await self.merge_cart(unit, CustomerId(found.account.id), guest)
                await unit.commit()
            return opened

        return await retrying(log_in)


@dataclass(frozen=True, slots=True)
class ConfirmMemberLogIn:
    """Second step of a member's log-in: the code. Then the guest's cart is merged.

    Raises: as `ConfirmLogIn`.
    """

    units: UnitsOfWork
    confirm_log_in: ConfirmLogIn
    merge_cart: MergeCart

    async def __call__(
        self, token: str, code: str, guest: CartOwner, caller: Caller
    ) -> OpenedSession:
        session = await self.confirm_log_in.waiting(AccountKind.CUSTOMER, token)
        opened = await self.confirm_log_in(AccountKind.CUSTOMER, token, code, caller)

        async def merge() -> None:
            async with self.units() as unit:
                await self.merge_cart(unit, CustomerId(session.account.id), guest)
                await unit.commit()

        await retrying(merge)
        return opened


@dataclass(frozen=True, slots=True)
class ConfirmPassword:
    """Verify the password of a logged-in member again.

    Raises:
        BadCredentials: it is wrong.
        TooManyAttempts: the caller must wait.
    """

    check_password: CheckPassword

    async def __call__(
        self, customer_id: CustomerId, password: str, caller: Caller = LOCAL
    ) -> None:
        account = Account(AccountKind.CUSTOMER, customer_id)
        await self.check_password.of(account, password, caller)


@dataclass(frozen=True, slots=True)
class LogOut:
    """End a session. An unknown token is ignored."""

    units: UnitsOfWork

    @retried
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
        return await purge_all(self._purge_batch)

    @retried
    async def _purge_batch(self) -> int:
        async with self.units() as unit:
            purged = await unit.sessions.purge(self.now())
            await unit.commit()
        return purged
