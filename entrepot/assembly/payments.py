"""Payments, refunds, and matching both with the gateways' statements."""

from adapters.database.accounts import SqlMoneyLedger
from core.application.holding import CapturePayments, LookAfterHeld
from core.application.notifications import ReceiveNotification
from core.application.payments import (
    AuthorizeFirst,
    CheckPayments,
    ClosePayment,
    ClosePayments,
    PollPayments,
    StartPayment,
)
from core.application.reconciling import Reconcile
from core.application.refunds import RequestRefund, SendRefunds
from core.application.settlement import Settle
from entrepot.assembly.orders import OrderParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.settings import Settings
from ports.storage.accounts import MoneyLedger


def authorizes_first(settings: Settings) -> AuthorizeFirst:
    return AuthorizeFirst(settings.capture == "when_shipped")


@wired
class PaymentParts(OrderParts):
    authorizes_first = bound(AuthorizeFirst, authorizes_first)
    start_payment = made(StartPayment)
    settle = made(Settle)
    receive_notification = made(ReceiveNotification)
    check_payments = made(CheckPayments)
    close_payment = made(ClosePayment)
    close_payments = made(ClosePayments)
    capture_payments = made(CapturePayments)
    look_after_held = made(LookAfterHeld)
    poll_payments = made(PollPayments, look_after_held=look_after_held)
    request_refund = made(RequestRefund)
    send_refunds = made(SendRefunds)
    money_ledger = bound(MoneyLedger, SqlMoneyLedger)
    reconcile = made(Reconcile)
