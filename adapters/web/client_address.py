"""The client's address, the scheme and the host of a request, also behind reverse proxies.

`TrustedProxies` writes them to the ASGI scope, before anything else reads the request.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Literal, Protocol, TypeAlias, cast

from litestar.connection import ASGIConnection
from litestar.types import HTTPScope

ProxyHeaders: TypeAlias = Literal["x-forwarded", "forwarded"]
Address: TypeAlias = IPv4Address | IPv6Address

UNIX = "unix"
"""In a list of trusted proxies: a proxy that connects over a Unix socket."""
IPV6_SITE_BITS = 64
"""One customer of an access provider has at least a /64 (RFC 6177), so it counts as one client."""
REPORTED = frozenset(
    (b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-real-ip")
)
HOST = re.compile(r"[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
ADDRESS = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>[0-9.]+):\d+|(?P<bare>.+)")
# RFC 7239 §4: forwarded-pair is token "=" value; a value is a token or a quoted string.
PAIR = r"\s*(?:[\w!#$%&'*+.^`|~-]+=(?:[\w!#$%&'*+.^`|~:\[\]-]+|\"(?:[^\"\\]|\\.)*\"))?\s*"
ELEMENTS = re.compile(rf"{PAIR}(?:[;,]{PAIR})*")
TOKENS = re.compile(
    r"(?P<end>,)|(?P<name>[^\s;,=]+)=(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<token>[^;,\s]+))"
)


class Network(Protocol):
    """A range of addresses, such as `ipaddress.IPv4Network`."""

    def __contains__(self, address: Any, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Hop:
    """What one proxy reports of its own client; empty if it does not report it."""

    client: str = ""
    scheme: str = ""
    host: str = ""


class TrustedProxies:
    """``networks`` are those of the proxies, and ``unix``. ``headers`` are those that they set.

    The headers of the other kind are ignored: a proxy passes them on as its client sent them.
    """

    def __init__(self, networks: Sequence[Network | str], headers: ProxyHeaders) -> None:
        self._networks = [each for each in networks if not isinstance(each, str)]
        self._unix = UNIX in networks
        self._read_hops = _forwarded if headers == "forwarded" else _x_forwarded

    def resolve(self, scope: HTTPScope) -> None:
        """Replace the proxy's address, scheme and host by those of its client.

        From right to left, each address was reported by the proxy to the right of it. The first
        one that is not a trusted proxy is the client. Headers of others change nothing.
        """
        client = scope["client"]
        peer = _parsed(client[0]) if client and client[0] else None
        if self._trusts(peer):
            peer, hop = self._client_of(peer, scope)
            if hop.scheme in {"http", "https"}:
                scope["scheme"] = hop.scheme
            if HOST.fullmatch(hop.host):
                _replace_host(scope, hop.host.encode())
        # Nothing behind this line reads what a proxy, or a client in its name, has reported.
        scope["headers"] = [each for each in scope["headers"] if each[0] not in REPORTED]
        scope["client"] = (str(peer), 0) if peer is not None else None

    def _client_of(self, peer: Address | None, scope: HTTPScope) -> tuple[Address | None, Hop]:
        nearest = Hop()
        for hop in self._read_hops(scope):
            if not self._trusts(peer) or (reported := _parsed(hop.client)) is None:
                break
            peer, nearest = reported, hop
        return peer, nearest

    def _trusts(self, peer: Address | None) -> bool:
        if peer is None:
            return self._unix
        return any(peer in network for network in self._networks)


def client_address(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The client's IP address; empty if it connects over a Unix socket."""
    client = connection.scope["client"]
    return client[0] if client else ""


def client_network(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """What a limit per client counts: an IPv4 address, or the /64 network of an IPv6 address."""
    return network_of(client_address(connection))


def network_of(text: str) -> str:
    """The IPv4 address itself, or the /64 network of an IPv6 address.

    >>> network_of("203.0.113.7"), network_of("2001:db8:1:2:3:4:5:6")
    ('203.0.113.7', '2001:db8:1:2::/64')
    """
    address = _parsed(text)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, IPV6_SITE_BITS), strict=False))
    return text


@lru_cache(maxsize=4_096)
def _parsed(text: str) -> Address | None:
    """An address with or without a port; an IPv4-mapped one is IPv4. None for anything else."""
    match = ADDRESS.fullmatch(text.strip())
    if match is None:
        return None
    try:
        address = ip_address(match["v6"] or match["v4"] or match["bare"])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _x_forwarded(scope: HTTPScope) -> Iterator[Hop]:
    """The hops of ``X-Forwarded-*``, the nearest first.

    A proxy that knows only its own scheme and host sends one value for all hops.
    """
    clients = _list(scope, b"x-forwarded-for")
    schemes = _list(scope, b"x-forwarded-proto")
    hosts = _list(scope, b"x-forwarded-host")
    for depth, client in enumerate(reversed(clients), start=1):
        yield Hop(client, _from_right(schemes, depth).lower(), _from_right(hosts, depth))


def _forwarded(scope: HTTPScope) -> Iterator[Hop]:
    """The hops of ``Forwarded`` (RFC 7239), the nearest first. A malformed header has none."""
    text = ",".join(_values(scope, b"forwarded"))
    if not ELEMENTS.fullmatch(text):
        return
    elements: list[dict[str, str]] = [{}]
    for match in TOKENS.finditer(text):
        if match["end"]:
            elements.append({})
        else:
            quoted = match["quoted"]
            value = match["token"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            elements[-1][match["name"].lower()] = value
    for each in reversed(elements):
        yield Hop(each.get("for", ""), each.get("proto", "").lower(), each.get("host", ""))


def _from_right(values: Sequence[str], depth: int) -> str:
    return values[-min(depth, len(values))] if values else ""


def _list(scope: HTTPScope, name: bytes) -> list[str]:
    return [each.strip() for value in _values(scope, name) for each in value.split(",")]


def _values(scope: HTTPScope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _replace_host(scope: HTTPScope, host: bytes) -> None:
    others = [each for each in scope["headers"] if each[0] != b"host"]
    scope["headers"] = cast("list[tuple[bytes, bytes]]", [(b"host", host), *others])
