"""The form of a price list: who gets its prices, when, and which offers do not change them."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from adapters.web.admin.form_texts import texts_of
from adapters.web.admin.form_values import codes_in
from adapters.web.admin.listings.cells import choices
from adapters.web.language import shop_text
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.price_lists import PriceList, PriceRank
from ports.admin.forms import (
    ChoiceField,
    ChoicesField,
    Form,
    FormField,
    MomentField,
    Section,
    TextField,
    TranslatedField,
)
from ports.pricing import PriceListSummary

FIRST = {"rank": PriceRank.LIST.name.lower()}
LANES = tuple(each for each in Lane if each not in {Lane.CATALOGUE, Lane.TAXES})


@cache
def price_list_form() -> Form:
    return Form(sections=(Section(fields=(*_prices(), *_buyers(), *_window())),))


@cache
def new_price_list_form() -> Form:
    code = TextField(name="code", label=shop_text("Price list code"), required=True)
    form = price_list_form()
    return replace(form, sections=(Section(fields=(code,)), *form.sections))


def _prices() -> tuple[FormField, ...]:
    ranks = choices("rank", [each.name.lower() for each in PriceRank])
    return (
        ChoiceField(name="rank", label=shop_text("Kind of price"), choices=ranks),
        TranslatedField(
            name="label",
            label=shop_text("Name"),
            help=shop_text(
                "Shown beside the price, such as “Member price”. Empty: no reason is shown."
            ),
        ),
    )


def _buyers() -> tuple[FormField, ...]:
    codes = shop_text("Codes, separated by spaces. Empty: all of them.")
    return (
        TextField(name="groups", label=shop_text("Customer groups"), help=codes, most=2_000),
        TextField(name="channels", label=shop_text("Sales channels"), help=codes, most=2_000),
        TextField(name="countries", label=shop_text("Countries"), help=codes, most=2_000),
    )


def _window() -> tuple[FormField, ...]:
    return (
        MomentField(name="starts_at", label=shop_text("Starts at")),
        MomentField(name="ends_at", label=shop_text("Ends at")),
        ChoicesField(
            name="closes",
            label=shop_text("Offers that do not change these prices"),
            choices=choices("lane", LANES),
        ),
    )


def price_list_of(values: Mapping[str, Any], code: str) -> PriceList:
    """Raises `Invalid`."""
    return PriceList(
        code=code,
        ladders={},
        rank=PriceRank[(values["rank"] or "list").upper()],
        groups=frozenset(codes_in(values["groups"])),
        channels=frozenset(codes_in(values["channels"])),
        countries=frozenset(each.upper() for each in codes_in(values["countries"])),
        starts_at=values["starts_at"],
        ends_at=values["ends_at"],
        closes=frozenset(Lane(each) for each in values["closes"]),
        label=values["label"],
    )


def texts_of_price_list(summary: PriceListSummary) -> Mapping[str, str]:
    price_list = summary.price_list
    values = {
        "rank": price_list.rank.name.lower(),
        "groups": " ".join(sorted(price_list.groups)),
        "channels": " ".join(sorted(price_list.channels)),
        "countries": " ".join(sorted(price_list.countries)),
        "starts_at": price_list.starts_at,
        "ends_at": price_list.ends_at,
        "closes": price_list.closes,
        "label": price_list.label,
    }
    return {**texts_of(price_list_form(), values), "version": str(summary.version)}
