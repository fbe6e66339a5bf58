"""Ledger accounts: who owns what, in one unit."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from core.domain.errors import DomainError, Invalid

LedgerAccountId = NewType("LedgerAccountId", UUID)
"""UUIDv7 of a ledger account."""

POINTS = "points"
"""The unit of loyalty points. Every other unit is an ISO 4217 currency, in minor units."""

CURRENCY_LETTERS = 3
PLUGIN_KIND_NAME = re.compile(r"[a-z0-9_]{1,40}")
UNLIMITED = 10**15
"""The credit limit of the shop's own accounts: more than all that can be given out."""


class OwnerKind(StrEnum):
    SHOP = "shop"
    MEMBER = "member"
    COMPANY = "company"
    SELLER = "seller"
    GIFT_CARD = "gift_card"


class LedgerAccountKind(StrEnum):
    """The last three are accounts of the shop, the other side of transfers.

    ``issued`` gives points and stored value, ``revenue`` is paid with them, and ``expired``
    takes what was not spent in time.
    """

    POINTS = "points"
    STORED_VALUE = "stored_value"
    GIFT_CARD = "gift_card"
    CREDIT = "credit"
    SELLER = "seller"
    REFERRER = "referrer"
    ISSUED = "issued"
    REVENUE = "revenue"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class PluginAccountKind:
    """A kind of accounts of one plugin. ``name`` is a name in that plugin.

    An account of such a kind has lots unless it has a credit limit.
    """

    plugin: str
    name: str

    def __post_init__(self) -> None:
        if not PLUGIN_KIND_NAME.fullmatch(self.name):
            raise Invalid("kind", "Use 1 to 40 lowercase letters, digits and underscores.")

    def __str__(self) -> str:
        return f"{self.plugin}:{self.name}"


def ledger_account_kind(text: str) -> "LedgerAccountKind | PluginAccountKind":
    """Read a stored kind.

    >>> ledger_account_kind("bonus:wallet")
    PluginAccountKind(plugin='bonus', name='wallet')
    """
    plugin, colon, name = text.rpartition(":")
    return PluginAccountKind(plugin, name) if colon else LedgerAccountKind(text)


WITH_LOTS = frozenset(
    {LedgerAccountKind.POINTS, LedgerAccountKind.STORED_VALUE, LedgerAccountKind.GIFT_CARD}
)
"""Each credit of these accounts is a lot that can expire."""


class InsufficientBalance(DomainError):
    """``available`` can be negative: a reversal took what was spent already."""

    code = "insufficient_balance"
    template = "The balance is not enough. Choose a smaller amount or another way to pay."

    def __init__(self, account_id: LedgerAccountId, available: int) -> None:
        self.account_id = account_id
        self.available = available
        super().__init__()


@dataclass(frozen=True, slots=True)
class Owner:
    """``id`` is opaque; None after an erasure."""

    kind: OwnerKind
    id: UUID | None


SHOP = Owner(OwnerKind.SHOP, UUID(int=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerAccount:
    """One account for each owner, unit and kind.

    ``posted`` is the sum of all posted lines. ``held`` is promised to transfers that are neither
    posted nor void. The owner can go into debt by ``credit_limit``.
    """

    id: LedgerAccountId
    owner: Owner
    unit: str
    kind: LedgerAccountKind | PluginAccountKind
    credit_limit: int = 0
    posted: int = 0
    held: int = 0

    def __post_init__(self) -> None:
        is_currency = len(self.unit) == CURRENCY_LETTERS and self.unit.isupper()
        if self.unit != POINTS and not is_currency:
            raise Invalid("unit", "“{value}” is not a currency code such as CNY.", value=self.unit)
        if self.credit_limit < 0 or (self.kind in WITH_LOTS and self.credit_limit):
            raise Invalid("credit_limit", "This account cannot have this credit limit.")

    @property
    def available(self) -> int:
        """What can be spent. Below zero after a reversal of what was spent already."""
        return self.posted - self.held + self.credit_limit

    @property
    def has_lots(self) -> bool:
        if isinstance(self.kind, PluginAccountKind):
            return not self.credit_limit
        return self.kind in WITH_LOTS


def shop_account(
    account_id: LedgerAccountId, kind: LedgerAccountKind | PluginAccountKind, unit: str
) -> LedgerAccount:
    """An account of the shop itself, without a limit."""
    return LedgerAccount(id=account_id, owner=SHOP, unit=unit, kind=kind, credit_limit=UNLIMITED)
