"""The page of the permissions is current, and says what the database has."""

import pytest

from core.domain.staff import MANAGER
from entrepot.assembly.shop import Shop
from tests.docs import permissions


def test_the_page_of_the_permissions_is_current() -> None:
    text = permissions.PAGE.read_text(encoding="utf-8")
    assert text == permissions.rendered(), "run: python -m tests.docs.permissions"


@pytest.mark.anyio
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_built_in_roles_have_what_the_page_says(shop: Shop) -> None:
    roles = {each.role.code: each.role for each in await shop.role_queries().list()}
    documented = {code: set(held) for code, _zh, _en, held in permissions.MIGRATION.BUILT_IN}
    assert {code: role.permissions for code, role in roles.items()} == documented
    assert all(role.built_in for role in roles.values())
    # Every permission of the shop, also one that a later version adds.
    assert roles[MANAGER].permissions == shop.known_permissions().shop_codes
