"""The shared code of gateway simulators: trades, notifications, faults and the payment page.

A plugin adds the wire protocol in a subclass of `GatewaySimulator`. Every simulator behaves like
a payment provider: a query finds a trade after the buyer opens it, a trade is paid once, refunds
never exceed the paid amount, and notifications are repeated until they are acknowledged. Faults
simulate the failures of real providers.
"""

from entrepot.simulation.faults import Fault, Faults
from entrepot.simulation.notifier import (
    FORM_HEADERS,
    Message,
    Notifier,
    success_status,
    success_text,
)
from entrepot.simulation.payment_page import PaymentPage
from entrepot.simulation.permission import check_permission
from entrepot.simulation.refusals import Refused, ResponseDropped
from entrepot.simulation.routes import page_for, simulator_router
from entrepot.simulation.simulator import FIRST_RETRIES, GatewaySimulator
from entrepot.simulation.statements import FEE_BASIS_POINTS, Movement, bounds_of
from entrepot.simulation.store import TradeStore
from entrepot.simulation.trades import AmountTooLarge, RefundRecord, Trade, TradeStatus

__all__ = [
    "FEE_BASIS_POINTS",
    "FIRST_RETRIES",
    "FORM_HEADERS",
    "AmountTooLarge",
    "Fault",
    "Faults",
    "GatewaySimulator",
    "Message",
    "Movement",
    "Notifier",
    "PaymentPage",
    "RefundRecord",
    "Refused",
    "ResponseDropped",
    "Trade",
    "TradeStatus",
    "TradeStore",
    "bounds_of",
    "check_permission",
    "page_for",
    "simulator_router",
    "success_status",
    "success_text",
]
