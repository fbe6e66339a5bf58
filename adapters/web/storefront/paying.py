"""From an order to its gateway: by redirect, by a form, or by a code to scan."""

from collections.abc import Sequence
from typing import Any

import segno
from litestar import Response
from litestar.datastructures import Cookie
from litestar.response import Redirect as RedirectResponse
from markupsafe import Markup

from adapters.web.addresses import Addresses
from adapters.web.storefront.visit import Visit
from ports.payment.purchase import FormPost, NextAction, QrCode, Redirect


async def pay_page(
    visit: Visit,
    number: str,
    action: NextAction,
    addresses: Addresses,
    cookies: Sequence[Cookie] = (),
) -> Response[Any]:
    """What the buyer does next; what only an app can do leads back to the order."""
    back = addresses.order_path(number, visit.language)
    match action:
        case Redirect(url):
            return RedirectResponse(url, status_code=303, cookies=list(cookies))
        case FormPost() | QrCode():
            return await visit.page(
                "orders/pay.html",
                cookies=cookies,
                action=action,
                qr=_drawn(action.text) if isinstance(action, QrCode) else "",
                back=back,
            )
        case _:
            return RedirectResponse(back, status_code=303, cookies=list(cookies))


def _drawn(text: str) -> Markup:
    code = segno.make(text, error="m").svg_inline(scale=6, border=2)
    return Markup(code)  # noqa: S704 -- segno draws paths alone, whatever the text is
