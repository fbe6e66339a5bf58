"""Renders the privacy notice as an HTML page."""

import html
from collections.abc import Sequence

from core.application.privacy.processing import localized_recipients, purposes_of
from core.domain.privacy.inventory import Field, Store
from core.domain.privacy.policy import Policy
from core.domain.privacy.recipient import Recipient

WORDS = {
    "zh": {
        "title": "隐私政策",
        "purpose": "处理目的",
        "data": "个人信息",
        "basis": "合法性基础",
        "kept": "保存期限",
        "recipients": "信息接收方",
        "stores": "其他存储位置",
        "rights": "您有权查阅、复制、转移、更正和删除您的个人信息，也可以要求我们解释本政策。",
    },
    "en": {
        "title": "Privacy notice",
        "purpose": "Purpose",
        "data": "Personal data",
        "basis": "Legal basis",
        "kept": "Retention",
        "recipients": "Recipients",
        "stores": "Other storage",
        "rights": "You have the right to access, copy, transfer, correct and delete your "
        "personal data.",
    },
}


def notice_of(
    policy: Policy,
    inventory: Sequence[Field | Store],
    language: str,
    recipients: Sequence[Recipient] = (),
) -> str:
    """Return the privacy notice (GDPR Art. 13, PIPL Art. 17) as an HTML page."""
    words = WORDS[language]
    rows = [
        (each["name"], each["data"], each["basis"], each["retention"])
        for each in purposes_of(policy, inventory, language)
    ]
    stores = "".join(
        f"<li>{_e(each.name.in_language(language))}: {_e(each.personal.in_language(language))}</li>"
        for each in inventory
        if isinstance(each, Store)
    )
    recipient_items = "".join(
        f"<li>{_e(each['name'])} ({_e(each['country'])}): {_e(each['data'])}</li>"
        for each in localized_recipients(recipients, language)
    )
    head = "".join(f"<th>{words[name]}</th>" for name in ("purpose", "data", "basis", "kept"))
    body = "".join(
        "<tr>" + "".join(f"<td>{_e(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f"<!doctype html><html lang='{language}'><meta charset='utf-8'>"
        f"<title>{words['title']}</title><h1>{words['title']}</h1>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"<h2>{words['recipients']}</h2><ul>{recipient_items}</ul>"
        f"<h2>{words['stores']}</h2><ul>{stores}</ul><p>{words['rights']}</p></html>"
    )


def _e(text: str) -> str:
    return html.escape(text)
