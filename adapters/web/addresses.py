"""The shop's own addresses, as the outside must know them."""

from dataclasses import dataclass
from typing import Any

from litestar import Request

from core.application.payments import PaymentWish
from ports.payment.gateway import PaymentGateway
from ports.payment.purchase import Scene
from ports.trust import Seal


@dataclass(frozen=True, slots=True)
class Addresses:
    base_url: str
    seal: Seal

    def order_path(self, number: str, language: str) -> str:
        """A page that shows the order to whoever has its address."""
        return f"/{language}/orders/{number}?key={self.seal(number)}"

    def wish(
        self,
        request: Request[Any, Any, Any],
        number: str,
        language: str,
        gateway: str,
        scene: Scene | None = None,
    ) -> PaymentWish:
        """How the visitor wants to pay: a phone's browser is told apart from a computer's."""
        return PaymentWish(
            gateway=gateway,
            scene=scene,
            client_ip=request.client.host if request.client else "",
            notify_url=f"{self.base_url}/notify/{gateway}",
            return_url=f"{self.base_url}{self.order_path(number, language)}",
        )


def scene_of(request: Request[Any, Any, Any], gateway: PaymentGateway | None) -> Scene | None:
    """What suits the visitor's device best among what the gateway serves."""
    if gateway is None:
        return None
    agent = request.headers.get("user-agent", "")
    phone = any(mark in agent for mark in ("Mobile", "Android", "iPhone"))
    wanted = (Scene.MOBILE, Scene.WEB, Scene.QR) if phone else (Scene.WEB, Scene.QR, Scene.MOBILE)
    return next((scene for scene in wanted if scene in gateway.scenes), None)
