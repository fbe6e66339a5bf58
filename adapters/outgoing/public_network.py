"""Connections to public addresses only: a name is resolved once, and what was checked is used.

Otherwise an address that a person enters reaches the shop's own network (server-side request
forgery), also through a name whose second answer is another one (DNS rebinding).
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpcore
import httpx

Networks = Sequence[IPv4Network | IPv6Network]

NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are an IPv4 address, which a gateway connects to."""


class PrivateAddress(httpcore.ConnectError):
    """The name leads to an address that is not public."""


class PublicTransport(httpx.AsyncHTTPTransport):
    """Connects to public addresses, and to those of ``allowed``."""

    def __init__(self, tls: ssl.SSLContext, allowed: Networks = ()) -> None:
        super().__init__(verify=tls, trust_env=False)
        # httpx has no argument for the network; its pool is httpcore's, which has one.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls, network_backend=PublicNetwork(allowed)
        )


class PublicNetwork(httpcore.AsyncNetworkBackend):
    """Resolves a name, checks all of its addresses, and connects to one of them."""

    def __init__(self, allowed: Networks) -> None:
        self._allowed = allowed
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- the interface of httpcore
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises `PrivateAddress` before it connects to anything."""
        addresses = await resolve(host, port)
        for address in addresses:
            if not is_public(address) and not any(address in each for each in self._allowed):
                raise PrivateAddress(f"{host} is not a public address")
        error: httpcore.ConnectError | None = None
        for address in addresses:
            try:
                return await self._inner.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except httpcore.ConnectError as refused:
                error = refused
        raise error or httpcore.ConnectError(f"{host} has no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 -- the interface of httpcore
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        del timeout, socket_options
        raise PrivateAddress(f"{path} is a file of this machine")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


async def resolve(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    """The addresses of a name, in the order of the operating system.

    Raises:
        httpcore.ConnectError: the name has none.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    # A link-local address has a scope, such as fe80::1%eth0; it is no part of the address.
    return list(dict.fromkeys(ip_address(str(each[4][0]).partition("%")[0]) for each in found))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address, and every IPv4 address inside of it, is reachable from the internet.

    >>> [is_public(ip_address(each)) for each in ("1.1.1.1", "127.0.0.1", "::ffff:10.0.0.1")]
    [True, False, False]
    """
    inner = _embedded(address) if isinstance(address, IPv6Address) else None
    if inner is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that packets to this address finally reach."""
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
