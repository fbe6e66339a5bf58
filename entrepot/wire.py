"""Shared code of payment protocols: keys, amounts, times, and HTTP calls with the right errors."""

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

from core.domain.errors import Invalid
from core.domain.money import Money
from ports.errors import Misconfigured, OutcomeUnknown, RateLimited, Rejected, Unavailable

CHINA_TIME = timezone(timedelta(hours=8), "GMT+8")
TIMEOUT = httpx.Timeout(8.0, connect=3.0)
FIRST_SERVER_ERROR = 500


def private_key(text: str) -> RSAPrivateKey:
    """Read a private key: PEM, or plain base64 as the tools of Chinese gateways print it.

    Raises:
        ValueError: it is not an RSA private key. The message does not contain the text.
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
    """Read a public key: PEM, or plain base64. Raises `ValueError`."""
    key = (
        load_pem_public_key(text.encode())
        if "-----BEGIN" in text
        else load_der_public_key(base64.b64decode(text))
    )
    if not isinstance(key, RSAPublicKey):
        raise ValueError("this is no RSA public key")  # noqa: TRY004 -- a wrong value
    return key


def rsa_sign(key: RSAPrivateKey, message: bytes) -> str:
    """Sign with PKCS#1 v1.5 and SHA-256. Returns base64."""
    return base64.b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


def rsa_holds(keys: Sequence[RSAPublicKey], message: bytes, signature: str) -> bool:
    """Whether the signature is valid for one of the keys, such as the current and the next."""
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
    """Format as yuan with two decimals.

    Raises:
        Rejected: the currency is not CNY.

    >>> yuan(Money(5, "CNY"))
    '0.05'
    """
    fen(amount)
    return f"{amount.minor // 100}.{amount.minor % 100:02d}"


def fen(amount: Money) -> int:
    """The amount in fen. Raises `Rejected` for another currency than CNY."""
    if amount.currency != "CNY":
        raise Rejected("only CNY can be paid here")
    return amount.minor


def of_yuan(text: str) -> Money:
    """Parse yuan with at most two decimals. Raises `ValueError`.

    >>> of_yuan("19.9").minor
    1990
    """
    try:
        return Money.parse(text, "CNY")
    except Invalid as error:
        raise ValueError(text) from error


def china(at: datetime, pattern: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Format a time in China time (GMT+8)."""
    return at.astimezone(CHINA_TIME).strftime(pattern)


def of_china(text: str, pattern: str = "%Y-%m-%d %H:%M:%S") -> datetime:
    """Parse a time in China time (GMT+8). Raises `ValueError`."""
    return datetime.strptime(text, pattern).replace(tzinfo=CHINA_TIME)


async def exchange(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """Send a request. The error says whether the request may have taken effect.

    Raises:
        Unavailable: there was no connection, so nothing happened.
        RateLimited: the service answered 429.
        OutcomeUnknown: the response was incomplete, too late, or a server error.
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
    """The error for a key or certificate in the settings that cannot be read."""
    return Misconfigured(f"{what} cannot be read ({type(error).__name__})")
