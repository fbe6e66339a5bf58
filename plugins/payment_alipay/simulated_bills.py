"""The simulator's daily bill, in the format of Alipay's."""

import csv
import io
from collections.abc import Iterable
from zipfile import ZipFile

from entrepot.simulation import Movement
from entrepot.wire import china_time, yuan_of_minor

COLUMNS = (
    *("支付宝交易号", "商户订单号", "业务类型", "商品名称", "创建时间", "完成时间"),
    *("订单金额（元）", "退款批次号/请求号", "服务费（元）"),
)


def packed(movements: Iterable[Movement]) -> bytes:
    """A zip of GBK tables: comments around the table, a tab after each trade number."""
    text = io.StringIO()
    text.write("#支付宝业务明细查询\n#----------业务明细列表----------\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(each) for each in movements)
    text.write("#----------业务明细列表结束----------\n")
    archive = io.BytesIO()
    with ZipFile(archive, "w") as opened:
        opened.writestr("details.csv", text.getvalue().encode("gb18030"))
        opened.writestr("summary.csv", "#支付宝业务汇总查询\n".encode("gb18030"))
    return archive.getvalue()


def _row(movement: Movement) -> list[str]:
    trade, refund, at = movement.trade, movement.refund, china_time(movement.at)
    return [
        f"{trade.number}\t",
        trade.reference,
        "退款" if refund else "交易",
        trade.subject,
        at,
        at,
        yuan_of_minor(-movement.amount if refund else movement.amount),
        refund.reference if refund else "",
        yuan_of_minor(-movement.fee),
    ]
