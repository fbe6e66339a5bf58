"""A stolen account is defended: passwords, sessions and second factors."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from dependency_injector import providers

from adapters.mail.mailers import mailer_of
from core.application.accounts.log_in import OpenedSession, StaffNeedSecondFactor
from core.application.carts.ownership import CartOwner
from core.application.tokens import hash_token
from core.domain.accounts import LOCAL, Account, AccountKind, BadCredentials, WrongCode
from core.domain.errors import AlreadyExists, Invalid, LinkExpired, NotFound
from core.domain.identifiers import StaffId
from core.domain.staff import AUDITOR, CLERK, MANAGER, OPERATOR, LastManager
from entrepot.assembly.shop import Shop
from ports.sessions import Principal
from tests.accounts import (
    LOGIN,
    PASSWORD,
    a_member,
    a_staff_member,
    code_at,
    delivered,
    link_in,
    with_second_factor,
)
from tests.postbox import Postbox, postbox

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

NEW = "another horse"


@pytest.fixture
def box(shop: Shop) -> Iterator[Postbox]:
    with postbox() as (box, url):
        shop.mailer.override(providers.Object(mailer_of(url, "shop@example.com")))
        yield box


async def log_in(shop: Shop, password: str = PASSWORD) -> OpenedSession:
    return await shop.log_in()(LOGIN, password, CartOwner())


async def principal(shop: Shop, opened: OpenedSession) -> Principal | None:
    return await shop.account_queries().principal(hash_token(opened.token), shop.now()())


async def test_a_new_password_ends_all_other_sessions(shop: Shop) -> None:
    account = await a_member(shop)
    stolen, own = await log_in(shop), await log_in(shop)
    here = await principal(shop, own)
    assert here is not None
    assert await principal(shop, stolen) is not None
    await shop.change_password()(account, PASSWORD, NEW, here.session_id, LOCAL)
    assert await principal(shop, stolen) is None
    assert await principal(shop, own) is not None
    with pytest.raises(BadCredentials):
        await log_in(shop)
    assert (await log_in(shop, NEW)).confirmed
    with pytest.raises(BadCredentials):
        await shop.change_password()(account, PASSWORD, "third horse", here.session_id, LOCAL)


async def test_sessions_are_listed_and_ended_one_by_one_or_all(shop: Shop) -> None:
    account = await a_member(shop)
    opened = [await log_in(shop) for _ in range(3)]
    own = await principal(shop, opened[0])
    assert own is not None
    listed = await shop.list_sessions()(account, own.session_id)
    assert [each.current for each in listed].count(True) == 1
    other = next(each for each in listed if not each.current)
    await shop.end_sessions().one(account, other.id, str(account))
    with pytest.raises(NotFound):
        await shop.end_sessions().one(account, other.id, str(account))
    stranger = Account(AccountKind.STAFF, account.id)
    with pytest.raises(NotFound):
        await shop.end_sessions().one(stranger, own.session_id, str(stranger))
    assert await shop.end_sessions().all(account, str(account), own.session_id) == 1
    assert [each.current for each in await shop.list_sessions()(account, own.session_id)] == [True]


async def test_a_reset_link_works_once_and_ends_all_sessions(shop: Shop, box: Postbox) -> None:
    account = Account(
        AccountKind.CUSTOMER,
        (await a_member(replace_mailer(shop), LOGIN)).id,
    )
    opened = await log_in(shop)
    await shop.request_password_reset()(AccountKind.CUSTOMER, LOGIN, LOCAL)
    await delivered(shop)
    content = box.emails[-1].get_content()
    assert LOGIN not in content
    assert "李梅" not in content
    token = link_in(box).rpartition("/")[2]
    with pytest.raises(Invalid):
        await shop.reset_password()(token, "short", LOCAL)
    assert await shop.reset_password()(token, NEW, LOCAL) == account
    assert await principal(shop, opened) is None
    assert (await log_in(shop, NEW)).confirmed
    with pytest.raises(LinkExpired):
        await shop.reset_password()(token, "third horse", LOCAL)
    assert (await shop.account_queries().customer(account.id)).login_verified  # type: ignore[arg-type]


def replace_mailer(shop: Shop) -> Shop:
    """Register at once, as in a shop that sends no email."""
    shop.register_member.override(providers.Object(replace(shop.register_member(), mailer=None)))
    return shop


async def test_a_reset_link_expires_and_dies_with_another_change(shop: Shop, box: Postbox) -> None:
    account = await a_staff_member(shop, "boss@example.com")
    await shop.request_password_reset()(AccountKind.STAFF, "boss@example.com", LOCAL)
    await delivered(shop)
    token = link_in(box).rpartition("/")[2]
    late = replace(shop.reset_password(), now=lambda: shop.now()() + timedelta(hours=1))
    with pytest.raises(LinkExpired):
        await late(token, NEW, LOCAL)
    await shop.change_password()(account, PASSWORD, NEW, uuid4(), LOCAL)
    with pytest.raises(LinkExpired):
        await shop.reset_password()(token, "third horse", LOCAL)


async def test_a_request_for_an_unknown_account_sends_nothing(shop: Shop, box: Postbox) -> None:
    await a_member(replace_mailer(shop))
    await shop.request_password_reset()(AccountKind.CUSTOMER, "nobody@example.com", LOCAL)
    await shop.request_password_reset()(AccountKind.STAFF, LOGIN, LOCAL)
    await delivered(shop)
    assert box.emails == []
    await shop.request_password_reset()(AccountKind.CUSTOMER, LOGIN, LOCAL)
    await delivered(shop)
    assert len(box.emails) == 1


async def test_a_second_factor_is_needed_and_each_code_works_once(shop: Shop) -> None:
    account = await a_member(shop)
    secret, _ = await with_second_factor(shop, account)
    first, second = await log_in(shop), await log_in(shop)
    assert not first.confirmed
    assert await principal(shop, first) is None
    confirm = shop.confirm_member_log_in()
    with pytest.raises(WrongCode):
        await confirm(first.token, "000000x", CartOwner(), LOCAL)
    code = code_at(secret, shop.now()())
    opened = await confirm(first.token, code, CartOwner(), LOCAL)
    assert await principal(shop, opened) is not None
    assert await principal(shop, first) is None
    with pytest.raises(WrongCode):
        await confirm(second.token, code, CartOwner(), LOCAL)
    with pytest.raises(BadCredentials):
        await confirm(opened.token, code, CartOwner(), LOCAL)


async def test_a_recovery_code_replaces_a_lost_app_once(shop: Shop) -> None:
    account = await a_member(shop)
    _, codes = await with_second_factor(shop, account)
    assert len(set(codes)) == 10
    confirm = shop.confirm_member_log_in()
    opened = await log_in(shop)
    assert (await confirm(opened.token, codes[0].upper(), CartOwner(), LOCAL)).confirmed
    opened = await log_in(shop)
    with pytest.raises(WrongCode):
        await confirm(opened.token, codes[0], CartOwner(), LOCAL)
    fresh = await shop.replace_recovery_codes()(account, PASSWORD, LOCAL)
    with pytest.raises(WrongCode):
        await confirm(opened.token, codes[1], CartOwner(), LOCAL)
    assert (await confirm(opened.token, fresh[1], CartOwner(), LOCAL)).confirmed


async def test_a_confirmed_second_factor_is_not_replaced_without_the_password(shop: Shop) -> None:
    account = await a_member(shop)
    await with_second_factor(shop, account)
    with pytest.raises(AlreadyExists):
        await shop.propose_second_factor()(account)
    with pytest.raises(BadCredentials):
        await shop.remove_second_factor()(account, "wrong horse", LOCAL)
    assert not (await log_in(shop)).confirmed
    await shop.remove_second_factor()(account, PASSWORD, LOCAL)
    assert (await log_in(shop)).confirmed


async def test_a_reset_of_the_password_leaves_the_second_factor(shop: Shop, box: Postbox) -> None:
    await with_second_factor(shop, await a_member(replace_mailer(shop)))
    await shop.request_password_reset()(AccountKind.CUSTOMER, LOGIN, LOCAL)
    await delivered(shop)
    await shop.reset_password()(link_in(box).rpartition("/")[2], NEW, LOCAL)
    assert not (await log_in(shop, NEW)).confirmed


async def test_staff_set_a_required_second_factor_up_at_the_next_log_in(shop: Shop) -> None:
    account = await a_staff_member(shop, "boss@example.com")
    required = replace(shop.open_session(), staff_need_second_factor=StaffNeedSecondFactor(1))
    opened = await replace(shop.log_in_staff(), open_session=required)("boss@example.com", PASSWORD)
    assert not opened.confirmed
    assert await principal(shop, opened) is None
    await with_second_factor(shop, account)
    confirmed = await shop.confirm_log_in().after_set_up(AccountKind.STAFF, opened.token)
    assert await principal(shop, confirmed) is not None


async def test_a_dismissed_staff_member_is_out_at_once(shop: Shop) -> None:
    await a_staff_member(shop, "boss@example.com")
    clerk = await a_staff_member(shop, "clerk@example.com", CLERK)
    opened = await shop.log_in_staff()("clerk@example.com", PASSWORD)
    assert await principal(shop, opened) is not None
    await shop.manage_staff().disable(StaffId(clerk.id), OPERATOR)
    assert await principal(shop, opened) is None
    with pytest.raises(BadCredentials):
        await shop.log_in_staff()("clerk@example.com", PASSWORD)
    await shop.manage_staff().enable(StaffId(clerk.id), OPERATOR)
    assert (await shop.log_in_staff()("clerk@example.com", PASSWORD)).confirmed


async def test_the_last_manager_stays(shop: Shop) -> None:
    boss = StaffId((await a_staff_member(shop, "boss@example.com")).id)
    other = StaffId((await a_staff_member(shop, "other@example.com")).id)
    manage = shop.manage_staff()
    await manage.disable(other, OPERATOR)
    with pytest.raises(LastManager):
        await manage.disable(boss, OPERATOR)
    with pytest.raises(LastManager):
        await manage.set_role(boss, CLERK, OPERATOR)
    await manage.enable(other, OPERATOR)
    await manage.set_role(boss, AUDITOR, OPERATOR)
    roles = {each.login: each.role for each in await shop.staff_queries().list()}
    assert roles == {"boss@example.com": AUDITOR, "other@example.com": MANAGER}


async def test_the_owner_gets_an_email_when_the_password_changes(shop: Shop, box: Postbox) -> None:
    account = await a_member(replace_mailer(shop))
    await shop.change_password()(account, PASSWORD, NEW, uuid4(), LOCAL)
    await delivered(shop)
    (email,) = box.emails
    assert email["to"] == LOGIN
    assert link_in(box) == "/zh/forgot-password"
