"""Alipay's signatures: which text of a request, an answer or a notification is signed.

Source: Alipay open platform, “signing and verifying”; the vectors of its official SDKs.
"""

import json
from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from entrepot import BadSignature
from entrepot.wire import read_form, rsa_sign, rsa_verify

DECODER = json.JSONDecoder()


def request_content(fields: Mapping[str, str]) -> str:
    """Empty values and ``sign`` are left out, ``sign_type`` is kept."""
    return "&".join(
        f"{name}={value}" for name, value in sorted(fields.items()) if value and name != "sign"
    )


def notification_content(fields: Mapping[str, str]) -> str:
    """Empty values are kept, ``sign`` and ``sign_type`` are left out."""
    return "&".join(
        f"{name}={value}"
        for name, value in sorted(fields.items())
        if name not in {"sign", "sign_type"}
    )


def signed(fields: Mapping[str, str], key: RSAPrivateKey) -> dict[str, str]:
    given = {name: value for name, value in fields.items() if value}
    return {**given, "sign": rsa_sign(key, request_content(given).encode())}


def read_notification(body: bytes, keys: Sequence[RSAPublicKey]) -> dict[str, str]:
    """The fields of a notification whose signature is valid.

    Raises:
        BadSignature: forged, another signature type, or a field occurs twice.
    """
    fields = read_form(body)
    if fields.get("sign_type") != "RSA2":
        raise BadSignature
    if not rsa_verify(keys, notification_content(fields).encode(), fields.get("sign", "")):
        raise BadSignature
    return fields


def top_level(text: str) -> dict[str, str]:
    """The raw text of each member of the outermost object: the signature is over this text.

    Nested objects do not count, even if they look like a signed answer.

    >>> top_level('{"a": {"b": 1}, "sign": "x"}')
    {'a': '{"b": 1}', 'sign': '"x"'}

    Raises:
        ValueError: not an object, or a member occurs twice.
    """
    members: dict[str, str] = {}
    place = _skip(text, text.index("{") + 1)
    while text[place] != "}":
        name, place = DECODER.raw_decode(text, place)
        place = _skip(text, text.index(":", place) + 1)
        _, end = DECODER.raw_decode(text, place)
        if not isinstance(name, str) or name in members:
            raise ValueError(name)
        members[name] = text[place:end]
        place = _skip(text, end)
        if text[place] == ",":
            place = _skip(text, place + 1)
    return members


def _skip(text: str, place: int) -> int:
    while text[place] in " \t\r\n":
        place += 1
    return place
