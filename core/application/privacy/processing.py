"""Builds the record of processing and the tables of the privacy notice, from the inventory."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from core.domain.privacy.inventory import Category, Field, NotPersonal, Pii, Store
from core.domain.privacy.policy import Policy, Purpose
from core.domain.privacy.recipient import Recipient
from core.domain.text import Text
from ports.signatures import Digest

CATEGORIES: dict[Category, Text] = {
    Category.CONTACT: Text({"zh": "姓名与联系方式", "en": "names and contact details"}),
    Category.ADDRESS: Text({"zh": "收货地址", "en": "addresses"}),
    Category.CREDENTIAL: Text({"zh": "登录凭证（哈希值）", "en": "sign-in credentials, as hashes"}),
    Category.PREFERENCE: Text({"zh": "偏好", "en": "preferences"}),
    Category.BEHAVIOUR: Text({"zh": "交易与使用记录", "en": "transactions and usage"}),
    Category.FREE_TEXT: Text({"zh": "留言", "en": "free text"}),
    Category.LINK: Text({"zh": "内部编号", "en": "internal numbers"}),
}


def document_of(
    policy: Policy, inventory: Sequence[Field | Store], recipients: Sequence[Recipient] = ()
) -> dict[str, Any]:
    """Returns the record of processing (GDPR 30, PIPL 55) as JSON."""
    personal = [
        (each, each.classification)
        for each in inventory
        if isinstance(each, Field) and isinstance(each.classification, Pii)
    ]
    return {
        "jurisdictions": list(policy.jurisdictions),
        "purposes": [
            {
                **_purpose(purpose),
                "fields": [
                    _field(field, pii) for field, pii in personal if pii.purpose == purpose.code
                ],
            }
            for purpose in policy.purposes.values()
        ],
        "recipients": [recipient_document(each) for each in recipients],
        "stores": [
            {
                "code": each.code,
                "name": dict(each.name.by_language),
                "personal": dict(each.personal.by_language),
                "keeps": each.keeps,
            }
            for each in inventory
            if isinstance(each, Store)
        ],
        "not_personal": {
            each.place: each.classification.reason
            for each in inventory
            if isinstance(each, Field) and isinstance(each.classification, NotPersonal)
        },
    }


def recipient_document(recipient: Recipient) -> dict[str, Any]:
    return {
        "code": recipient.code,
        "name": dict(recipient.name.by_language),
        "country": recipient.country,
        "receives": [str(each) for each in recipient.receives],
    }


def localized_recipients(recipients: Sequence[Recipient], language: str) -> list[dict[str, str]]:
    """Returns name, country and received data of each recipient, in one language."""
    join = ("、" if language == "zh" else ", ").join
    return [
        {
            "name": each.name.in_language(language),
            "country": each.country,
            "data": join(CATEGORIES[category].in_language(language) for category in each.receives),
        }
        for each in recipients
    ]


def problems_of(
    policy: Policy, inventory: Iterable[Field | Store], columns: Iterable[str]
) -> list[str]:
    """Returns the differences between the inventory and the columns of the database.

    Plugins have fields elsewhere, such as in files. A place is compared with the database if its
    table is there. The first classification of a place counts: no plugin changes the shop's own.
    """
    known = set(columns)
    tables = {column.partition(".")[0] for column in known}
    fields: dict[str, Pii | NotPersonal] = {}
    for each in inventory:
        if isinstance(each, Field):
            fields.setdefault(each.place, each.classification)
    missing = {place for place in fields if place.partition(".")[0] in tables} - known
    problems = [f"{place}: is not in the inventory" for place in sorted(known - set(fields))]
    problems += [f"{place}: does not exist" for place in sorted(missing)]
    problems += [
        f"{place}: the purpose “{classification.purpose}” is unknown"
        for place, classification in fields.items()
        if isinstance(classification, Pii) and classification.purpose not in policy.purposes
    ]
    problems += [
        f"{place}: is sensitive, and needs a consent of its own (PIPL 29, GDPR 9)"
        for place, classification in fields.items()
        if isinstance(classification, Pii)
        and classification.sensitive
        and classification.purpose not in {each.code for each in policy.consents}
    ]
    return problems


def purposes_of(
    policy: Policy, inventory: Sequence[Field | Store], language: str
) -> list[dict[str, str]]:
    """Returns name, data, legal basis and retention of each purpose, in one language."""
    join = ("、" if language == "zh" else ", ").join
    purposes = []
    for purpose in policy.purposes.values():
        categories = dict.fromkeys(
            each.classification.category
            for each in inventory
            if isinstance(each, Field)
            and isinstance(each.classification, Pii)
            and each.classification.purpose == purpose.code
        )
        categories |= dict.fromkeys(purpose.uses)
        purposes.append(
            {
                "code": purpose.code,
                "name": purpose.name.in_language(language),
                "data": join(CATEGORIES[each].in_language(language) for each in categories) or "–",
                "basis": "; ".join(basis.article for basis in purpose.basis.values()),
                "retention": purpose.retention.in_language(language),
            }
        )
    return purposes


def wording(
    policy: Policy, inventory: Sequence[Field | Store], digest: Digest
) -> Callable[[str, str], str]:
    """Returns a function from purpose code and language to the hash of the notice's text."""

    @cache
    def hashes(language: str) -> dict[str, str]:
        return {each["code"]: digest(each) for each in purposes_of(policy, inventory, language)}

    return lambda purpose, language: hashes(language)[purpose]


def _purpose(purpose: Purpose) -> dict[str, Any]:
    return {
        "code": purpose.code,
        "name": dict(purpose.name.by_language),
        "basis": {
            where: {"code": basis.code, "article": basis.article}
            for where, basis in purpose.basis.items()
        },
        "retention": dict(purpose.retention.by_language),
        "uses": [str(each) for each in purpose.uses],
    }


def _field(field: Field, classification: Pii) -> dict[str, Any]:
    return {
        "place": field.place,
        "category": str(classification.category),
        "whose": str(classification.data_subject),
        "on_erase": str(classification.on_erase),
        "exported": classification.export,
        "encrypted": classification.encrypted,
        "reason": classification.reason,
    }
