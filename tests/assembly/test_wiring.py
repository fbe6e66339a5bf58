"""Parts are wired by type. A missing part is an error at import time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NewType, Protocol, assert_type

import pytest
from dependency_injector import providers
from dependency_injector.containers import DeclarativeContainer

from entrepot.assembly.parts import Part
from entrepot.assembly.wiring import (
    WiringError,
    bound,
    constant,
    made,
    optional,
    wired,
)

Currency = NewType("Currency", str)


class Rates(Protocol):
    def rate(self) -> int: ...


class NewToken(Protocol):
    def __call__(self) -> str: ...


class NewNumber(Protocol):
    def __call__(self) -> str: ...


class Mailer(Protocol):
    def send(self) -> None: ...


@dataclass(frozen=True)
class FlatRates:
    currency: Currency

    def rate(self) -> int:
        return len(self.currency)


class Wrong:
    """Not a `Rates`: its method returns another type."""

    def rate(self) -> str:
        return ""


@dataclass(frozen=True)
class Quote:
    rates: Rates
    new_token: NewToken
    new_number: NewNumber
    mailer: Mailer | None
    times: int = 1
    follow_up: "Callable[[], int] | None" = None

    def __call__(self) -> str:
        return f"{self.rates.rate() * self.times} {self.new_token()} {self.new_number()}"


@dataclass(frozen=True)
class Later:
    quote: "Quote"


def token() -> str:
    return "token"


def number() -> str:
    return "number"


def no_mailer() -> Mailer | None:
    return None


opened: list[str] = []


def open_currency() -> Currency:
    opened.append("currency")
    return Currency("CNY")


@wired
class Platform(DeclarativeContainer):
    new_token = constant(NewToken, token)
    new_number = constant(NewNumber, number)
    mailer = optional(Mailer, no_mailer)
    currency = bound(Currency, open_currency)


@wired
class Shipping(Platform):
    later = made(Later)
    quote = made(Quote, times=2)
    rates = bound(Rates, FlatRates)


@wired
class Stock(Platform):
    pass


@wired
class Shop(Stock, Shipping):
    pass


def test_parts_are_found_by_type_in_a_context_and_those_it_builds_on() -> None:
    shop = Shop()
    assert shop.quote()() == "6 token number"
    assert shop.later().quote is shop.quote()
    assert shop.quote().mailer is None
    assert Shop().quote() is not shop.quote()


def test_types_are_kept() -> None:
    shop = Shop()
    assert_type(shop.quote(), Quote)
    assert_type(shop.rates(), Rates)
    assert_type(shop.currency(), Currency)
    assert_type(shop.mailer(), Mailer | None)
    assert_type(Shop.rates, Part[Rates])


def test_a_part_is_created_at_its_first_use() -> None:
    opened.clear()
    shop = Shop()
    shop.new_token()
    assert opened == []
    shop.quote()
    assert opened == ["currency"]


def test_a_part_can_be_overridden() -> None:
    class Free:
        def rate(self) -> int:
            return 0

    shop = Shop()
    with shop.rates.override(providers.Object(Free())):
        assert shop.quote()() == "0 token number"
    assert Shop().quote()() == "6 token number"


def test_a_missing_part_is_named() -> None:
    with pytest.raises(WiringError) as refusal:

        @wired
        class Empty(Platform):
            quote = made(Quote)

    assert str(refusal.value) == "Quote.rates: nothing provides Rates in Empty"


def test_every_missing_part_is_named_in_one_error() -> None:
    with pytest.raises(WiringError) as refusal:

        @wired
        class Empty(DeclarativeContainer):
            quote = made(Quote)
            rates = bound(Rates, FlatRates)

    assert sorted(str(refusal.value).split("\n")) == [
        "FlatRates.currency: nothing provides Currency in Empty",
        "Quote.mailer: nothing provides Mailer | None in Empty",
        "Quote.new_number: nothing provides NewNumber in Empty",
        "Quote.new_token: nothing provides NewToken in Empty",
    ]


def test_an_optional_part_does_not_satisfy_a_required_argument() -> None:
    @dataclass
    class Send:
        mailer: Mailer

    with pytest.raises(WiringError, match=r"Send\.mailer: nothing provides Mailer in Mail"):

        @wired
        class Mail(Platform):
            send = made(Send)


def test_two_parts_of_one_type_are_refused() -> None:
    with pytest.raises(WiringError) as refusal:

        @wired
        class Twice(Platform):
            another = constant(NewToken, number)

    assert str(refusal.value) == "Twice: new_token and another both provide NewToken"


def test_two_parts_of_one_name_are_refused() -> None:
    @wired
    class Other(DeclarativeContainer):
        rates = constant(Wrong, Wrong())

    with pytest.raises(WiringError, match="has another part called rates"):

        @wired
        class Both(Shipping, Other):  # type: ignore[misc]
            pass


def test_an_argument_without_a_parameter_is_refused() -> None:
    with pytest.raises(WiringError, match=r"FlatRates\.speed: there is no such parameter"):

        @wired
        class Fast(Platform):
            rates = bound(Rates, FlatRates, speed=2)


def test_an_adapter_that_does_not_implement_its_port_is_a_type_error() -> None:
    """Mypy runs over this file with unused ignores as errors: each of these is refused."""
    bound(Rates, Wrong)  # type: ignore[arg-type]
    bound(Currency, token)  # type: ignore[arg-type]
    bound(Mailer, no_mailer)  # type: ignore[arg-type]
    constant(NewToken, len)  # type: ignore[arg-type]
