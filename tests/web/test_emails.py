"""E-mail addresses of contacts, and how mailers map errors of a mail server."""

from pathlib import Path

import pytest

from adapters.contacts.normalisation import normal_contact
from adapters.mail.mailers import FolderMailer, SmtpMailer, mailer_of, message_of
from core.domain.errors import Invalid
from ports.errors import Rejected, Unavailable
from ports.notifications import Email
from tests.postbox import postbox

pytestmark = pytest.mark.anyio


async def test_a_contact_is_exactly_one_address() -> None:
    for text in ("x,victim@example.com", "<b@example.com", '"a"@example.com'):
        with pytest.raises(Invalid):
            normal_contact(text)
        with pytest.raises(Rejected):
            message_of(Email(to=text, subject="x", text="x"), "shop@example.com")


async def test_mail_server_errors_are_mapped(tmp_path: Path) -> None:
    email = Email(to="mei@example.com", subject="您好", text="请打开链接。\n")
    with postbox() as (box, url):
        mailer = mailer_of(url, "shop@example.com")
        assert isinstance(mailer, SmtpMailer)
        await mailer.send(email)
        assert box.emails[0]["subject"] == "您好"
        assert box.emails[0].get_content().splitlines() == ["请打开链接。"]
        box.refuses = "550 no such user"
        with pytest.raises(Rejected):
            await mailer.send(email)
        box.refuses = "451 later"
        with pytest.raises(Unavailable):
            await mailer.send(email)
    with pytest.raises(Unavailable):
        await mailer.send(email)
    folder = mailer_of(f"file://{tmp_path / 'mail'}", "shop@example.com")
    assert isinstance(folder, FolderMailer)
    await folder.send(email)
    (file,) = (tmp_path / "mail").glob("*.eml")
    assert b"mei@example.com" in file.read_bytes()
    assert mailer_of("", "x") is None
    for wrong in ("http://example.com", "smtp://"):
        with pytest.raises(ValueError, match="smtp://"):
            mailer_of(wrong, "x")
