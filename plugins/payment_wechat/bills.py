"""WeChat Pay's daily bill: a table in UTF-8 with a backtick before each value."""

import gzip
import re
import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha1
from hmac import compare_digest

from entrepot import OutcomeUnknown, StatementKind, StatementLine
from entrepot.wire import UNREADABLE, parse_china_time, parse_fee, parse_yuan

AT, NUMBER, REFERENCE, STATE = "交易时间", "微信订单号", "商户订单号", "交易状态"
AMOUNT, FEE = "订单金额", "手续费"
REFUND_NUMBER, REFUND_REFERENCE = "微信退款单号", "商户退款单号"
REFUND_AMOUNT, REFUND_STATE = "申请退款金额", "退款状态"
PAID, REFUNDED, FAILED = "SUCCESS", {"REFUND", "REVOKED"}, {"FAIL", "CHANGE"}
SUMMARY_BEGINS = re.compile(r"^总交易单数,", re.MULTILINE)
SEPARATOR = ",`"
"""Between two values. A comma alone is part of a value, such as the name of the goods."""

ROW_BEGINS = re.compile(r"^`", re.MULTILINE)
"""A name of goods can have a line break, so a row does not end at the end of a line."""


def lines_of(content: bytes, digest: str) -> Iterator[StatementLine]:
    """The file is not signed: ``digest`` (SHA-1 of the table, from a signed answer) is checked.

    Raises:
        OutcomeUnknown: another file, or an unreadable one.
    """
    try:
        table = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        if not compare_digest(sha1(table, usedforsecurity=False).hexdigest(), digest.lower()):
            raise OutcomeUnknown
        details, *_ = SUMMARY_BEGINS.split(table.decode("utf-8-sig"))
        header, *rows = ROW_BEGINS.split(details)
        names = [name.strip() for name in header.split(",")]
        for row in rows:
            values = [value.strip() for value in row.split(SEPARATOR)]
            cells = dict(zip(names, values, strict=True))
            if cells[REFUND_STATE] not in FAILED:
                yield _line(cells)
    except (OSError, EOFError, zlib.error, *UNREADABLE) as error:
        raise OutcomeUnknown from error


def _line(cells: Mapping[str, str]) -> StatementLine:
    refunded = cells[STATE] in REFUNDED
    if not refunded and cells[STATE] != PAID:
        raise ValueError(cells[STATE])
    return StatementLine(
        kind=StatementKind.REFUND if refunded else StatementKind.PAYMENT,
        reference=cells[REFERENCE],
        provider_reference=cells[REFUND_NUMBER] if refunded else cells[NUMBER],
        amount=parse_yuan(cells[REFUND_AMOUNT if refunded else AMOUNT]),
        fee=parse_fee(cells[FEE] or "0"),
        at=parse_china_time(cells[AT]),
        refund_reference=cells[REFUND_REFERENCE] if refunded else "",
    )
