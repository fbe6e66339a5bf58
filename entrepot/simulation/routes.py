"""The routes that all simulators share."""

from collections.abc import Callable, Sequence
from typing import Any

from litestar import Request, Response, Router

from entrepot.simulation.payment_page import payment_page_routes
from entrepot.simulation.refusals import Refused, ResponseDropped
from entrepot.simulation.simulator import GatewaySimulator

BAD_GATEWAY = 502


def simulator_router(simulator: GatewaySimulator[Any], handlers: Sequence[Any]) -> Router:
    """The handlers of the protocol and the payment page. The shop closes the simulator."""

    async def close() -> None:
        await simulator.aclose()

    router = Router(
        simulator.prefix,
        route_handlers=[
            # Merchants post to the protocol from their servers, and from the pages of their shops.
            Router("/", route_handlers=list(handlers), opt={"cross_site": True}),
            *payment_page_routes(simulator.payment_page),
        ],
        exception_handlers={ResponseDropped: _bad_gateway},
    )
    router.opt["aclose"] = close
    return router


def page_for(
    simulator: GatewaySimulator[Any], create: Callable[[], str], language: str = "zh"
) -> Response[bytes]:
    """The payment page of the trade that ``create`` stores, or a page with the refusal."""
    try:
        reference = create()
    except Refused as refused:
        return simulator.payment_page.refuse(refused.page_text, language)
    return simulator.payment_page.show(reference)


def _bad_gateway(_request: Request[Any, Any, Any], _error: Exception) -> Response[bytes]:
    return Response(b"", status_code=BAD_GATEWAY)
