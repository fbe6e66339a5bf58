"""Answers of carriers."""

from dataclasses import dataclass
from typing import Any

from adapters.plugins.answers.checks import (
    WrongAnswer,
    address_of,
    code_of,
    exactly,
    money_of,
    names_of,
    tuple_of,
)
from ports.fulfillment import (
    CarrierService,
    ShippingRate,
    ShippingRequest,
    Tracking,
    TracksParcels,
)

MAX_RATES = 50
MAX_SERVICES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierDescription:
    """What a carrier says about itself. The shop asks once, at the start."""

    code: str
    services: tuple[CarrierService, ...]


def describe_carrier(carrier: Any) -> CarrierDescription:
    tracks = isinstance(carrier, TracksParcels)
    code = code_of(carrier.code, "the code")
    if "." in code:
        # The dot parts the carrier from its rate: two carriers would have one rate code.
        raise WrongAnswer(f"“{code}” is no code of a carrier, because it has a dot")
    return CarrierDescription(
        code=code,
        services=services(carrier.services()) if tracks else (),
    )


def rates(answer: Any, request: ShippingRequest) -> tuple[ShippingRate, ...]:
    found = tuple_of(answer, "the rates", most=MAX_RATES)
    currency = request.goods_total.currency
    for each in found:
        rate = exactly(each, ShippingRate, "a rate")
        code_of(rate.code, "the code of a rate")
        names_of(rate.name, "the name of a rate")
        money_of(rate.price, "the price of a rate", currency=currency)
    if len({each.code for each in found}) < len(found):
        raise WrongAnswer("two rates have one code")
    return found


def services(answer: Any) -> tuple[CarrierService, ...]:
    found = tuple_of(answer, "the services", most=MAX_SERVICES)
    for each in found:
        service = exactly(each, CarrierService, "a service")
        code_of(service.code, "the code of a service")
        names_of(service.name, "the name of a service")
    return found


def tracking(answer: Any) -> Tracking:
    found = exactly(answer, Tracking, "the tracking")
    if exactly(found.url, str, "the tracking page"):
        address_of(found.url, "the tracking page")
    return found
