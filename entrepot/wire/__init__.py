"""Shared code for the wire protocols of payment providers."""

from entrepot.wire.amounts import fen, parse_yuan, yuan, yuan_of_minor
from entrepot.wire.certificates import issued_by
from entrepot.wire.forms import read_form
from entrepot.wire.rsa import private_key, public_key, rsa_sign, rsa_verify, unreadable_setting
from entrepot.wire.times import CHINA_TIME, china_time, parse_china_time
from entrepot.wire.transport import TIMEOUT, http_client, reading, send_request

__all__ = [
    "CHINA_TIME",
    "TIMEOUT",
    "china_time",
    "fen",
    "http_client",
    "issued_by",
    "parse_china_time",
    "parse_yuan",
    "private_key",
    "public_key",
    "read_form",
    "reading",
    "rsa_sign",
    "rsa_verify",
    "send_request",
    "unreadable_setting",
    "yuan",
    "yuan_of_minor",
]
