"""Shared code for the wire protocols of payment providers."""

from entrepot.wire.amounts import fen, parse_fee, parse_yuan, yuan, yuan_of_minor
from entrepot.wire.certificates import Authorities, common_name, issued_by, valid_at
from entrepot.wire.forms import read_form
from entrepot.wire.messages import (
    UNREADABLE,
    must_match,
    read_genuine,
    reading_answer,
    text_of,
)
from entrepot.wire.rsa import private_key, public_key, rsa_sign, rsa_verify, unreadable_setting
from entrepot.wire.times import CHINA_TIME, china_time, parse_china_time, statement_ready_at
from entrepot.wire.transport import http_client, reading, send_request

__all__ = [
    "CHINA_TIME",
    "UNREADABLE",
    "Authorities",
    "china_time",
    "common_name",
    "fen",
    "http_client",
    "issued_by",
    "must_match",
    "parse_china_time",
    "parse_fee",
    "parse_yuan",
    "private_key",
    "public_key",
    "read_form",
    "read_genuine",
    "reading",
    "reading_answer",
    "rsa_sign",
    "rsa_verify",
    "send_request",
    "statement_ready_at",
    "text_of",
    "unreadable_setting",
    "valid_at",
    "yuan",
    "yuan_of_minor",
]
