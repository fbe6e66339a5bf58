"""Returns and exchanges."""

from core.application.returns import (
    ExchangeReturn,
    FindReturn,
    HandleReturn,
    RefundReturn,
    RequestReturn,
)
from entrepot.assembly.payments import PaymentParts
from entrepot.assembly.wiring import made, wired


@wired
class ReturnParts(PaymentParts):
    request_return = made(RequestReturn)
    handle_return = made(HandleReturn)
    refund_return = made(RefundReturn)
    exchange_return = made(ExchangeReturn)
    find_return = made(FindReturn)
