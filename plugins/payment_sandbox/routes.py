"""The sandbox's routes: for the buyer's browser, and for the merchant's server."""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from entrepot.simulation import Refused, page_for, simulator_router
from plugins.payment_sandbox.simulator import Simulator


def routes_of(simulator: Simulator) -> Router:
    @get("/pay", sync_to_thread=False, include_in_schema=False)
    def show(request: Request[Any, Any, Any]) -> Response[bytes]:
        fields = dict(request.query_params)
        language = fields.get("language", "zh")
        return page_for(simulator, lambda: simulator.create_trade(fields), language)

    @post("/api/{action:str}", include_in_schema=False)
    async def api(action: FromPath[str], request: Request[Any, Any, Any]) -> Response[bytes]:
        body = await request.body()
        try:
            answer, headers = await simulator.answer(action, dict(request.headers), body)
        except Refused as refused:
            return Response(refused.code.encode(), status_code=refused.status)
        return Response(answer, status_code=200, headers=headers)

    return simulator_router(simulator, [show, api])
