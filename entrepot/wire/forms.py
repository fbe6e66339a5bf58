"""Reads signed forms. Each field is decoded exactly once."""

from urllib.parse import parse_qsl

from ports.errors import BadSignature


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a URL-encoded form; empty values are kept.

    Raises:
        BadSignature: the body is not a form, or a field occurs twice.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict"
        )
    except ValueError as error:
        raise BadSignature from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BadSignature
    return fields
