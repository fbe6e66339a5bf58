"""Letters by SMTP (RFC 5321), encrypted where the server can, or into a folder."""

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

SECONDS = 20.0
PERMANENT = 500


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """``smtps`` is TLS from the first byte; ``smtp`` upgrades if the server offers it."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: bool = False

    async def send(self, email: Email) -> None:
        try:
            await aiosmtplib.send(
                message_of(email, self.sender),
                recipients=[email.to],
                hostname=self.host,
                port=self.port,
                username=self.user or None,
                password=self.password or None,
                use_tls=self.tls,
                timeout=SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(each.code >= PERMANENT for each in error.recipients):
                raise Rejected("the address does not exist") from error
            raise Unavailable from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unavailable from error


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """A file a letter, for trying the shop out."""

    folder: Path
    sender: str

    async def send(self, email: Email) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.folder / f"{token_hex(8)}.eml"
        file.write_bytes(bytes(message_of(email, self.sender)))


def mailer_of(url: str, sender: str) -> Mailer | None:
    """By ``smtp://user:password@host:port``, ``smtps://…`` or ``file:///folder``; None if empty.

    Raises:
        ValueError: it is none of them.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderMailer(Path(unquote(parts.path)), sender)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("Mail goes by smtp://, smtps:// or file://.")
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
    """One address, as it is written. Raises `Rejected` for what only looks like one."""
    try:
        address = Address(addr_spec=text)
    except (ValueError, HeaderParseError) as error:
        raise Rejected("this is no e-mail address") from error
    if address.addr_spec != text:
        raise Rejected("this is no e-mail address")
    return address
