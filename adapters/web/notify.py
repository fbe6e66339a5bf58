"""Where payment gateways tell what happened."""

from typing import Any

import structlog
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from adapters.web.shell import Figures
from core.application.notifications import Outcome, ReceiveNotification
from ports.clock import Clock
from ports.payment.notifications import RawNotification

LARGEST = 64 * 1024

log = structlog.get_logger(__name__)


@post("/notify/{gateway:str}", include_in_schema=False, request_max_body_size=LARGEST)
async def notify(
    gateway: FromPath[str],
    request: Request[Any, Any, Any],
    receive_notification: NamedDependency[SkipValidation[ReceiveNotification]],
    figures: NamedDependency[SkipValidation[Figures]],
    now: NamedDependency[SkipValidation[Clock]],
) -> Response[bytes]:
    """The raw bytes go to the gateway's plugin, which alone knows how to believe them.

    What is forged, or fits nothing, is counted and logged: somebody should look.
    """
    heard = await receive_notification(
        gateway,
        RawNotification(
            headers=dict(request.headers.items()),
            query=dict(request.query_params.items()),
            body=await request.body(),
            received_at=now(),
        ),
    )
    figures.notifications.labels(gateway, heard.outcome).inc()
    if heard.outcome in {Outcome.REFUSED, Outcome.QUARANTINED}:
        log.warning("notification not accepted", gateway=gateway, outcome=str(heard.outcome))
    answer = heard.answer
    return Response(answer.body, status_code=answer.status, media_type=answer.content_type)
