"""The sandbox's addresses: for the buyer's browser, and for the merchant's program."""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from entrepot.simulation import cashier_routes
from plugins.payment_sandbox.simulator import PREFIX, Dropped, Refused, Simulator


def routes_of(simulator: Simulator) -> Router:
    @get("/pay", sync_to_thread=False, include_in_schema=False)
    def show(request: Request[Any, Any, Any]) -> Response[bytes]:
        fields = dict(request.query_params)
        try:
            reference = simulator.open(fields)
        except (Refused, KeyError, ValueError) as error:
            reason = str(error) if isinstance(error, Refused) else "signature"
            return simulator.cashier.refuse(reason, fields.get("language", "zh"))
        return simulator.cashier.show(reference)

    @post("/api/{what:str}", include_in_schema=False)
    async def program(what: FromPath[str], request: Request[Any, Any, Any]) -> Response[bytes]:
        try:
            body, headers = await simulator.answer(
                what, dict(request.headers), await request.body()
            )
        except Dropped:
            return Response(b"", status_code=502)
        except (Refused, KeyError, ValueError) as error:
            reason = str(error) if isinstance(error, Refused) else "malformed"
            return Response(reason.encode(), status_code=400)
        return Response(body, status_code=200, headers=headers)

    async def close() -> None:
        await simulator.aclose()

    router = Router(PREFIX, route_handlers=[show, program, *cashier_routes(simulator.cashier)])
    router.opt["aclose"] = close
    return router
