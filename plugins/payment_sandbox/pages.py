"""The sandbox in the browser, and its two addresses for programs."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from plugins.payment_sandbox.simulator import Refused, Simulator

FOLDER = Path(__file__).parent
WORDS = {
    "zh": {
        "title": "沙箱支付",
        "note": "这是测试网关，不会扣款。",
        "amount": "应付金额",
        "reference": "支付单号",
        "pay": "确认支付",
        "back": "取消并返回商店",
        "refused": "无法支付",
        "signature": "支付请求的签名无效，请返回商店重新发起支付。",
        "account": "收款账户不存在，请返回商店重新发起支付。",
        "amount_wrong": "金额无效，请返回商店重新发起支付。",
        "expired": "支付已超时，请返回商店重新下单。",
        "closed": "该笔支付已关闭，请返回商店查看订单。",
    },
    "en": {
        "title": "Sandbox payment",
        "note": "This is a test gateway: no money moves.",
        "amount": "Amount",
        "reference": "Payment",
        "pay": "Pay now",
        "back": "Cancel and go back",
        "refused": "This cannot be paid",
        "signature": "The request's signature is not valid. Go back to the shop and start again.",
        "account": "There is no such account. Go back to the shop and start again.",
        "amount_wrong": "The amount is not valid. Go back to the shop and start again.",
        "expired": "The time to pay is over. Go back to the shop and order again.",
        "closed": "This payment was closed. Go back to the shop and look at your order.",
    },
}


def routes_of(simulator: Simulator) -> Router:
    @get("/pay", sync_to_thread=False, include_in_schema=False)
    def show(request: Request[Any, Any, Any]) -> Response[str]:
        fields = dict(request.query_params)
        try:
            simulator.check(fields)
        except (Refused, KeyError, ValueError) as error:
            return _refusal(fields, error)
        return _page(fields, "")

    @post("/pay", include_in_schema=False)
    async def pay(
        data: URLEncodedBody[dict[str, str]],
    ) -> Response[Any]:
        try:
            await simulator.pay(data)
        except (Refused, KeyError, ValueError) as error:
            return _refusal(data, error)
        return Redirect(data["return_url"], status_code=303)

    @post("/api/{what:str}", include_in_schema=False)
    async def program(what: FromPath[str], request: Request[Any, Any, Any]) -> Response[bytes]:
        try:
            body, headers = await simulator.answer(
                what, dict(request.headers), await request.body()
            )
        except (Refused, KeyError, ValueError):
            return Response(b"refused", status_code=400)
        return Response(body, status_code=200, headers=headers)

    @get("/style.css", sync_to_thread=False, include_in_schema=False)
    def style() -> Response[bytes]:
        return Response((FOLDER / "style.css").read_bytes(), media_type="text/css")

    async def close() -> None:
        await simulator.aclose()

    router = Router("/sandbox-gateway", route_handlers=[show, pay, program, style])
    router.opt["aclose"] = close
    return router


def _page(fields: dict[str, str], refused: str, status: int = 200) -> Response[str]:
    language = fields.get("language", "zh")
    html = _template().render(
        words=WORDS.get(language, WORDS["zh"]),
        language=language if language in WORDS else "zh",
        fields=fields,
        amount=Decimal(fields["amount"]) / 100 if not refused else None,
        refused=refused,
    )
    return Response(html, status_code=status, media_type="text/html")


def _refusal(fields: dict[str, str], error: Exception) -> Response[str]:
    reason = str(error) if isinstance(error, Refused) else "signature"
    return _page(fields, "amount_wrong" if reason == "amount" else reason, status=400)


@cache
def _template() -> Template:
    return Environment(loader=FileSystemLoader(FOLDER), autoescape=True).get_template("pay.html")
