"""Where payment gateways tell what happened."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from core.application.payments import ReceiveNotification
from ports.clock import Clock
from ports.payment import RawNotification

LARGEST = 64 * 1024


@post("/notify/{gateway:str}", include_in_schema=False, request_max_body_size=LARGEST)
async def notify(
    gateway: FromPath[str],
    request: Request[Any, Any, Any],
    receive_notification: NamedDependency[SkipValidation[ReceiveNotification]],
    now: NamedDependency[SkipValidation[Clock]],
) -> Response[bytes]:
    """The raw bytes go to the gateway's plugin, which alone knows how to believe them."""
    answer = await receive_notification(
        gateway,
        RawNotification(
            headers=dict(request.headers.items()),
            query=dict(request.query_params.items()),
            body=await request.body(),
            received_at=now(),
        ),
    )
    return Response(answer.body, status_code=answer.status, media_type=answer.content_type)
