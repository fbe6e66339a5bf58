"""A simulated WeChat Pay beside the shop, with keys that it makes up, for trying it out."""

from typing import Any

from litestar import HttpMethod, Request, Response, Router, route
from litestar.params import FromPath
from pydantic import SecretStr

from entrepot import PluginContext
from entrepot.simulation import Book, Notifier, cashier_routes
from entrepot.simulation.keys import kept_key, private_pem, public_pem
from plugins.payment_wechat.settings import WechatAccount
from plugins.payment_wechat.simulator import (
    PREFIX,
    RETRY_AFTER_SECONDS,
    Dropped,
    Party,
    WechatSimulator,
)

MERCHANT_ID, APP_ID = "1900000001", "wx0000000000000001"
SERIAL, OWN_SERIAL = "5E15EED1", "PUB_KEY_ID_0119000000012026112500000000"
APIV3_KEY = "a-simulated-key-of-32-characters"


def simulated_account(context: PluginContext) -> WechatAccount:
    return WechatAccount(
        code="wechat",
        merchant_id=MERCHANT_ID,
        app_id=APP_ID,
        serial=SERIAL,
        private_key=SecretStr(private_pem(kept_key(context.data / "merchant.pem"))),
        apiv3_key=SecretStr(APIV3_KEY),
        public_keys={OWN_SERIAL: public_pem(kept_key(context.data / "wechat.pem"))},
        url=f"{context.base_url}{PREFIX}",
    )


def simulator_routes(context: PluginContext) -> Router:
    simulator = WechatSimulator(
        party=Party(
            merchant_id=MERCHANT_ID,
            app_id=APP_ID,
            serial=SERIAL,
            merchant_key=kept_key(context.data / "merchant.pem").public_key(),
            apiv3_key=APIV3_KEY.encode(),
            own_serial=OWN_SERIAL,
            own_key=kept_key(context.data / "wechat.pem"),
        ),
        book=Book(context.data / "trades.db"),
        notifier=Notifier((2, 10, *RETRY_AFTER_SECONDS)),
        now=context.now,
        url=context.base_url,
    )
    return routes_of(simulator)


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
        try:
            answer = await simulator.answer(
                str(request.method), path, headers, await request.body()
            )
        except Dropped:
            return Response(b"", status_code=502)
        return Response(answer.body, status_code=answer.status, headers=dict(answer.headers))

    async def close() -> None:
        await simulator.aclose()

    router = Router(PREFIX, route_handlers=[api, *cashier_routes(simulator.cashier)])
    router.opt["aclose"] = close
    return router
