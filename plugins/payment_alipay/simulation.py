"""A simulated Alipay beside the shop, with keys that it makes up, for trying it out."""

from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from litestar import HttpMethod, Request, Response, Router, get, route
from litestar.params import FromPath
from pydantic import SecretStr

from entrepot import PluginContext
from entrepot.simulation import Book, Notifier, cashier_routes
from entrepot.simulation.keys import kept_key, private_pem, public_pem
from plugins.payment_alipay.settings import AlipayAccount
from plugins.payment_alipay.simulator import (
    PAGES,
    PREFIX,
    RETRY_AFTER_SECONDS,
    AlipaySimulator,
    Dropped,
    Party,
    Refused,
)

APP_ID, SELLER_ID = "2021000000000001", "2088000000000001"


def simulated_account(context: PluginContext) -> AlipayAccount:
    return AlipayAccount(
        code="alipay",
        app_id=APP_ID,
        seller_id=SELLER_ID,
        private_key=SecretStr(private_pem(kept_key(context.data / "merchant.pem"))),
        alipay_public_keys=(public_pem(kept_key(context.data / "alipay.pem")),),
        url=f"{context.base_url}{PREFIX}/gateway.do",
    )


def simulator_routes(context: PluginContext) -> Router:
    simulator = AlipaySimulator(
        party=Party(
            app_id=APP_ID,
            seller_id=SELLER_ID,
            app_key=kept_key(context.data / "merchant.pem").public_key(),
            own_key=kept_key(context.data / "alipay.pem"),
        ),
        book=Book(context.data / "trades.db"),
        notifier=Notifier((2, 10, *RETRY_AFTER_SECONDS)),
        now=context.now,
        url=context.base_url,
    )
    return routes_of(simulator)


def routes_of(simulator: AlipaySimulator) -> Router:
    @route(
        "/gateway.do",
        http_method=[HttpMethod.GET, HttpMethod.POST],
        include_in_schema=False,
        status_code=200,
    )
    async def gateway(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Common parameters in the query, the content there or in the form."""
        form = (await request.body()).decode()
        pairs = [*request.query_params.items(), *parse_qsl(form, keep_blank_values=True)]
        fields = {str(name): str(value) for name, value in pairs}
        method = fields.get("method", "")
        if method in PAGES:
            return _page(fields)
        try:
            return Response(await simulator.answer(method, fields), media_type="text/html")
        except Dropped:
            return Response(b"", status_code=502)

    @get("/bill/{day:str}", include_in_schema=False, sync_to_thread=False)
    def bill(day: FromPath[str]) -> Response[bytes]:
        return Response(simulator.bill(date.fromisoformat(day)), media_type="application/zip")

    def _page(fields: dict[str, str]) -> Response[bytes]:
        try:
            reference = simulator.open(fields, simulator.check(fields))
        except Refused as refused:
            forged = "signature" in str(refused)
            return simulator.cashier.refuse("signature" if forged else "amount_wrong")
        return simulator.cashier.show(reference)

    async def close() -> None:
        await simulator.aclose()

    router = Router(PREFIX, route_handlers=[gateway, bill, *cashier_routes(simulator.cashier)])
    router.opt["aclose"] = close
    return router
