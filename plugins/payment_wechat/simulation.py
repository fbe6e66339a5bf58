"""A simulated WeChat Pay inside the shop, with generated keys, to try the gateway."""

from typing import Any

from litestar import HttpMethod, Request, Response, Router, route
from litestar.params import FromPath
from pydantic import SecretStr

from entrepot import PluginContext
from entrepot.simulation import simulator_router
from entrepot.simulation.keys import private_pem, public_pem, stored_key
from plugins.payment_wechat.settings import WechatAccount
from plugins.payment_wechat.simulator import MerchantAccount, WechatSimulator

MERCHANT_ID, APP_ID = "1900000001", "wx0000000000000001"
SERIAL, OWN_SERIAL = "5E15EED1", "PUB_KEY_ID_0119000000012026112500000000"
APIV3_KEY = "a-simulated-key-of-32-characters"


def simulated_account(context: PluginContext) -> WechatAccount:
    return WechatAccount(
        code="wechat-simulator",
        merchant_id=MERCHANT_ID,
        app_id=APP_ID,
        serial=SERIAL,
        private_key=SecretStr(private_pem(stored_key(context.data / "merchant.pem"))),
        apiv3_key=SecretStr(APIV3_KEY),
        public_keys={OWN_SERIAL: public_pem(stored_key(context.data / "wechat.pem"))},
        url=f"{context.base_url}{WechatSimulator.prefix}",
    )


def simulator_routes(context: PluginContext) -> Router:
    merchant = MerchantAccount(
        merchant_id=MERCHANT_ID,
        app_id=APP_ID,
        serial=SERIAL,
        merchant_key=stored_key(context.data / "merchant.pem").public_key(),
        apiv3_key=APIV3_KEY.encode(),
        own_serial=OWN_SERIAL,
        own_key=stored_key(context.data / "wechat.pem"),
    )
    return routes_of(WechatSimulator.in_shop(context, merchant))


def routes_of(simulator: WechatSimulator) -> Router:
    @route(
        "/v3/{rest:path}",
        http_method=[HttpMethod.GET, HttpMethod.POST],
        include_in_schema=False,
        status_code=200,
    )
    async def api(rest: FromPath[str], request: Request[Any, Any, Any]) -> Response[bytes]:
        query = request.scope["query_string"].decode()
        path = f"/v3{rest}" + (f"?{query}" if query else "")
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.body()
        answer = await simulator.answer(str(request.method), path, headers, body)
        return Response(answer.body, status_code=answer.status, headers=dict(answer.headers))

    return simulator_router(simulator, [api])
