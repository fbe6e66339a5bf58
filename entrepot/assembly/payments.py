"""Payments, refunds and reconciliation."""

from adapters.database.payments.reconciliation import SqlReconciliations
from core.application.orders.purchases import CombineOrders, SplitPayment
from core.application.payments.answers import RecordAnswer
from core.application.payments.attempts import (
    CheckPayments,
    ClosePayment,
    ClosePayments,
    PollPayments,
)
from core.application.payments.authorizations import CapturePayments, FollowUpAuthorization
from core.application.payments.chargebacks import RecordChargeback, ReinstateChargeback
from core.application.payments.failed_refunds import ReplaceRefund, RetryRefund, ReverseRefund
from core.application.payments.notifications import ReceiveNotification
from core.application.payments.outcomes import RecordPaymentOutcome
from core.application.payments.quarantine import QuarantineMessage
from core.application.payments.reconciliation import Reconcile
from core.application.payments.refund_sending import SendRefunds
from core.application.payments.refunds import RequestRefund
from core.application.payments.start import AuthorizeFirst, StartPayment
from entrepot.assembly.orders import OrderParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.settings import Settings
from ports.payments.reconciliation import Reconciliations


def authorizes_first(settings: Settings) -> AuthorizeFirst:
    return AuthorizeFirst(settings.capture == "when_shipped")


@wired
class PaymentParts(OrderParts):
    authorizes_first = bound(AuthorizeFirst, authorizes_first)
    record_outcome = made(RecordPaymentOutcome)
    quarantine_message = made(QuarantineMessage)
    record_answer = made(RecordAnswer)
    receive_notification = made(ReceiveNotification)
    check_payments = made(CheckPayments)
    close_payment = made(ClosePayment)
    close_payments = made(ClosePayments)
    start_payment = made(StartPayment)
    combine_orders = made(CombineOrders)
    split_payment = made(SplitPayment)
    capture_payments = made(CapturePayments)
    follow_up_authorization = made(FollowUpAuthorization)
    poll_payments = made(PollPayments, follow_up_authorization=follow_up_authorization)
    request_refund = made(RequestRefund)
    send_refunds = made(SendRefunds)
    retry_refund = made(RetryRefund)
    replace_refund = made(ReplaceRefund)
    reverse_refund = made(ReverseRefund)
    record_chargeback = made(RecordChargeback)
    reinstate_chargeback = made(ReinstateChargeback)
    reconciliations = bound(Reconciliations, SqlReconciliations)
    reconcile = made(Reconcile)
