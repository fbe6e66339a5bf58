"""Answers of payment gateways."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

from adapters.plugins.answers.checks import (
    WrongAnswer,
    address_of,
    code_of,
    exactly,
    mapping_of,
    moment_of,
    money_of,
    names_of,
    number_of,
    optional,
    text_of,
    tuple_of,
)
from core.domain.text import Text
from ports.payments.abilities import Ability
from ports.payments.gateway import GatewayPayment, GatewayStatus
from ports.payments.notifications import Acknowledgement, Notification
from ports.payments.purchase import (
    AppParameters,
    FormPost,
    InAppParameters,
    NextAction,
    QrCode,
    Redirect,
    Scene,
)
from ports.payments.refunds import GatewayRefund, GatewayRefundStatus
from ports.payments.statements import StatementKind, StatementLine

MAX_REFERENCE = 128
MAX_FIELDS = 200
MAX_FIELD = 20_000
MAX_QR_CODE = 2_000
MAX_REASON = 500
MAX_ACKNOWLEDGEMENT_BYTES = 16_384
MAX_STATEMENT_LINES = 500_000
MAX_BASIS_POINTS = 10_000
FIRST_STATUS, LAST_STATUS = 200, 599


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayDescription:
    """What a gateway says about itself. The shop asks once, at the start.

    ``accepted`` and ``refused`` are the responses to notifications; None without the ability.
    """

    code: str
    name: Text
    account: str
    scenes: tuple[Scene, ...]
    abilities: frozenset[Ability]
    fee_basis_points: int | None
    accepted: Acknowledgement | None
    refused: Acknowledgement | None


def describe_gateway(gateway: Any) -> GatewayDescription:
    abilities = exactly(gateway.abilities, frozenset, "the abilities")
    scenes = tuple_of(gateway.scenes, "the scenes", most=len(Scene))
    if not scenes:
        raise WrongAnswer("the gateway has no scene")
    notifies = Ability.NOTIFICATIONS in abilities
    return GatewayDescription(
        code=code_of(gateway.code, "the code"),
        name=names_of(gateway.name, "the name"),
        account=text_of(gateway.account, "the account", most=MAX_REFERENCE, least=1),
        scenes=tuple(exactly(each, Scene, "a scene") for each in scenes),
        abilities=frozenset(exactly(each, Ability, "an ability") for each in abilities),
        fee_basis_points=optional(
            getattr(gateway, "fee_basis_points", None),
            lambda value: number_of(value, "the fee", most=MAX_BASIS_POINTS),
        ),
        accepted=acknowledgement(gateway.acknowledge(accepted=True)) if notifies else None,
        refused=acknowledgement(gateway.acknowledge(accepted=False)) if notifies else None,
    )


def next_action(answer: Any, *, http: bool = False) -> NextAction:
    """``http`` allows addresses without TLS, for a shop that has none."""
    if type(answer) is Redirect:
        address_of(answer.url, "the address", http=http)
    elif type(answer) is FormPost:
        address_of(answer.url, "the address of the form", http=http)
        _fields(answer.fields)
    elif type(answer) is QrCode:
        text_of(answer.text, "the QR code", most=MAX_QR_CODE, least=1)
        moment_of(answer.expires_at, "the end of the QR code")
    elif type(answer) is InAppParameters:
        _fields(answer.parameters)
    elif type(answer) is AppParameters:
        _fields(answer.parameters)
        text_of(answer.text, "the text for the app", most=MAX_FIELD)
    else:
        raise WrongAnswer(f"answered with {type(answer).__name__}")
    return cast("NextAction", answer)


def payment(answer: Any, *, reference: str = "") -> GatewayPayment:
    """``reference`` is the one that the shop asked for; empty: any."""
    found = exactly(answer, GatewayPayment, "the payment")
    _reference(found.reference, reference)
    exactly(found.status, GatewayStatus, "the status")
    text_of(found.account, "the account", most=MAX_REFERENCE)
    text_of(found.provider_reference, "the number", most=MAX_REFERENCE)
    amount = optional(found.amount, partial(money_of, what="the amount"))
    optional(found.paid_at, partial(moment_of, what="the time"))
    if found.status in {GatewayStatus.AUTHORIZED, GatewayStatus.PAID} and amount is None:
        raise WrongAnswer("a payment with money has no amount")
    return found


def refund(answer: Any, *, reference: str = "") -> GatewayRefund:
    """``reference`` is the one that the shop asked for; empty: any."""
    found = exactly(answer, GatewayRefund, "the refund")
    _reference(found.reference, reference)
    text_of(found.payment_reference, "the payment", most=MAX_REFERENCE)
    exactly(found.status, GatewayRefundStatus, "the status")
    text_of(found.account, "the account", most=MAX_REFERENCE)
    text_of(found.provider_reference, "the number", most=MAX_REFERENCE)
    text_of(found.failure, "the reason", most=MAX_REASON)
    optional(found.amount, partial(money_of, what="the amount"))
    optional(found.at, partial(moment_of, what="the time"))
    return found


def notification(answer: Any) -> Notification:
    """A genuine notification with unusable values has a problem, and is quarantined."""
    found = exactly(answer, Notification, "the notification")
    for text in (found.key, found.account, found.problem):
        if len(exactly(text, str, "a text of the notification")) > MAX_FIELD:
            raise WrongAnswer("a text of the notification is too long")
    if not found.key:
        raise WrongAnswer("the key is empty")
    try:
        optional(found.payment, payment)
        optional(found.refund, refund)
    except WrongAnswer as error:
        return replace(found, payment=None, refund=None, problem=found.problem or str(error))
    return found


def acknowledgement(answer: Any) -> Acknowledgement:
    found = exactly(answer, Acknowledgement, "the acknowledgement")
    number_of(found.status, "the status", least=FIRST_STATUS, most=LAST_STATUS)
    if len(exactly(found.body, bytes, "the body")) > MAX_ACKNOWLEDGEMENT_BYTES:
        raise WrongAnswer("the body is too long")
    if not text_of(found.content_type, "the content type", least=1).isascii():
        raise WrongAnswer("the content type is not ASCII")
    return found


def statement_line(answer: Any) -> StatementLine:
    line = exactly(answer, StatementLine, "a line")
    exactly(line.kind, StatementKind, "the kind of a line")
    text_of(line.reference, "the reference of a line", most=MAX_REFERENCE)
    text_of(line.provider_reference, "the number of a line", most=MAX_REFERENCE)
    text_of(line.refund_reference, "the refund of a line", most=MAX_REFERENCE)
    money_of(line.amount, "the amount of a line")
    money_of(line.fee, "the fee of a line")
    moment_of(line.at, "the time of a line")
    return line


def _reference(value: Any, asked: str) -> None:
    if text_of(value, "the reference", most=MAX_REFERENCE) != asked and asked:
        raise WrongAnswer("answered about another reference")


def _fields(value: Any) -> None:
    for name, content in mapping_of(value, "the fields", most=MAX_FIELDS).items():
        text_of(name, "the name of a field", least=1)
        if len(exactly(content, str, "a field")) > MAX_FIELD:
            raise WrongAnswer("a field is too long")
