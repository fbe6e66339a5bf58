"""Alipay's daily bill: a zip of GBK tables; the table with the single trades is read."""

import csv
import io
from collections.abc import Iterator
from zipfile import BadZipFile, ZipFile

from entrepot import Money, OutcomeUnknown, StatementKind, StatementLine
from entrepot.wire import parse_china_time, parse_yuan

NUMBER, REFERENCE, KIND, AT = "支付宝交易号", "商户订单号", "业务类型", "完成时间"
AMOUNT, FEE, REFUND = "订单金额（元）", "服务费（元）", "退款批次号/请求号"


def lines_of(archive: bytes) -> Iterator[StatementLine]:
    """Raises `OutcomeUnknown` for an archive that cannot be read."""
    try:
        with ZipFile(io.BytesIO(archive)) as opened:
            for entry in opened.infolist():
                text = opened.read(entry).decode("gb18030")
                if f"{NUMBER}," in text:
                    yield from _rows(text)
    except (BadZipFile, UnicodeDecodeError, ValueError, KeyError) as error:
        raise OutcomeUnknown from error


def _rows(text: str) -> Iterator[StatementLine]:
    table = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    for row in csv.DictReader(table):
        cells = {(name or "").strip(): (value or "").strip() for name, value in row.items()}
        refunded = cells[KIND] == "退款"
        yield StatementLine(
            kind=StatementKind.REFUND if refunded else StatementKind.PAYMENT,
            reference=cells[REFERENCE],
            provider_reference=cells[NUMBER],
            amount=_positive(cells[AMOUNT]),
            fee=_positive(cells[FEE]),
            at=parse_china_time(cells[AT]),
            refund_reference=cells[REFUND] if refunded else "",
        )


def _positive(text: str) -> Money:
    amount = parse_yuan(text or "0.00")
    return Money(abs(amount.minor), amount.currency)
