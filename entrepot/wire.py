"""What payment services' protocols have in common: keys, amounts, times, and failing safely."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from adapters.tls import tls_context
from core.domain.errors import Invalid
from core.domain.money import Money
from ports.errors import Misconfigured, OutcomeUnknown, RateLimited, Rejected, Unavailable

CHINA_TIME = timezone(timedelta(hours=8), "GMT+8")
TIMEOUT = httpx.Timeout(8.0, connect=3.0)
FIRST_SERVER_ERROR = 500


def private_key(text: str) -> RSAPrivateKey:
    """A PEM, or the bare base64 that Chinese gateways' tools print.

    Raises:
        ValueError: it is no RSA private key. The text is not in the message.
    """
    try:
        key = (
            load_pem_private_key(text.encode(), None)
            if "-----BEGIN" in text
            else load_der_private_key(base64.b64decode(text), None)
        )
    except (ValueError, TypeError):
        raise ValueError("this is no RSA private key") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("this is no RSA private key")  # noqa: TRY004 -- a wrong value
    return key


def public_key(text: str) -> RSAPublicKey:
    """A PEM, or bare base64. Raises `ValueError`."""
    key = (
        load_pem_public_key(text.encode())
        if "-----BEGIN" in text
        else load_der_public_key(base64.b64decode(text))
    )
    if not isinstance(key, RSAPublicKey):
        raise ValueError("this is no RSA public key")  # noqa: TRY004 -- a wrong value
    return key


def rsa_sign(key: RSAPrivateKey, message: bytes) -> str:
    """PKCS#1 v1.5 with SHA-256, in base64."""
    return base64.b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


def rsa_holds(keys: Sequence[RSAPublicKey], message: bytes, signature: str) -> bool:
    """Whether one of the keys made the signature: the current one, or the next."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    for key in keys:
        try:
            key.verify(raw, message, PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return True
    return False


def yuan(amount: Money) -> str:
    """Exactly two decimals, as the wire wants it.

    Raises:
        Rejected: it is not in CNY.

    >>> yuan(Money(5, "CNY"))
    '0.05'
    """
    fen(amount)
    return f"{amount.minor // 100}.{amount.minor % 100:02d}"


def fen(amount: Money) -> int:
    """Minor units of CNY. Raises `Rejected` for another currency."""
    if amount.currency != "CNY":
        raise Rejected("only CNY can be paid here")
    return amount.minor


def of_yuan(text: str) -> Money:
    """Read yuan strictly: at most two decimals. Raises `ValueError`.

    >>> of_yuan("19.9").minor
    1990
    """
    try:
        return Money.parse(text, "CNY")
    except Invalid as error:
        raise ValueError(text) from error


def china(at: datetime, pattern: str = "%Y-%m-%d %H:%M:%S") -> str:
    """A moment as GMT+8 writes it."""
    return at.astimezone(CHINA_TIME).strftime(pattern)


def of_china(text: str, pattern: str = "%Y-%m-%d %H:%M:%S") -> datetime:
    """Raises `ValueError`."""
    return datetime.strptime(text, pattern).replace(tzinfo=CHINA_TIME)


def http_client(
    transport: httpx.AsyncBaseTransport | None, timeout: httpx.Timeout | float = TIMEOUT
) -> httpx.AsyncClient:
    """A client that shares one TLS context with all others. ``timeout`` is in seconds.

    ``transport`` replaces the network, for tests.
    """
    return httpx.AsyncClient(timeout=timeout, transport=transport, verify=tls_context())


async def exchange(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """Send it; what went wrong says whether it may have happened.

    Raises:
        Unavailable: the connection was never made: nothing happened.
        RateLimited: the service asks to be left alone for a while.
        OutcomeUnknown: the answer was cut, late, or an error of the server's.
    """
    try:
        answer = await client.send(request)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Unavailable from error
    except httpx.HTTPError as error:
        raise OutcomeUnknown from error
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        after = answer.headers.get("retry-after", "")
        raise RateLimited(float(after) if after.isdecimal() else 60.0)
    if answer.status_code >= FIRST_SERVER_ERROR:
        raise OutcomeUnknown
    return answer


def setting(what: str, error: Exception) -> Misconfigured:
    """A key or a certificate of the settings that cannot be used, without showing it."""
    return Misconfigured(f"{what} cannot be read ({type(error).__name__})")
