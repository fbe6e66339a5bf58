"""The endpoint for notifications (callbacks) of payment gateways."""

import structlog
from litestar import Response, post
from litestar.params import FromPath

from adapters.web.dependencies import Given
from adapters.web.outer.request_metrics import RequestMetrics
from adapters.web.visitors import AnyRequest
from core.application.payments.notifications import Outcome, ReceiveNotification
from ports.clock import Clock
from ports.payments.notifications import RawNotification

MAX_NOTIFICATION_BYTES = 64 * 1024

log = structlog.get_logger(__name__)


@post(
    "/notify/{gateway:str}", include_in_schema=False, request_max_body_size=MAX_NOTIFICATION_BYTES
)
async def notify(
    gateway: FromPath[str],
    request: AnyRequest,
    receive_notification: Given[ReceiveNotification],
    request_metrics: Given[RequestMetrics],
    now: Given[Clock],
) -> Response[bytes]:
    """The gateway's plugin verifies the signature of the raw bytes.

    A forged notification, or one that matches no payment, is logged as a warning.
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
    request_metrics.count_notification(gateway, result.outcome)
    if result.outcome in {Outcome.REFUSED, Outcome.QUARANTINED}:
        log.warning("notification not accepted", gateway=gateway, outcome=str(result.outcome))
    answer = result.answer
    return Response(answer.body, status_code=answer.status, media_type=answer.content_type)
