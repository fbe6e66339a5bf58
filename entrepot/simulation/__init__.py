"""What a gateway simulator is made of: its books, its notifications, its faults, its cashier.

A plugin brings the wire protocol; this brings the rest, so that every simulator behaves like
a payment service: it knows a trade only once the buyer opens it, pays it once, gives back no
more than was paid, notifies until it is heard, and fails in the ways that real ones do.
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
