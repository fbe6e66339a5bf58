"""A member's name, log-in, password and address book."""

from uuid import uuid4

import pytest

from core.domain.customers import MAX_ADDRESSES, AddressBookEntry, Customer
from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import AddressId, CustomerId
from core.domain.passwords import check_password
from tests.factories import ADDRESS, NOW


def a_customer(**changes: object) -> Customer:
    values: dict[str, object] = {
        "id": CustomerId(uuid4()),
        "login": "mei@example.com",
        "password_hash": "x",
        "name": "李梅",
        "language": "zh",
        "registered_at": NOW,
    }
    return Customer(**{**values, **changes})  # type: ignore[arg-type]


def an_entry() -> AddressBookEntry:
    return AddressBookEntry(id=AddressId(uuid4()), address=ADDRESS)


@pytest.mark.parametrize("password", ["", "1234567", "x" * 129])
def test_a_password_of_another_length_is_refused(password: str) -> None:
    with pytest.raises(Invalid):
        check_password(password)
    check_password("12345678")
    check_password("x" * 128)


@pytest.mark.parametrize("login", ["", "mei", "mei@example", "13800138000", "a" * 250 + "@b.cn"])
def test_a_login_is_an_email_address_or_a_mobile_number(login: str) -> None:
    with pytest.raises(Invalid, match="email address"):
        a_customer(login=login)


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_name_is_short_and_not_empty(name: str) -> None:
    with pytest.raises(Invalid, match="name"):
        a_customer(name=name)


def test_a_new_login_is_unverified() -> None:
    customer = a_customer(login_verified=True)
    customer.correct({"name": "李美"})
    assert (customer.name, customer.login_verified) == ("李美", True)
    customer.correct({"login": "+8613800138000"})
    assert (customer.login, customer.login_verified) == ("+8613800138000", False)
    with pytest.raises(Invalid):
        customer.correct({"login": "no address"})


def test_the_latest_address_is_the_default_until_another_is_preferred() -> None:
    customer, first, second = a_customer(), an_entry(), an_entry()
    customer.save_address(first)
    customer.save_address(second)
    assert customer.addresses == (second, first)
    customer.prefer_address(first.id)
    assert customer.addresses == (first, second)
    customer.save_address(AddressBookEntry(id=second.id, address=ADDRESS))
    assert [each.id for each in customer.addresses] == [first.id, second.id]
    customer.drop_address(first.id)
    assert [each.id for each in customer.addresses] == [second.id]
    with pytest.raises(NotFound):
        customer.drop_address(first.id)


def test_a_full_address_book_accepts_only_changes() -> None:
    customer = a_customer()
    for _ in range(MAX_ADDRESSES):
        customer.save_address(an_entry())
    with pytest.raises(Invalid, match="at most 20"):
        customer.save_address(an_entry())
    customer.save_address(customer.addresses[3])
    assert len(customer.addresses) == MAX_ADDRESSES
