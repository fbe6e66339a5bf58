"""Conversion between JSON columns and values of the domain."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.domain.address import Address
from core.domain.carts import CartLine, Delivery
from core.domain.catalogue.attribute import Attribute, AttributeKind
from core.domain.catalogue.product import Picture
from core.domain.catalogue.variant import OptionType, OptionValue
from core.domain.identifiers import LineKey, Sku
from core.domain.money import Money
from core.domain.orders.holds import Blocked, Hold, HoldEnd
from core.domain.orders.instalments import Instalment
from core.domain.orders.lines import Move
from core.domain.text import Text

Document = dict[str, Any]


def text_to(text: Text) -> dict[str, str]:
    return dict(text.by_language)


def options_to(options: Sequence[OptionType]) -> list[Document]:
    return [
        {
            "code": option.code,
            "name": text_to(option.name),
            "values": [
                {"code": value.code, "name": text_to(value.name)} for value in option.values
            ],
        }
        for option in options
    ]


def options_from(documents: Sequence[Document]) -> tuple[OptionType, ...]:
    return tuple(
        OptionType(
            document["code"],
            Text(document["name"]),
            tuple(OptionValue(value["code"], Text(value["name"])) for value in document["values"]),
        )
        for document in documents
    )


def choice_label(options: Sequence[Document], chosen: Mapping[str, str]) -> Text:
    """The names of the chosen option values, joined for display: 月白 · 450 ml."""
    names: list[Mapping[str, str]] = [
        value["name"]
        for option in options
        for value in option["values"]
        if chosen.get(option["code"]) == value["code"]
    ]
    languages = {language for name in names for language in name}
    return Text(
        {
            language: " · ".join(Text(name).in_language(language) for name in names)
            for language in sorted(languages)
        }
    )


def attributes_to(attributes: Sequence[Attribute]) -> list[Document]:
    return [
        {
            "code": attribute.code,
            "name": text_to(attribute.name),
            "value": attribute.value,
            "label": text_to(attribute.label),
            "kind": str(attribute.kind),
        }
        for attribute in attributes
    ]


def attributes_from(documents: Sequence[Document]) -> tuple[Attribute, ...]:
    return tuple(
        Attribute(
            code=document["code"],
            name=Text(document["name"]),
            value=document["value"],
            label=Text(document["label"]),
            kind=AttributeKind(document["kind"]),
        )
        for document in documents
    )


def pictures_to(pictures: Sequence[Picture]) -> list[Document]:
    return [
        {"path": picture.path, "alt": text_to(picture.alt), "position": picture.position}
        for picture in pictures
    ]


def pictures_from(documents: Sequence[Document]) -> tuple[Picture, ...]:
    return tuple(
        Picture(path=each["path"], alt=Text(each["alt"]), position=each["position"])
        for each in documents
    )


def cart_lines_to(lines: Sequence[CartLine]) -> list[Document]:
    return [
        {
            "key": line.key,
            "sku": line.sku,
            "quantity": line.quantity,
            "unit_price": line.unit_price.minor,
            "source": line.source,
            **({"fields": dict(line.fields)} if line.fields else {}),
        }
        for line in lines
    ]


def cart_lines_from(documents: Sequence[Document], currency: str) -> tuple[CartLine, ...]:
    return tuple(
        CartLine(
            key=LineKey(document["key"]),
            sku=Sku(document["sku"]),
            quantity=document["quantity"],
            unit_price=Money(document["unit_price"], currency),
            source=document["source"],
            fields=document.get("fields", {}),
        )
        for document in documents
    )


def delivery_to(delivery: Delivery | None) -> Document | None:
    return None if delivery is None else asdict(delivery)


def delivery_from(document: Document | None) -> Delivery | None:
    if document is None:
        return None
    return Delivery(contact=document["contact"], address=Address(**document["address"]))


def history_to(history: Sequence[Move]) -> list[Document]:
    return [
        {
            "move": each.move,
            "state": each.state,
            "at": each.at.isoformat(),
            "actor": each.actor,
        }
        for each in history
    ]


def history_from(documents: Sequence[Document]) -> tuple[Move, ...]:
    return tuple(
        Move(
            move=document["move"],
            state=document["state"],
            at=datetime.fromisoformat(document["at"]),
            actor=document["actor"],
        )
        for document in documents
    )


def holds_to(holds: Sequence[Hold]) -> list[Document]:
    return [
        {
            "code": each.code,
            "blocks": sorted(each.blocks),
            "reason": text_to(each.reason),
            "until": each.until.isoformat() if each.until else None,
            "then": str(each.then),
        }
        for each in holds
    ]


def holds_from(documents: Sequence[Document]) -> tuple[Hold, ...]:
    return tuple(
        Hold(
            code=each["code"],
            blocks=frozenset(map(Blocked, each["blocks"])),
            reason=Text(each["reason"]),
            until=datetime.fromisoformat(each["until"]) if each["until"] else None,
            then=HoldEnd(each["then"]),
        )
        for each in documents
    )


def instalments_to(instalments: Sequence[Instalment]) -> list[Document]:
    return [
        {
            "code": each.code,
            "amount": each.amount.minor,
            "pay_before": each.pay_before.isoformat(),
            "paid_at": each.paid_at.isoformat() if each.paid_at else None,
        }
        for each in instalments
    ]


def instalments_from(documents: Sequence[Document], currency: str) -> tuple[Instalment, ...]:
    return tuple(
        Instalment(
            code=each["code"],
            amount=Money(each["amount"], currency),
            pay_before=datetime.fromisoformat(each["pay_before"]),
            paid_at=datetime.fromisoformat(each["paid_at"]) if each["paid_at"] else None,
        )
        for each in documents
    )
