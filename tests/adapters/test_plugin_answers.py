"""Answers of plugins are checked for what they hold, not for their outer type alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from markupsafe import Markup

from adapters.plugins.answers import fulfillment, payments, privacy, recommendation, search
from adapters.plugins.answers.checks import WrongAnswer
from adapters.plugins.answers.errors import clean_error
from core.domain.money import Money
from core.domain.privacy.inventory import Field
from core.domain.privacy.records import (
    Decision,
    ErasureFinding,
    Outcome,
    Page,
    Record,
    Subject,
)
from core.domain.text import Text
from ports.errors import PortError, RateLimited, Unavailable
from ports.fulfillment import CarrierService, ShippingRate, ShippingRequest, Tracking
from ports.payments.gateway import GatewayPayment, GatewayStatus
from ports.payments.notifications import Acknowledgement, Notification
from ports.payments.purchase import AppParameters, FormPost, InAppParameters, QrCode, Redirect
from ports.payments.refunds import GatewayRefund, GatewayRefundStatus
from ports.payments.statements import StatementKind, StatementLine
from ports.recommendation import Recommendation
from ports.search import FacetCount, SearchQuery, SearchResult
from tests.factories import ADDRESS, yuan

NOW = datetime(2026, 11, 27, tzinfo=UTC)
NAIVE = NOW.replace(tzinfo=None)
NAME = Text({"en": "Name"})
REQUEST = ShippingRequest(address=ADDRESS, lines=(), goods_total=yuan(1))
RATE = ShippingRate(code="rate", name=NAME, price=yuan(1))
ID: Any = UUID(int=1)
OTHER: Any = UUID(int=2)
RECOMMENDATION = Recommendation(product_id=ID, score=0.5, reason="trending")
RESULT = SearchResult(product_ids=(ID, OTHER), total=2)
PAID = GatewayPayment(reference="1", status=GatewayStatus.PAID, account="us", amount=yuan(1))
REFUND = GatewayRefund(
    reference="1", payment_reference="2", status=GatewayRefundStatus.PENDING, account="us"
)
LINE = StatementLine(
    kind=StatementKind.PAYMENT,
    reference="1",
    provider_reference="2",
    amount=yuan(1),
    fee=yuan(0),
    at=NOW,
)
DECISION = Decision(reference="1", outcome=Outcome.ERASE)
RECORD = Record(section="points", reference="1", fields={"points": 1})


def named(name: Any) -> Text:
    """A name whose content was changed after its own check."""
    text = Text({"en": "x"})
    object.__setattr__(text, "by_language", {"en": name})
    return text


def rates(*answer: Any) -> Any:
    return fulfillment.rates(answer, REQUEST)


def recommended(*answer: Any) -> Any:
    return recommendation.recommendations(answer, 2)


def found(answer: Any) -> Any:
    return search.search_result(answer, SearchQuery(limit=2))


def paid(answer: Any) -> Any:
    return payments.payment(answer, reference="1")


def refunded(answer: Any) -> Any:
    return payments.refund(answer, reference="1")


def done(answer: Any) -> Any:
    return privacy.done(answer, [DECISION])


def retained(answer: Any) -> Any:
    return privacy.retained(answer, ["1"])


RIGHT: list[tuple[Callable[..., Any], Any]] = [
    (rates, RATE),
    (fulfillment.services, (CarrierService(code="sf", name=NAME),)),
    (fulfillment.tracking, Tracking(url="https://sf.example/1")),
    (fulfillment.tracking, Tracking()),
    (recommended, RECOMMENDATION),
    (found, RESULT),
    (paid, PAID),
    (refunded, REFUND),
    (payments.notification, Notification(key="1", account="us", payment=PAID)),
    (payments.acknowledgement, Acknowledgement(status=200, body=b"ok")),
    (payments.statement_line, LINE),
    (payments.next_action, Redirect("https://bank.example/pay?a=b")),
    (payments.next_action, FormPost("https://bank.example", {"a": "b"})),
    (payments.next_action, QrCode("weixin://pay", NOW)),
    (payments.next_action, InAppParameters({"a": "b"})),
    (payments.next_action, AppParameters({}, "text")),
    (privacy.records, Page(items=(RECORD,))),
    (privacy.decisions, Page(items=(DECISION,))),
    (privacy.findings, [ErasureFinding(place="points", count=1)]),
    (privacy.subject, Subject(customers=frozenset({ID}), contacts=frozenset({"a@b.example"}))),
    (done, ["1"]),
    (retained, {"1": NOW}),
]
WRONG: list[tuple[Callable[..., Any], Any]] = [
    (rates, None),
    (rates, replace(RATE, code="")),
    (rates, replace(RATE, code="a b")),
    (rates, replace(RATE, name="Name")),  # type: ignore[arg-type]
    (rates, replace(RATE, name=named(1))),
    (rates, replace(RATE, name=named("x" * 121))),
    (rates, replace(RATE, name=named("x\0"))),
    (rates, replace(RATE, name=named(Markup("<script>")))),
    (rates, replace(RATE, price=1)),  # type: ignore[arg-type]
    (rates, replace(RATE, price=Money(-1, "CNY"))),
    (rates, replace(RATE, price=Money(1, "EUR"))),
    (rates, replace(RATE, price=Money(True, "CNY"))),
    (lambda each: rates(each, each), RATE),
    (lambda each: fulfillment.rates(each, REQUEST), iter([RATE])),
    (lambda each: fulfillment.rates((each,) * 51, REQUEST), RATE),
    (fulfillment.services, (CarrierService(code="sf", name="SF"),)),  # type: ignore[arg-type]
    (fulfillment.tracking, Tracking(url="http://sf.example")),
    (fulfillment.tracking, Tracking(url="javascript:alert(1)")),
    (fulfillment.tracking, Tracking(url=None)),  # type: ignore[arg-type]
    (recommended, ID),
    (recommended, replace(RECOMMENDATION, product_id=1)),  # type: ignore[arg-type]
    (recommended, replace(RECOMMENDATION, score=float("nan"))),
    (recommended, replace(RECOMMENDATION, reason="<b>")),
    (lambda each: recommended(each, each, each), RECOMMENDATION),
    (found, replace(RESULT, product_ids=(ID, ID))),
    (found, replace(RESULT, product_ids=(ID, OTHER, RATE), total=3)),  # type: ignore[arg-type]
    (found, replace(RESULT, product_ids=("x",))),  # type: ignore[arg-type]
    (found, replace(RESULT, total=1)),
    (found, replace(RESULT, total="2")),  # type: ignore[arg-type]
    (found, replace(RESULT, facets=(FacetCount(code="a", value="b", count=-1),))),
    (found, replace(RESULT, facets=(1,))),  # type: ignore[arg-type]
    (found, replace(RESULT, cursor=None)),  # type: ignore[arg-type]
    (found, replace(RESULT, corrected="x" * 501)),
    (paid, replace(PAID, reference="2")),
    (paid, replace(PAID, status="paid")),  # type: ignore[arg-type]
    (paid, replace(PAID, amount=None)),
    (paid, replace(PAID, amount="1.00")),  # type: ignore[arg-type]
    (paid, replace(PAID, paid_at=NAIVE)),
    (paid, replace(PAID, account=None)),  # type: ignore[arg-type]
    (refunded, replace(REFUND, reference="2")),
    (refunded, replace(REFUND, failure=b"no")),  # type: ignore[arg-type]
    (payments.notification, Notification(key="", account="us")),
    (payments.notification, Notification(key="k" * 30_000, account="us")),
    (payments.acknowledgement, Acknowledgement(status=99, body=b"")),
    (payments.acknowledgement, Acknowledgement(status=200, body="ok")),  # type: ignore[arg-type]
    (payments.acknowledgement, Acknowledgement(status=200, body=b"", content_type="a\r\nb: c")),
    (payments.statement_line, replace(LINE, fee=None)),  # type: ignore[arg-type]
    (payments.statement_line, replace(LINE, at=NAIVE)),
    (payments.next_action, "https://bank.example"),
    (payments.next_action, Redirect("http://bank.example")),
    (payments.next_action, Redirect("https://")),
    (payments.next_action, Redirect("https://bank.example/" + "x" * 9_000)),
    (payments.next_action, FormPost("https://bank.example", {"a": 1})),  # type: ignore[dict-item]
    (payments.next_action, QrCode("", NOW)),
    (payments.next_action, QrCode("weixin://pay", NAIVE)),
    (privacy.records, Page(items=(DECISION,))),
    (privacy.records, Page(items=(RECORD,) * 1_001)),
    (privacy.records, Page(items=(replace(RECORD, section="../x"),))),
    (privacy.decisions, Page(items=(replace(DECISION, outcome="erase"),))),  # type: ignore[arg-type]
    (privacy.decisions, Page(items=(replace(DECISION, until=NAIVE),))),
    (privacy.findings, [ErasureFinding(place="points", count=-1)]),
    (privacy.subject, Subject(customers=frozenset({"x"}))),  # type: ignore[arg-type]
    (privacy.subject, Subject(contacts={"a@b.example"})),  # type: ignore[arg-type]
    (privacy.inventory, [Field(place="a.b", classification="none")]),  # type: ignore[arg-type]
    (done, ["2"]),
    (done, "1"),
    (retained, {"2": NOW}),
    (retained, {"1": NAIVE}),
]


@pytest.mark.parametrize(("check", "answer"), RIGHT)
def test_an_answer_that_keeps_the_contract_is_returned(
    check: Callable[..., Any], answer: Any
) -> None:
    assert check(answer) is not None


@pytest.mark.parametrize(("check", "answer"), WRONG)
def test_an_answer_that_breaks_the_contract_is_wrong(
    check: Callable[..., Any], answer: Any
) -> None:
    with pytest.raises(WrongAnswer):
        check(answer)


def test_a_shop_without_tls_may_redirect_to_addresses_without_tls() -> None:
    action = Redirect("http://bank.example")
    assert payments.next_action(action, http=True) == action


@pytest.mark.parametrize("after", [float("nan"), float("inf"), "soon", None, -1.0])
def test_the_wait_of_a_rate_limit_is_a_sane_number(after: Any) -> None:
    error = clean_error(RateLimited(after))
    assert isinstance(error, RateLimited)
    assert 0 <= error.retry_after <= 3_600


def test_an_unknown_error_of_a_port_is_unavailable() -> None:
    class Odd(PortError):
        template = "{missing}"

    assert type(clean_error(Odd())) is Unavailable


@pytest.mark.parametrize(
    "reported",
    [
        {"payment": REFUND},
        {"payment": replace(PAID, provider_reference="\0")},
        {"payment": replace(PAID, paid_at=datetime(2026, 11, 25))},  # noqa: DTZ001 -- on purpose
    ],
)
def test_a_genuine_notification_with_unusable_values_has_a_problem(reported: Any) -> None:
    read = payments.notification(Notification(key="1", account="us", **reported))
    assert (read.key, read.payment, read.refund) == ("1", None, None)
    assert read.problem
