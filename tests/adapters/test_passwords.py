"""Passwords are kept with the parameters of RFC 9106."""

import pytest

from adapters.security.passwords import Argon2Passwords
from tests.quick import cheap_passwords

pytestmark = pytest.mark.anyio


async def test_a_shop_keeps_passwords_with_the_parameters_of_the_rfc() -> None:
    passwords = Argon2Passwords()
    kept = await passwords.hash("correct horse")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert kept != await passwords.hash("correct horse")
    assert await passwords.verify("correct horse", kept)
    assert not await passwords.verify("wrong horse", kept)


async def test_nobody_without_an_account_is_let_in() -> None:
    passwords = cheap_passwords()
    assert not await passwords.verify("nobody has this password", "")
    assert not await passwords.verify("anything", "no hash")
