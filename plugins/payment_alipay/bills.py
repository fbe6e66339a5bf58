"""Alipay's daily bill: a zip of GBK tables; the table with the single trades is read."""

import io
from collections.abc import Iterator, Mapping, Sequence
from zipfile import BadZipFile, ZipFile

from entrepot import Money, OutcomeUnknown, StatementKind, StatementLine
from entrepot.wire import UNREADABLE, parse_china_time, parse_fee, parse_yuan

NUMBER, REFERENCE, KIND, NAME, AT = "支付宝交易号", "商户订单号", "业务类型", "商品名称", "完成时间"
AMOUNT, FEE, REFUND = "订单金额（元）", "服务费（元）", "退款批次号/请求号"
KINDS = {"交易": StatementKind.PAYMENT, "退款": StatementKind.REFUND}


def lines_of(archive: bytes) -> Iterator[StatementLine]:
    """Raises `OutcomeUnknown` for an archive that cannot be read."""
    try:
        with ZipFile(io.BytesIO(archive)) as opened:
            for entry in opened.infolist():
                text = opened.read(entry).decode("gb18030")
                if f"{NUMBER}," in text:
                    yield from _rows(text)
    except (BadZipFile, *UNREADABLE) as error:
        raise OutcomeUnknown from error


def _rows(text: str) -> Iterator[StatementLine]:
    header, *rows = [line for line in text.splitlines() if line.strip() and line[0] != "#"]
    names = [name.strip() for name in header.split(",")]
    for row in rows:
        yield _line(_cells(names, row.split(",")))


def _cells(names: Sequence[str], values: Sequence[str]) -> Mapping[str, str]:
    """Nothing is quoted: a comma in the name of the goods makes more cells."""
    place, surplus = names.index(NAME), len(values) - len(names)
    name = ",".join(values[place : place + surplus + 1])
    whole = [*values[:place], name, *values[place + surplus + 1 :]]
    return {name: value.strip() for name, value in zip(names, whole, strict=True)}


def _line(cells: Mapping[str, str]) -> StatementLine:
    kind = KINDS[cells[KIND]]
    amount = parse_yuan(cells[AMOUNT])
    return StatementLine(
        kind=kind,
        reference=cells[REFERENCE],
        provider_reference=cells[NUMBER],
        amount=Money(abs(amount.minor), amount.currency),
        fee=parse_fee(cells[FEE] or "0"),
        at=parse_china_time(cells[AT]),
        refund_reference=cells[REFUND] if kind is StatementKind.REFUND else "",
    )
