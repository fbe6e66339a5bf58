"""Emails by SMTP (RFC 5321), with TLS if the server has it, or as files in a folder."""

import asyncio
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from secrets import token_hex
from urllib.parse import unquote, urlsplit

import aiosmtplib

from ports.errors import Rejected, Unavailable
from ports.notifications import Email, Mailer

TIMEOUT_SECONDS = 20.0
"""For one reply of the server."""
TOTAL_SECONDS = 60.0
"""For the whole email: a server may send a line of a reply again and again."""
PERMANENT_FAILURE = 500
"""SMTP reply codes from here on are permanent (RFC 5321 §4.2.1)."""


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """``tls``: TLS from the first byte. Otherwise STARTTLS, if the server offers it."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: bool = False

    async def send(self, email: Email) -> None:
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                await aiosmtplib.send(
                    message_of(email, self.sender),
                    recipients=[email.to],
                    hostname=self.host,
                    port=self.port,
                    username=self.user or None,
                    password=self.password or None,
                    use_tls=self.tls,
                    timeout=TIMEOUT_SECONDS,
                )
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(each.code >= PERMANENT_FAILURE for each in error.recipients):
                raise Rejected("the address does not exist") from error
            raise Unavailable from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unavailable from error


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """Writes each email to a file, for demos and tests."""

    folder: Path
    sender: str

    async def send(self, email: Email) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.folder / f"{token_hex(8)}.eml"
        file.write_bytes(bytes(message_of(email, self.sender)))


def mailer_of(url: str, sender: str) -> Mailer | None:
    """Parse ``smtp://user:password@host:port``, ``smtps://…`` or ``file:///folder``.

    Returns None for an empty URL.

    Raises:
        ValueError: the URL has another scheme, or no host.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderMailer(Path(unquote(parts.path)), sender)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("The mail URL must begin with smtp://, smtps:// or file://.")
    tls = parts.scheme == "smtps"
    return SmtpMailer(
        host=parts.hostname,
        port=parts.port or (465 if tls else 587),
        sender=sender,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
    )


def message_of(email: Email, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = _address(email.to)
    message["Subject"] = email.subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or None)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(email.text)
    return message


def _address(text: str) -> Address:
    """Parse exactly one address. Raises `Rejected` for anything else."""
    try:
        address = Address(addr_spec=text)
    except (ValueError, HeaderParseError) as error:
        raise Rejected("this is not an email address") from error
    if address.addr_spec != text:
        raise Rejected("this is not an email address")
    return address
