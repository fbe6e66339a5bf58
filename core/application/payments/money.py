"""Where the money of an order is, for the back office and the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.application.payments.refund_prices import price_of
from core.domain.identifiers import OrderId
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.orders.states import OrderState
from core.domain.payments.balances import (
    Cover,
    MoneyBalances,
    PaymentLedger,
    order_balances,
    payment_events,
)
from core.domain.payments.ledger import Balances, EntryKind, PaymentEntry
from core.domain.payments.payment import PaymentState


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyView:
    """The eight balances of an order, and what follows from them.

    ``reimbursed`` is the part of the total that the shop gave up. ``outstanding`` is what the
    buyer still owes; below zero, what the shop owes. ``charge_status`` compares the charged
    money with what the order costs, ``authorize_status`` authorized and charged money together.
    """

    balances: MoneyBalances
    reimbursed: Money
    outstanding: Money
    charge_status: Cover
    authorize_status: Cover


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackView:
    """``case`` is the provider's number. ``reinstated``: the bank gave the money back."""

    case: str
    amount: Money
    at: datetime
    reinstated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentView:
    """``reference`` is the shop's number of the payment, ``provider_reference`` the gateway's.

    ``share`` is what it pays of this order, ``instalment`` the code of what that is; empty: the
    whole order. ``sums`` and ``chargebacks`` are those of the whole payment.
    """

    reference: str
    provider_reference: str
    gateway: str
    state: PaymentState
    amount: Money
    share: Money
    instalment: str
    sums: Balances
    chargebacks: tuple[ChargebackView, ...]


def payment_views(ledgers: Sequence[PaymentLedger], order_id: OrderId) -> tuple[PaymentView, ...]:
    return tuple(
        PaymentView(
            reference=each.payment.reference,
            provider_reference=each.payment.provider_reference,
            gateway=each.payment.gateway,
            state=each.payment.state,
            amount=each.payment.amount,
            share=share.amount,
            instalment=share.instalment,
            sums=each.sums,
            chargebacks=_chargebacks(each.entries),
        )
        for each in ledgers
        for share in each.payment.shares
        if share.order_id == order_id
    )


def _chargebacks(entries: Sequence[PaymentEntry]) -> tuple[ChargebackView, ...]:
    """A case has one entry for each order; the part after the dot tells them apart."""
    reinstated = {each.key for each in entries if each.kind is EntryKind.CHARGEBACK_REINSTATED}
    cases: dict[str, ChargebackView] = {}
    for each in entries:
        if each.kind is not EntryKind.CHARGEBACK:
            continue
        case = each.key.partition(".")[0]
        before = cases[case].amount if case in cases else Money.zero(each.amount.currency)
        cases[case] = ChargebackView(
            case=case, amount=before + each.amount, at=each.at, reinstated=case in reinstated
        )
    return tuple(cases.values())


def money_view(order: Order, ledgers: Sequence[PaymentLedger]) -> MoneyView:
    events = (payment_events(each.payment, each.entries, order.id) for each in ledgers)
    balances = order_balances(events, order.currency)
    given_up = reimbursed(order, ledgers)
    return MoneyView(
        balances=balances,
        reimbursed=given_up,
        outstanding=balances.outstanding(order.total, given_up),
        charge_status=balances.charge_status(order.total, given_up),
        authorize_status=balances.authorize_status(order.total, given_up),
    )


def reimbursed(order: Order, ledgers: Sequence[PaymentLedger]) -> Money:
    """The price of cancelled and returned goods, and of a refunded shipping.

    It is no more than what was refunded: goods can be refunded for less than their price, and
    exchanged goods are not refunded at all.
    """
    if order.state is OrderState.CANCELLED:
        return order.total
    price = price_of(order, order.refunded, {})
    if order.shipping_refunded:
        price += order.shipping.paid
    refunds = (
        entry.amount
        for ledger in ledgers
        for entry in ledger.entries
        if entry.kind is EntryKind.REFUND_REQUESTED and entry.order_id == order.id
    )
    return min(price, sum(refunds, Money.zero(order.currency)))
