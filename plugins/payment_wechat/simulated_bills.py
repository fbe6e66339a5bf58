"""The simulator's daily bill, in the format of WeChat Pay's."""

import csv
import io
from collections.abc import Iterable

from entrepot.simulation import Movement
from entrepot.wire import china_time, yuan_of_minor

COLUMNS = (
    *("交易时间", "微信订单号", "商户订单号", "交易状态", "应结订单金额", "手续费"),
    *("微信退款单号", "商户退款单号", "退款金额"),
)


def table_of(movements: Iterable[Movement]) -> bytes:
    """A table with a backtick before each value, and two summary rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([f"`{cell}" for cell in _row(each)] for each in movements)
    text.write("总交易单数,应结订单总金额\r\n`0,`0.00\r\n")
    return text.getvalue().encode("utf-8-sig")


def _row(movement: Movement) -> list[str]:
    trade, refund, at = movement.trade, movement.refund, china_time(movement.at)
    amount, fee = yuan_of_minor(movement.amount), yuan_of_minor(movement.fee)
    if refund is None:
        return [at, trade.number, trade.reference, "SUCCESS", amount, fee, "", "", "0.00"]
    numbers = [refund.number, refund.reference, amount]
    return [at, refund.number, trade.reference, "REFUND", "0.00", "0.00", *numbers]
