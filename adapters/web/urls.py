"""URLs of order pages, and of the gateways' callbacks to the shop."""

from dataclasses import dataclass

from adapters.web.client_address import client_address
from adapters.web.visitors import AnyRequest
from core.application.payments.start import PaymentInput
from ports.payments.gateway import PaymentGateway
from ports.payments.purchase import Scene
from ports.security import SignAccessToken


@dataclass(frozen=True, slots=True)
class ShopUrls:
    base_url: str
    sign_access_token: SignAccessToken

    def order_path(self, number: str, language: str) -> str:
        """The order page. Its signed ``key`` gives access without a session."""
        return f"/{language}/orders/{number}?key={self.sign_access_token(number)}"

    def payment_input(
        self,
        request: AnyRequest,
        number: str,
        language: str,
        gateway: str,
        scene: Scene | None = None,
    ) -> PaymentInput:
        """The chosen gateway and scene, with the URLs for the notification and the return."""
        return PaymentInput(
            gateway=gateway,
            scene=scene,
            client_ip=client_address(request),
            notify_url=f"{self.base_url}/notify/{gateway}",
            return_url=f"{self.base_url}{self.order_path(number, language)}",
        )


def scene_of(request: AnyRequest, gateway: PaymentGateway | None) -> Scene | None:
    """The best scene of the gateway for the visitor's device, by its user agent."""
    if gateway is None:
        return None
    agent = request.headers.get("user-agent", "")
    is_phone = any(word in agent for word in ("Mobile", "Android", "iPhone"))
    preferred = (
        (Scene.MOBILE, Scene.WEB, Scene.QR) if is_phone else (Scene.WEB, Scene.QR, Scene.MOBILE)
    )
    return next((scene for scene in preferred if scene in gateway.scenes), None)
