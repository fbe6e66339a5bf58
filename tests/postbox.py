"""An SMTP server in this process that records the emails it receives."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers import free_port


class Postbox:
    """``refuses`` is the response to every recipient; empty accepts all."""

    def __init__(self) -> None:
        self.emails: list[EmailMessage] = []
        self.refuses = ""

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        self.emails.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"


@contextmanager
def postbox() -> Iterator[tuple[Postbox, str]]:
    """The postbox, and the address of its server."""
    box, port = Postbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()
