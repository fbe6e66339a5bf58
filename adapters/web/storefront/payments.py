"""Sends the buyer to the payment gateway: a redirect, a form, or a QR code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import segno
from litestar import Response
from litestar.datastructures import Cookie
from litestar.response import Redirect as RedirectResponse
from markupsafe import Markup

from adapters.web.dependencies import Given
from adapters.web.storefront.context import StorefrontContext
from adapters.web.urls import ShopUrls, scene_of
from core.application.payments.gateways import Gateways
from core.application.payments.start import StartPayment
from core.domain.identifiers import OrderId
from ports.payments.purchase import FormPost, NextAction, QrCode, Redirect


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPage:
    """Starts a payment, and sends the buyer to the gateway."""

    context: Given[StorefrontContext]
    shop_urls: Given[ShopUrls]
    gateways: Given[Gateways]
    start_payment: Given[StartPayment]

    async def start(self, order_id: OrderId, number: str, gateway: str) -> NextAction:
        """Raises domain and port errors."""
        request = self.context.request
        scene = scene_of(request, self.gateways.by_code.get(gateway))
        payment_input = self.shop_urls.payment_input(
            request, number, self.context.language, gateway, scene
        )
        return await self.start_payment(order_id, payment_input)

    async def show(
        self, number: str, action: NextAction, cookies: Sequence[Cookie] = ()
    ) -> Response[Any]:
        """The buyer's next action. An action for an app redirects to the order page."""
        match action:
            case Redirect(url):
                return RedirectResponse(url, status_code=303, cookies=list(cookies))
            case FormPost() | QrCode():
                return await self.context.page(
                    "orders/pay.html",
                    cookies=cookies,
                    action=action,
                    qr=_qr_code(action.text) if isinstance(action, QrCode) else "",
                    back=self._order_path(number),
                )
            case _:
                return self.redirect_to_order(number, cookies)

    def redirect_to_order(self, number: str, cookies: Sequence[Cookie] = ()) -> Response[Any]:
        return RedirectResponse(self._order_path(number), status_code=303, cookies=list(cookies))

    def _order_path(self, number: str) -> str:
        return self.shop_urls.order_path(number, self.context.language)


def _qr_code(text: str) -> Markup:
    code = segno.make(text, error="m").svg_inline(scale=6, border=2)
    return Markup(code)  # noqa: S704 -- segno draws paths, never the text
