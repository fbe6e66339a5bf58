"""The shared parts of gateway simulators: trades, notifications, faults and the cashier page.

A plugin adds the protocol. A simulator behaves like a real payment service: a trade exists only
once the buyer opens it, is paid once, is not refunded above the paid amount, and the simulator
repeats a notification until the shop acknowledges it.
"""

from entrepot.simulation.book import Book, RefundRecord, RefundTooMuch, Trade, TradeStatus
from entrepot.simulation.cashier import Cashier, cashier_routes
from entrepot.simulation.faults import Fault, Faults
from entrepot.simulation.notifier import Message, Notifier

__all__ = [
    "Book",
    "Cashier",
    "Fault",
    "Faults",
    "Message",
    "Notifier",
    "RefundRecord",
    "RefundTooMuch",
    "Trade",
    "TradeStatus",
    "cashier_routes",
]
