"""Structured logs: one line of JSON per event, without personal data."""

import logging
import sys

import msgspec
import structlog

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
"""Values of the setting ``log_level``."""


def configure_logging(level: int = logging.INFO) -> None:
    """Write events of this level and above to standard error."""
    # httpx logs each address of a request, and some contain a signature.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_encode),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


def _encode(event: object, **_options: object) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()
