"""The emails about orders, as a buyer would see them."""

from litestar import Response, get

from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.dependencies import Given
from core.application.notifications.order_templates import ORDER_TEMPLATES
from core.domain.shop_permissions import ORDERS_READ
from core.domain.text import LANGUAGES
from ports.notifications import Mailer


@get("/emails", include_in_schema=False, opt=needs(ORDERS_READ))
async def show(context: Given[AdminContext], mailer: Given[Mailer | None]) -> Response[bytes]:
    previews = [
        (template, [(each, template.filled(each, template.samples)) for each in LANGUAGES])
        for template in ORDER_TEMPLATES
    ]
    return context.page("emails.html", previews=previews, sends_emails=mailer is not None)


handlers = [show]
