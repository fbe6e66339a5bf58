"""An order as the back office reads it: with its money and its payments."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from core.application.orders.views import OrderView
from core.application.payments.money import MoneyView, PaymentView, money_view, payment_views
from core.domain.orders.order import Order
from core.domain.payments.balances import PaymentLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeOrderView(OrderView):
    """``payments`` are oldest first."""

    money: MoneyView
    payments: tuple[PaymentView, ...]


def office_order_view(
    view: OrderView, order: Order, ledgers: Sequence[PaymentLedger]
) -> OfficeOrderView:
    return OfficeOrderView(
        **{field.name: getattr(view, field.name) for field in fields(view)},
        money=money_view(order, ledgers),
        payments=payment_views(ledgers, order.id),
    )
