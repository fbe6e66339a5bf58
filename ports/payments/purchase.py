"""Purchase requests of the shop, and the next action of the buyer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.money import Money


class Scene(StrEnum):
    """The channel that the buyer uses. It selects the product of the provider.

    ``WEB``: a browser on a computer. ``MOBILE``: a browser on a phone. ``QR``: a code that a
    phone scans. ``IN_APP``: a page inside the provider's own app. ``APP``: the merchant's app.
    """

    WEB = "web"
    MOBILE = "mobile"
    QR = "qr"
    IN_APP = "in_app"
    APP = "app"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRequest:
    """One payment attempt. Every retry of it uses the same ``reference``.

    ``payer`` is the provider's identifier of the buyer (an ``openid``), for `Scene.IN_APP`.
    ``client_ip`` is the address of the buyer's browser, for providers that require it.
    """

    reference: str
    amount: Money
    subject: str
    language: str
    created_at: datetime
    expires_at: datetime
    notify_url: str
    return_url: str
    scene: Scene = Scene.WEB
    payer: str = ""
    client_ip: str = ""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Send the browser to ``url``."""

    url: str


@dataclass(frozen=True, slots=True)
class FormPost:
    """Make the browser post ``fields`` to ``url``."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class QrCode:
    """Show ``text`` as a QR code until ``expires_at``."""

    text: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class InAppParameters:
    """Parameters that a page passes to the script of the provider's app."""

    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AppParameters:
    """Parameters that the merchant's app passes to the provider's SDK: named, or one text."""

    parameters: Mapping[str, str]
    text: str = ""


NextAction = Redirect | FormPost | QrCode | InAppParameters | AppParameters
"""What the buyer does next to pay."""
