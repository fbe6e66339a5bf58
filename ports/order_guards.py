"""Order guards: what plugins say to a cart that changes, and to an order before it is placed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.domain.claims import Claim
from core.domain.identifiers import CustomerId, ProductId, Sku
from core.domain.money import Money
from core.domain.orders.holds import Hold
from core.domain.orders.refusals import Refusal
from core.domain.text import Text


class DraftStage(StrEnum):
    """``CART``: a cart changes or is shown. ``ORDER``: it is placed.

    ``EXCHANGE``: a free order replaces goods that came back.
    """

    CART = "cart"
    ORDER = "order"
    EXCHANGE = "exchange"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """``total`` is the price of all units after discounts.

    ``source`` is the code of the promotion that added the line; empty for what the buyer chose.
    """

    key: str
    sku: Sku
    product_id: ProductId
    quantity: int
    total: Money
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDraft:
    """A cart or an order before it is saved, without any contact data.

    ``customer_id`` is opaque, and None for a guest. ``total`` is without shipping in a cart.
    ``country`` and ``region`` (a province) are empty if the address is not known, and
    ``shipping_code`` until a shipping rate is chosen. ``coupons`` are codes as typed.
    """

    stage: DraftStage
    lines: tuple[DraftLine, ...]
    goods_total: Money
    total: Money
    at: datetime
    customer_id: CustomerId | None = None
    groups: frozenset[str] = frozenset()
    channel: str = ""
    country: str = ""
    region: str = ""
    shipping_code: str = ""
    coupons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence for the buyer, on the cart and in the checkout. ``line`` is the key of a line."""

    text: Text
    line: str = ""


Remark = Refusal | Hold | Claim | Note
"""What an order guard says to a draft."""


@runtime_checkable
class OrderGuard(Protocol):
    """Reviews each change of a cart, and each order. It has 300 ms.

    ``required``: without an answer the cart or the order is refused. Otherwise the shop goes on
    without the guard. The shop reads it once, at the start.
    """

    @property
    def required(self) -> bool: ...

    async def review(self, draft: OrderDraft) -> Sequence[Remark]:
        """Refuse the draft, or say what an order of it needs.

        It records nothing: most drafts become no order. The holds and claims of an order are
        taken with it, in its transaction; those of a cart have no effect. A claim is made for the
        buyer, without ``person``.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What all guards say. The codes of holds and the keys of claims name their plugin.

    ``unavailable`` are the required guards that did not answer.
    """

    refusals: tuple[Refusal, ...] = ()
    notes: tuple[Note, ...] = ()
    holds: tuple[Hold, ...] = ()
    claims: tuple[Claim, ...] = ()
    unavailable: tuple[str, ...] = ()


class AskOrderGuards(Protocol):
    """The order guards of all plugins."""

    @property
    def is_used(self) -> bool:
        """False without such a plugin: there is nothing to ask."""

    async def __call__(self, draft: OrderDraft) -> Verdict: ...
