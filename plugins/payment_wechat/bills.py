"""WeChat Pay's daily bill: a table in UTF-8 with a backtick before each value."""

import csv
import gzip
import io
from collections.abc import Iterator, Mapping
from hashlib import sha1
from hmac import compare_digest

from entrepot import Money, OutcomeUnknown, StatementKind, StatementLine
from entrepot.wire import parse_china_time, parse_yuan

AT, NUMBER, REFERENCE = "交易时间", "微信订单号", "商户订单号"
STATE, AMOUNT, FEE = "交易状态", "应结订单金额", "手续费"
REFUND_NUMBER, REFUND_REFERENCE, REFUND_AMOUNT = "微信退款单号", "商户退款单号", "退款金额"
REFUNDED = "REFUND"
SUMMARY_BEGINS = "总交易单数"


def lines_of(content: bytes, digest: str) -> Iterator[StatementLine]:
    """The file is not signed: ``digest`` (SHA-1 of the table, from a signed answer) is checked.

    Raises:
        OutcomeUnknown: another file, or an unreadable one.
    """
    try:
        table = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        if not compare_digest(sha1(table, usedforsecurity=False).hexdigest(), digest.lower()):
            raise OutcomeUnknown
        text = table.decode("utf-8-sig")
        body = text[: text.index(SUMMARY_BEGINS)] if SUMMARY_BEGINS in text else text
        for row in csv.DictReader(io.StringIO(body)):
            yield _line({(name or "").strip(): _plain(value) for name, value in row.items()})
    except (OSError, UnicodeDecodeError, ValueError, KeyError) as error:
        raise OutcomeUnknown from error


def _line(cells: Mapping[str, str]) -> StatementLine:
    refunded = cells[STATE] == REFUNDED
    fee = parse_yuan(cells[FEE] or "0.00")
    return StatementLine(
        kind=StatementKind.REFUND if refunded else StatementKind.PAYMENT,
        reference=cells[REFERENCE],
        provider_reference=cells[REFUND_NUMBER] if refunded else cells[NUMBER],
        amount=parse_yuan(cells[REFUND_AMOUNT if refunded else AMOUNT]),
        fee=Money(abs(fee.minor), fee.currency),
        at=parse_china_time(cells[AT]),
        refund_reference=cells[REFUND_REFERENCE] if refunded else "",
    )


def _plain(value: str | list[str] | None) -> str:
    return str(value or "").strip().removeprefix("`")
