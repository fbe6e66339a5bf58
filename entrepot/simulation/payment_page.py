"""The payment page of a simulated provider, for a browser or after a QR code."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from entrepot.simulation.store import TradeStore
from entrepot.simulation.trades import Trade, TradeStatus

FOLDER = Path(__file__).parent
WORDS = {
    "zh": {
        "note": "模拟支付，不会实际扣款。",
        "amount": "应付金额",
        "reference": "商户单号",
        "pay": "确认支付",
        "back": "取消并返回店铺",
        "refused": "无法支付",
        "unknown": "支付单不存在，请返回店铺重新支付。",
        "expired": "支付已超时，请返回店铺重新下单。",
        "closed": "支付单已关闭，请返回店铺查看订单。",
        "signature": "支付请求签名无效，请返回店铺重新支付。",
        "amount_wrong": "金额或参数无效，请返回店铺重新支付。",
        "done": "支付成功",
        "done_note": "您可以关闭本页面，订单状态会自动更新。",
    },
    "en": {
        "note": "Simulated payment. You will not be charged.",
        "amount": "Amount",
        "reference": "Payment no.",
        "pay": "Pay now",
        "back": "Cancel and return to shop",
        "refused": "Payment failed",
        "unknown": "This payment does not exist. Return to the shop and pay again.",
        "expired": "This payment has expired. Return to the shop and order again.",
        "closed": "This payment is closed. Return to the shop and check your order.",
        "signature": "The signature is not valid. Return to the shop and pay again.",
        "amount_wrong": "The amount or a field is not valid. Return to the shop and pay again.",
        "done": "Payment successful",
        "done_note": "You can close this page. Your order is updated automatically.",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPage:
    """``pay`` is called when the buyer confirms a waiting trade.

    ``names`` are the provider's names by language; ``prefix`` is the path of its routes.
    """

    prefix: str
    names: Mapping[str, str]
    trades: TradeStore
    now: Callable[[], datetime]
    pay: Callable[[Trade], Awaitable[None]]

    def address(self, reference: str) -> str:
        return f"{self.prefix}/payment-page/{reference}"

    def show(self, reference: str) -> Response[bytes]:
        """Show the page of a trade. From then on, queries find the trade."""
        trade = self.trades.find(reference)
        if trade is None:
            return self.refuse("unknown")
        if not trade.visible:
            self.trades.change_status(reference, {TradeStatus.REQUESTED}, TradeStatus.WAITING)
        return self._page(trade, self._problem(trade))

    async def confirm(self, reference: str) -> Response[Any]:
        trade = self.trades.find(reference)
        if trade is None:
            return self.refuse("unknown")
        if problem := self._problem(trade):
            return self._page(trade, problem)
        await self.pay(trade)
        back = str(trade.facts.get("return_url", ""))
        return Redirect(back, status_code=303) if back else self._page(trade, "", done=True)

    def refuse(self, reason: str, language: str = "zh") -> Response[bytes]:
        return self._render(language, 400, trade=None, refused=reason, done=False)

    def _problem(self, trade: Trade) -> str:
        if trade.status is TradeStatus.CLOSED:
            return "closed"
        return "expired" if trade.expires_at <= self.now() else ""

    def _page(self, trade: Trade, refused: str, *, done: bool = False) -> Response[bytes]:
        language = str(trade.facts.get("language", "zh"))
        status = 400 if refused else 200
        return self._render(language, status, trade=trade, refused=refused, done=done)

    def _render(self, language: str, status: int, **context: Any) -> Response[bytes]:
        language = language if language in WORDS else "zh"
        body = _template().render(
            words=WORDS[language],
            language=language,
            title=self.names[language],
            prefix=self.prefix,
            **context,
        )
        return Response(body.encode(), status_code=status, media_type="text/html")


def payment_page_routes(payment_page: PaymentPage) -> list[Any]:
    """Handlers below the prefix: the page, its confirmation and its style sheet."""

    @get("/payment-page/{reference:str}", sync_to_thread=False, include_in_schema=False)
    def show(reference: FromPath[str]) -> Response[bytes]:
        return payment_page.show(reference)

    @post("/payment-page/{reference:str}", include_in_schema=False)
    async def confirm(reference: FromPath[str]) -> Response[Any]:
        return await payment_page.confirm(reference)

    @get("/payment-page.css", sync_to_thread=False, include_in_schema=False)
    def style() -> Response[bytes]:
        return Response((FOLDER / "payment_page.css").read_bytes(), media_type="text/css")

    return [show, confirm, style]


@cache
def _template() -> Template:
    return Environment(loader=FileSystemLoader(FOLDER), autoescape=True).get_template(
        "payment_page.html"
    )
