"""Tax engines: services that know the rates of places, and that keep the taxes of sales."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.domain.money import Money
from core.domain.pricing.adjustments import TaxAmount


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxPlace:
    """A place without a person: no name, no street. ``country`` is ISO 3166 alpha-2."""

    country: str
    region: str = ""
    city: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRequestLine:
    """Units of one variant, a surcharge, or shipping. ``key`` is unique in its request.

    ``amount`` is the price of all units after discounts. It is below zero for a reduction, and
    for goods that come back.
    """

    key: str
    tax_class: str
    quantity: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRequest:
    """A sale from ``origin`` to ``destination``, at a time.

    ``reference`` is the shop's number of the sale or of a refund; empty for an estimate.
    """

    reference: str
    at: datetime
    origin: TaxPlace
    destination: TaxPlace
    lines: tuple[TaxRequestLine, ...]
    prices_include_tax: bool


@dataclass(frozen=True, slots=True)
class TaxAnswer:
    """The taxes of each line by its key; an empty tuple for a line that is not taxed."""

    lines: Mapping[str, tuple[TaxAmount, ...]]


@runtime_checkable
class TaxEngine(Protocol):
    """Calculates taxes. ``code`` is stable and short."""

    @property
    def code(self) -> str: ...

    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        """The taxes of every line, in the currency of its amount. It records nothing.

        Each tax of a line has a code of its own. Taxes have the sign of the amount. An included
        tax is part of the amount, and only prices that include tax have one. ``base`` is the
        amount without its included taxes. The same request has the same answer. A place without
        taxes is no error.

        Raises:
            Unavailable: the engine did not answer.
            Rejected: the engine does not know the place, the class or the currency.
        """


@runtime_checkable
class RecordsTaxes(Protocol):
    """Keeps the taxes of sales, for tax returns. A refund is a sale below zero."""

    async def commit(self, request: TaxRequest) -> None:
        """Record a paid sale or a refund. Idempotent by ``reference``.

        Raises:
            Unavailable: nothing is recorded.
            Rejected: the engine recorded another sale under the same reference.
            OutcomeUnknown: it may be recorded; the same request again is safe.
        """

    async def void(self, reference: str) -> None:
        """Take a record back. A reference that is not recorded is not an error.

        Raises:
            Unavailable: nothing changed.
            OutcomeUnknown: it may be taken back; the same request again is safe.
        """
