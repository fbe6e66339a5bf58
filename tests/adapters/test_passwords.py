"""Passwords are hashed with the parameters of RFC 9106."""

import pytest

from adapters.security.passwords import Argon2Passwords
from entrepot.testing.shop.opening import quick_passwords

pytestmark = pytest.mark.anyio


async def test_passwords_are_hashed_with_the_parameters_of_the_rfc() -> None:
    passwords = Argon2Passwords()
    hashed = await passwords.hash("correct horse")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert hashed != await passwords.hash("correct horse")
    assert await passwords.verify("correct horse", hashed)
    assert not await passwords.verify("wrong horse", hashed)


async def test_no_password_is_valid_for_an_unknown_account() -> None:
    passwords = quick_passwords()
    assert not await passwords.verify("unknown account", "")
    assert not await passwords.verify("anything", "no hash")
