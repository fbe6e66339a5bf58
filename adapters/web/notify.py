"""The endpoint for notifications (callbacks) of payment gateways."""

import structlog
from litestar import Response, post
from litestar.params import FromPath

from adapters.web.dependencies import Given
from adapters.web.outer_app import Figures
from adapters.web.visitors import AnyRequest
from core.application.payments.notifications import Outcome, ReceiveNotification
from ports.clock import Clock
from ports.payments.notifications import RawNotification

LARGEST = 64 * 1024

log = structlog.get_logger(__name__)


@post("/notify/{gateway:str}", include_in_schema=False, request_max_body_size=LARGEST)
async def notify(
    gateway: FromPath[str],
    request: AnyRequest,
    receive_notification: Given[ReceiveNotification],
    figures: Given[Figures],
    now: Given[Clock],
) -> Response[bytes]:
    """The gateway's plugin verifies the raw bytes.

    A forged notification, or one that matches no payment, is counted and logged as a warning.
    """
    result = await receive_notification(
        gateway,
        RawNotification(
            headers=dict(request.headers.items()),
            query=dict(request.query_params.items()),
            body=await request.body(),
            received_at=now(),
        ),
    )
    figures.notifications.labels(gateway, result.outcome).inc()
    if result.outcome in {Outcome.REFUSED, Outcome.QUARANTINED}:
        log.warning("notification not accepted", gateway=gateway, outcome=str(result.outcome))
    answer = result.answer
    return Response(answer.body, status_code=answer.status, media_type=answer.content_type)
