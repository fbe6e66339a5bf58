"""The simulator's daily bill, in the format of Alipay's."""

import io
from collections.abc import Iterable
from zipfile import ZipFile

from entrepot.simulation import Movement
from entrepot.wire import china_time, yuan_of_minor

COLUMNS = (
    *("支付宝交易号", "商户订单号", "业务类型", "商品名称", "创建时间", "完成时间"),
    *("门店编号", "门店名称", "操作员", "终端号", "对方账户", "订单金额（元）", "商家实收（元）"),
    *("支付宝红包（元）", "集分宝（元）", "支付宝优惠（元）", "商家优惠（元）", "券核销金额（元）"),
    *("券名称", "商家红包消费金额（元）", "卡消费金额（元）", "退款批次号/请求号"),
    *("服务费（元）", "分润（元）", "备注"),
)
RULE = "-" * 40


def packed(movements: Iterable[Movement]) -> bytes:
    """A zip of GBK tables. Nothing is quoted, and a tab follows each text."""
    lines = [
        "#支付宝业务明细查询",
        "#账号：[20880000000000010156]",
        f"#{RULE}业务明细列表{RULE}",
        ",".join(COLUMNS),
        *(",".join(_row(each)) for each in movements),
        f"#{RULE}业务明细列表结束{RULE}",
    ]
    archive = io.BytesIO()
    with ZipFile(archive, "w") as opened:
        opened.writestr("20880000000000010156_业务明细.csv", _table(lines))
        opened.writestr("20880000000000010156_业务明细(汇总).csv", _table(["#支付宝业务汇总查询"]))
    return archive.getvalue()


def _table(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode("gb18030")


def _row(movement: Movement) -> list[str]:
    trade, refund, at = movement.trade, movement.refund, china_time(movement.at)
    amount = yuan_of_minor(-movement.amount if refund else movement.amount)
    cells = dict.fromkeys(COLUMNS, "")
    cells |= {
        "支付宝交易号": f"{trade.number}\t",
        "商户订单号": f"{trade.reference}\t",
        "业务类型": "退款" if refund else "交易",
        "商品名称": f"{trade.subject}\t",
        "创建时间": at,
        "完成时间": at,
        "对方账户": "*明(138****0000)\t",
        "订单金额（元）": amount,
        "商家实收（元）": amount,
        "退款批次号/请求号": f"{refund.reference}\t" if refund else "",
        "服务费（元）": yuan_of_minor(-movement.fee),
        "分润（元）": "0.00",
    }
    return list(cells.values())
