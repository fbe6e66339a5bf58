"""Accounts of the tests, and the codes of their authenticator apps."""

import re
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from core.application.customers.registration import Registration
from core.domain.accounts import LOCAL, Account, AccountKind
from core.domain.identifiers import CustomerId
from core.domain.staff import MANAGER, RoleCode
from entrepot.assembly.shop import Shop
from tests.postbox import Postbox

LOGIN, PASSWORD = "mei@example.com", "correct horse"
LINK = re.compile(r"http://[^/]+(/\S+)")


async def a_member(shop: Shop, login: str = LOGIN, password: str = PASSWORD) -> Account:
    registration = Registration(
        login=login, password=password, name="李梅", language="zh", old_enough=True
    )
    customer_id: CustomerId = await shop.register_member()(registration)
    return Account(AccountKind.CUSTOMER, customer_id)


async def a_staff_member(shop: Shop, login: str, role: RoleCode = MANAGER) -> Account:
    return Account(AccountKind.STAFF, await shop.add_staff()(login, PASSWORD, "林", role))


def code_at(secret: bytes, now: datetime) -> str:
    totp = TOTP(secret, 6, SHA1(), 30)  # noqa: S303 -- RFC 6238
    return totp.generate(int(now.timestamp())).decode()


async def with_second_factor(shop: Shop, account: Account) -> tuple[bytes, tuple[str, ...]]:
    """The secret and the recovery codes. The code of the present step is used."""
    await shop.propose_second_factor()(account)
    async with shop.account_units()() as unit:
        factor = await unit.second_factors.find(account)
    assert factor is not None
    code = code_at(factor.secret, shop.now()() - timedelta(seconds=30))
    return factor.secret, await shop.confirm_second_factor()(account, code, LOCAL)


async def delivered(shop: Shop) -> None:
    """Deliver all events, emails too."""
    await shop.relay_events().drain()
    await shop.deliver_events().drain()


def link_in(box: Postbox) -> str:
    """The path of the link in the last email."""
    (path,) = LINK.findall(box.emails[-1].get_content())
    return str(path)
