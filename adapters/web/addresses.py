"""The shop's own addresses, as the outside must know them."""

from dataclasses import dataclass

from core.application.payments import ReturnAddresses
from ports.trust import Seal


@dataclass(frozen=True, slots=True)
class Addresses:
    base_url: str
    seal: Seal

    def order_path(self, number: str, language: str) -> str:
        """A page that shows the order to whoever has its address."""
        return f"/{language}/orders/{number}?key={self.seal(number)}"

    def of(self, number: str, language: str, gateway: str) -> ReturnAddresses:
        return ReturnAddresses(
            notify_url=f"{self.base_url}/notify/{gateway}",
            return_url=f"{self.base_url}{self.order_path(number, language)}",
        )
