"""Every document that can be read can be reviewed, written and priced: drawn from what is declared.

A new kind is drawn without a change here.
"""

import json
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from core.domain.errors import Invalid
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.promotions.arguments import ArgumentType, Family
from core.domain.pricing.promotions.documents.kinds import KINDS, DeclaredArgument, arguments_of
from core.domain.pricing.promotions.documents.reading import from_document
from core.domain.pricing.promotions.documents.writing import to_document
from core.domain.pricing.promotions.promotion import Exclusive, Promotion
from core.domain.pricing.promotions.review.warnings import findings_of
from core.domain.pricing.request import PricedCustomer
from core.domain.pricing.settings import LaneMode, PriceBase, PricingSettings
from tests.domain.pricing.shop import NOW, Document, a_request, lines_of, priced

texts = st.sampled_from(["TEA", "tea", "MUG", "food", "hills", "CUP", "plus", "CN", "std", "a.b"])
numbers = st.sampled_from([*[1, 2, 3] * 3, 0, 10, 999, 10**12])
amounts = st.dictionaries(
    st.sampled_from(["CNY", "CNY", "USD"]),
    st.sampled_from(["0.01", "1.00", "33.33", "100.00", "0", "99999999.00"]),
    max_size=2,
)
moments = ["2026-11-01T00:00:00+08:00", "2027-01-01T00:00:00Z", "9999-12-31T23:59:59+00:00"]
PLAIN: dict[ArgumentType, st.SearchStrategy[Any]] = {
    ArgumentType.TEXT: texts,
    ArgumentType.FACT: texts,
    ArgumentType.TEXTS: st.lists(texts, max_size=3),
    ArgumentType.LABEL: st.just({"zh": "活动"}),
    ArgumentType.NUMBER: numbers,
    ArgumentType.DECIMAL: st.sampled_from(["0.0001", "33.3333", "50", "100"]),
    ArgumentType.FLAG: st.booleans(),
    ArgumentType.AMOUNTS: amounts,
    ArgumentType.MOMENT: st.sampled_from(moments),
    ArgumentType.TIME: st.sampled_from(["00:00", "08:30", "23:59"]),
    ArgumentType.SHARES: st.sampled_from([{"shop": 1}, {"seller": 2, "shop": 1}]),
}
SIMPLE = {Family.CONDITION: "always", Family.FILTER: "everything", Family.REDUCTION: "percent"}
DEPTH = 3


@st.composite
def documents(draw: st.DrawFn) -> Document:
    return record(draw, Promotion, 0)


def record(draw: st.DrawFn, kind: type, depth: int) -> Document:
    return {
        each.name: value(draw, each, depth)
        for each in arguments_of(kind)
        if each.is_required or draw(st.integers(0, 3)) == 0
    }


def node(draw: st.DrawFn, family: Family | None, depth: int) -> Document:
    assert family is not None
    kinds = KINDS[family]
    name = SIMPLE[family] if depth > DEPTH else draw(st.sampled_from(list(kinds)))
    return {"kind": name, **record(draw, kinds[name], depth + 1)}


def value(draw: st.DrawFn, argument: DeclaredArgument, depth: int) -> object:
    size = range(draw(st.integers(1, 2)))
    match argument.value_type:
        case ArgumentType.CHOICE | ArgumentType.CHOICES:
            choices = st.sampled_from([each.value for each in argument.choices or ()])
            is_one = argument.value_type is ArgumentType.CHOICE
            return draw(choices if is_one else st.lists(choices, max_size=2))
        case ArgumentType.NODE:
            return node(draw, argument.family, depth)
        case ArgumentType.NODES:
            return [node(draw, argument.family, depth) for _ in size]
        case ArgumentType.RECORD:
            return record(draw, argument.record or Promotion, depth + 1)
        case ArgumentType.RECORDS:
            return [record(draw, argument.record or Promotion, depth + 1) for _ in size]
        case _:
            return draw(PLAIN[argument.value_type])


@st.composite
def settings_of_shops(draw: st.DrawFn) -> PricingSettings:
    mode = draw(st.sampled_from(list(LaneMode)))
    return PricingSettings(
        modes=dict.fromkeys(Lane, mode),
        base=draw(st.sampled_from(list(PriceBase))),
        least_line=draw(st.sampled_from([0, 500])),
    )


def read(document: Document, code: str) -> Promotion | None:
    try:
        return from_document({**document, "code": code})
    except Invalid:
        return None


@given(st.lists(documents(), min_size=1, max_size=3), settings_of_shops())
def test_what_can_be_read_can_be_reviewed_written_and_priced(
    drawn: list[Document], settings: PricingSettings
) -> None:
    found = [read(each, f"offer-{number}") for number, each in enumerate(drawn)]
    promotions = [each for each in found if each]
    assume(promotions)
    for each in promotions:
        for finding in findings_of(
            each, others=promotions, settings=settings, currencies=["CNY"], now=NOW
        ):
            assert finding.template.format(**finding.values)
        assert from_document(json.loads(json.dumps(to_document(each)))) == each
    request = a_request(
        "tea 33.33 x3, mug 25, lamp 9.99 x2",
        shipping="12.34",
        points=500,
        customer=PricedCustomer(person="me", groups=frozenset({"plus"}), paid_orders=0),
        additions={"CUP": lines_of("cup 9")[0], "MUG": lines_of("mug 25")[0]},
    )
    quote = priced(request, *promotions, settings=settings)
    for line in quote.lines:
        assert line.total == line.unit_price * line.quantity - line.discount >= 0
    claims = [(claim.quota, claim.person) for claim in quote.claims]
    assert len(set(claims)) == len(claims)
    after_lists = {each.code for each in promotions if each.lane is not Lane.CATALOGUE}
    alone = {each.code for each in promotions if each.exclusive is Exclusive.OVERALL} & after_lists
    applied = quote.parts.keys() & after_lists
    assert not applied & alone or len(applied) == 1
