"""Where an attempt to log in comes from: address, device and the token of a known device."""

from adapters.web.client_address import client_network
from adapters.web.visitors import DEVICE_COOKIE, STAFF_DEVICE_COOKIE, AnyRequest
from core.domain.accounts import Caller

# The first match wins: browsers name the browsers that they descend from.
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("AlipayClient", "Alipay"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("HarmonyOS", "HarmonyOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
MAX_TOKEN_LENGTH = 100


def caller_of(request: AnyRequest) -> Caller:
    """A customer of the storefront or of the API."""
    return _caller(request, DEVICE_COOKIE)


def staff_caller_of(request: AnyRequest) -> Caller:
    """Staff in the back office."""
    return _caller(request, STAFF_DEVICE_COOKIE)


def device_of(user_agent: str) -> str:
    """The kind of browser and system, for the list of sessions. Empty for other programs.

    >>> device_of("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox, Windows'
    >>> device_of("curl/8")
    ''
    """
    found = (
        next((name for mark, name in kinds if mark in user_agent), "")
        for kinds in (BROWSERS, SYSTEMS)
    )
    return ", ".join(name for name in found if name)


def _caller(request: AnyRequest, cookie: str) -> Caller:
    return Caller(
        address=client_network(request),
        device=device_of(request.headers.get("user-agent", "")),
        known_device=str(request.cookies.get(cookie, ""))[:MAX_TOKEN_LENGTH],
    )
