"""The simulator's daily bill, in the format of WeChat Pay's."""

from collections.abc import Iterable, Sequence

from entrepot.simulation import FEE_BASIS_POINTS, Movement
from entrepot.wire import china_time, yuan_of_minor

COLUMNS = (
    *("交易时间", "公众账号ID", "商户号", "特约商户号", "设备号", "微信订单号", "商户订单号"),
    *("用户标识", "交易类型", "交易状态", "付款银行", "货币种类", "应结订单金额", "代金券金额"),
    *("微信退款单号", "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态"),
    *("商品名称", "商户数据包", "手续费", "费率", "订单金额", "申请退款金额", "费率备注"),
)
SUMMARY = (
    *("总交易单数", "应结订单总金额", "退款总金额", "充值券退款总金额"),
    *("手续费总金额", "订单总金额", "申请退款总金额"),
)


def table_of(movements: Sequence[Movement], app_id: str, merchant_id: str) -> bytes:
    """A table with a backtick before each value, and two summary rows."""
    rows = [_row(each, app_id, merchant_id) for each in movements]
    lines = [",".join(COLUMNS), *map(_joined, rows), ",".join(SUMMARY), _joined(_sums(movements))]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")


def _joined(cells: Iterable[str]) -> str:
    return ",".join(f"`{cell}" for cell in cells)


def _row(movement: Movement, app_id: str, merchant_id: str) -> list[str]:
    trade, refund = movement.trade, movement.refund
    amount = yuan_of_minor(movement.amount)
    cells = dict.fromkeys(COLUMNS, "") | {
        "交易时间": china_time(movement.at),
        "公众账号ID": app_id,
        "商户号": merchant_id,
        "特约商户号": "0",
        "微信订单号": trade.number,
        "商户订单号": trade.reference,
        "用户标识": "o-simulated",
        "交易类型": str(trade.facts["product"]).upper(),
        "交易状态": "REFUND" if refund else "SUCCESS",
        "付款银行": "OTHERS",
        "货币种类": "CNY",
        "应结订单金额": "0.00" if refund else amount,
        "代金券金额": "0.00",
        "微信退款单号": refund.number if refund else "0",
        "商户退款单号": refund.reference if refund else "0",
        "退款金额": amount if refund else "0.00",
        "充值券退款金额": "0.00",
        "退款类型": "ORIGINAL" if refund else "",
        "退款状态": "SUCCESS" if refund else "",
        "商品名称": trade.subject,
        "手续费": _fee(movement.fee),
        "费率": f"{FEE_BASIS_POINTS / 100:.2f}%",
        "订单金额": "0.00" if refund else amount,
        "申请退款金额": amount if refund else "0.00",
    }
    return list(cells.values())


def _sums(movements: Sequence[Movement]) -> list[str]:
    paid = yuan_of_minor(sum(each.amount for each in movements if each.refund is None))
    refunded = yuan_of_minor(sum(each.amount for each in movements if each.refund is not None))
    fees = _fee(sum(each.fee for each in movements))
    return [str(len(movements)), paid, refunded, "0.00", fees, paid, refunded]


def _fee(minor: int) -> str:
    """Five decimals, although fees are whole fen."""
    return f"{yuan_of_minor(minor)}000"
