"""A simulated Alipay inside the shop, with generated keys, to try the gateway."""

from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from litestar import HttpMethod, Request, Response, Router, get, route
from litestar.params import FromPath
from pydantic import SecretStr

from entrepot import PluginContext
from entrepot.simulation import page_for, simulator_router
from entrepot.simulation.keys import private_pem, public_pem, stored_key
from plugins.payment_alipay.settings import AlipayAccount
from plugins.payment_alipay.simulator import PAGES, AlipaySimulator, MerchantAccount

APP_ID, SELLER_ID = "2021000000000001", "2088000000000001"


def simulated_account(context: PluginContext) -> AlipayAccount:
    return AlipayAccount(
        code="alipay-simulator",
        app_id=APP_ID,
        seller_id=SELLER_ID,
        private_key=SecretStr(private_pem(stored_key(context.data / "merchant.pem"))),
        alipay_public_keys=(public_pem(stored_key(context.data / "alipay.pem")),),
        url=f"{context.base_url}{AlipaySimulator.prefix}/gateway.do",
    )


def simulator_routes(context: PluginContext) -> Router:
    merchant = MerchantAccount(
        app_id=APP_ID,
        seller_id=SELLER_ID,
        merchant_key=stored_key(context.data / "merchant.pem").public_key(),
        own_key=stored_key(context.data / "alipay.pem"),
    )
    return routes_of(AlipaySimulator.in_shop(context, merchant))


def routes_of(simulator: AlipaySimulator) -> Router:
    @route(
        "/gateway.do",
        http_method=[HttpMethod.GET, HttpMethod.POST],
        include_in_schema=False,
        status_code=200,
    )
    async def gateway(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Common parameters are in the query, the content is there or in the form."""
        form = (await request.body()).decode()
        pairs = [*request.query_params.items(), *parse_qsl(form, keep_blank_values=True)]
        fields = {str(name): str(value) for name, value in pairs}
        method = fields.get("method", "")
        if method in PAGES:
            return page_for(
                simulator, lambda: simulator.create_trade(fields, simulator.check(fields))
            )
        return Response(await simulator.answer(method, fields), media_type="text/html")

    @get("/bill/{day:str}", include_in_schema=False, sync_to_thread=False)
    def bill(day: FromPath[str]) -> Response[bytes]:
        return Response(simulator.bill(date.fromisoformat(day)), media_type="application/zip")

    return simulator_router(simulator, [gateway, bill])
