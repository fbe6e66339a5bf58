"""Instalments: an order is paid in parts, each with a time limit of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from core.domain.errors import Invalid
from core.domain.money import Money

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """``code`` is unique in its order, such as ``deposit``. ``paid_at`` None: not paid yet."""

    code: str
    amount: Money
    pay_before: datetime
    paid_at: datetime | None = None

    def __post_init__(self) -> None:
        if not CODE.fullmatch(self.code):
            raise Invalid("code", "Use 1 to 60 lowercase letters, digits and hyphens.")
        if self.amount.minor <= 0:
            raise Invalid("amount", "Enter an amount above zero.")


def next_instalment(instalments: Sequence[Instalment]) -> Instalment | None:
    """The first one that is not paid."""
    return next((each for each in instalments if each.paid_at is None), None)


def due_of(total: Money, instalments: Sequence[Instalment]) -> Money:
    """What the buyer of an unpaid order has to pay now."""
    instalment = next_instalment(instalments)
    return total if instalment is None else instalment.amount


def check_instalments(instalments: Sequence[Instalment], total: Money, now: datetime) -> None:
    """Raises `Invalid` unless they sum to the total, and end one after the other from now on."""
    if len({each.code for each in instalments}) < len(instalments):
        raise Invalid("code", "Two instalments have the same code.")
    if sum((each.amount for each in instalments), Money.zero(total.currency)) != total:
        raise Invalid("amount", "The instalments must add up to {total}.", total=total)
    limits = [now, *(each.pay_before for each in instalments)]
    if any(later <= earlier for earlier, later in pairwise(limits)):
        raise Invalid("pay_before", "Each instalment must end after the one before.")
