"""The daily statements: real formats, days without trade, and the hour of the provider."""

import gzip
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha1
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from entrepot import NotReadyYet, OutcomeUnknown, StatementKind
from entrepot.testing import GatewayFixture
from entrepot.testing.payment.steps import pay
from entrepot.wire import CHINA_TIME, parse_fee
from plugins.payment_alipay.bills import lines_of as alipay_lines
from plugins.payment_alipay.simulated_bills import COLUMNS as ALIPAY_COLUMNS
from plugins.payment_wechat.bills import lines_of as wechat_lines
from plugins.payment_wechat.simulated_bills import COLUMNS as WECHAT_COLUMNS
from tests.gateway_fixtures import alipay_fixture, wechat_fixture
from tests.plugins.purchases import a_purchase

pytestmark = pytest.mark.anyio

# The columns and the values of WeChat Pay's documentation, with a name as merchants write them.
WECHAT = (
    "\ufeff交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,"
    "交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,"
    "充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n"
    "`2026-11-24 17:04:48,`wx1,`1900000001,`0,`,`4200000001,`A2026112400000001,`o1,`NATIVE,"
    "`SUCCESS,`OTHERS,`CNY,`28.00,`0.00,`0,`0,`0.00,`0.00,`,`,`茶壶, 小, 180 ml\n青瓷,`,`0.18000,"
    "`0.60%,`30.00,`0.00,`\r\n"
    "`2026-11-24 18:00:00,`wx1,`1900000001,`0,`,`4200000001,`A2026112400000001,`o1,`NATIVE,"
    "`REFUND,`OTHERS,`CNY,`0.00,`0.00,`5030000001,`F2026112400000001,`10.00,`0.00,`ORIGINAL,"
    "`SUCCESS,`茶壶, 小,`,`-0.06000,`0.60%,`0.00,`10.00,`\r\n"
    "`2026-11-24 18:01:00,`wx1,`1900000001,`0,`,`4200000001,`A2026112400000001,`o1,`NATIVE,"
    "`REFUND,`OTHERS,`CNY,`0.00,`0.00,`5030000002,`F2026112400000002,`1.00,`0.00,`ORIGINAL,"
    "`FAIL,`茶壶,`,`0.00000,`0.60%,`0.00,`1.00,`\r\n"
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n"
    "`3,`28.00,`11.00,`0.00,`0.12000,`30.00,`11.00\r\n"
)
ALIPAY = (
    "#支付宝业务明细查询\r\n#账号：[20880000000000010156]\r\n"
    "#-----------------------------------------业务明细列表------------------------------------\r\n"
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,"
    "对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,"
    "商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注\r\n"
    "2026112422001\t,A2026112400000001\t,交易    ,茶壶, 小, 180 ml\t,2026-11-24 17:04:40,"
    "2026-11-24 17:04:48,\t,\t,\t,\t,*明(138****0000)\t,30.00,28.00,0.00,0.00,2.00,0.00,0.00,\t,"
    "0.00,0.00,\t,-0.18,0.00,\t\r\n"
    "2026112422001\t,A2026112400000001\t,退款    ,茶壶\t,2026-11-24 17:04:40,"
    "2026-11-24 18:00:00,\t,\t,\t,\t,*明(138****0000)\t,-10.00,-10.00,0.00,0.00,0.00,0.00,0.00,\t,"
    "0.00,0.00,F2026112400000001\t,0.06,0.00,\t\r\n"
    "#-----------------------------------------业务明细列表结束--------------------------------\r\n"
    "#交易合计：1笔，商家实收共28.00元\r\n"
)


def digest(table: bytes) -> str:
    return sha1(table, usedforsecurity=False).hexdigest()


def test_a_real_statement_of_wechat_is_read() -> None:
    table = WECHAT.encode()
    payment, refund = wechat_lines(gzip.compress(table), digest(table))
    assert (payment.kind, payment.reference) == (StatementKind.PAYMENT, "A2026112400000001")
    assert (payment.amount.minor, payment.fee.minor) == (3000, 18)
    assert payment.provider_reference == "4200000001"
    assert payment.at.isoformat() == "2026-11-24T17:04:48+08:00"
    assert (refund.kind, refund.refund_reference) == (StatementKind.REFUND, "F2026112400000001")
    assert (refund.amount.minor, refund.provider_reference) == (1000, "5030000001")


def test_a_real_statement_of_alipay_is_read() -> None:
    archive = io.BytesIO()
    with ZipFile(archive, "w") as opened:
        opened.writestr("业务明细.csv", ALIPAY.encode("gb18030"))
    payment, refund = alipay_lines(archive.getvalue())
    assert (payment.kind, payment.reference) == (StatementKind.PAYMENT, "A2026112400000001")
    assert (payment.amount.minor, payment.fee.minor) == (3000, 18)
    assert payment.at.isoformat() == "2026-11-24T17:04:48+08:00"
    assert (refund.amount.minor, refund.refund_reference) == (1000, "F2026112400000001")


def test_the_simulators_write_the_columns_of_the_providers() -> None:
    assert WECHAT.removeprefix("\ufeff").splitlines()[0].split(",") == list(WECHAT_COLUMNS)
    assert ALIPAY.splitlines()[3].split(",") == list(ALIPAY_COLUMNS)


@pytest.mark.parametrize(
    "change",
    [
        ("`SUCCESS,", "`PONDERING,"),
        ("`0.18000", "`0,18"),
        ("`30.00", "`30.001"),
        ("商户订单号", "另一列"),
        ("`2026-11-24 17:04:48", "`soon"),
        (",`NATIVE,`SUCCESS", ",`NATIVE"),
    ],
)
def test_a_changed_statement_is_not_read_in_part(change: tuple[str, str]) -> None:
    table = WECHAT.replace(*change).encode()
    assert table != WECHAT.encode()
    with pytest.raises(OutcomeUnknown):
        list(wechat_lines(table, digest(table)))


def test_a_statement_with_another_digest_is_not_read() -> None:
    with pytest.raises(OutcomeUnknown):
        list(wechat_lines(WECHAT.encode(), digest(b"another table")))


@pytest.mark.parametrize("text", ["", "0,18", "1e3", "nan", "--1", "٠.١", "0.18000 x"])
def test_a_fee_is_a_decimal_number(text: str) -> None:
    with pytest.raises(ValueError, match="no fee"):
        parse_fee(text)


async def lines(fixture: GatewayFixture, day: date) -> list[Any]:
    gateway: Any = fixture.gateway
    return [line async for line in gateway.statement(day)]


@pytest.mark.parametrize("make", [alipay_fixture, wechat_fixture])
async def test_a_day_without_trade_is_a_statement_of_nothing(
    tmp_path: Path, make: Callable[[Path], GatewayFixture]
) -> None:
    fixture = make(tmp_path)
    today = fixture.clock().astimezone(CHINA_TIME).date()
    for day in (today, today + timedelta(days=1)):
        with pytest.raises(NotReadyYet):
            await lines(fixture, day)
    # 09:59 in China on the next day, and 10:00.
    fixture.clock.at = fixture.clock.at.replace(hour=1, minute=59) + timedelta(days=1)
    with pytest.raises(NotReadyYet):
        await lines(fixture, today)
    fixture.clock.advance(minutes=1)
    assert await lines(fixture, today) == []
    await fixture.aclose()


@pytest.mark.parametrize("make", [alipay_fixture, wechat_fixture])
async def test_a_comma_in_the_name_of_the_goods_shifts_nothing(
    tmp_path: Path, make: Callable[[Path], GatewayFixture]
) -> None:
    fixture = make(tmp_path)
    purchase = replace(a_purchase(fixture), subject="茶壶, 小, “180 ml”")
    await pay(fixture, purchase)
    day = fixture.clock().astimezone(CHINA_TIME).date()
    fixture.clock.advance(days=2)
    (line,) = await lines(fixture, day)
    assert (line.reference, line.amount) == (purchase.reference, purchase.amount)
    assert line.fee.minor == 12
    await fixture.aclose()
