"""Whether the conditions on facts of plugins can be met."""

import re
from collections.abc import Iterator, Mapping

from core.domain.pricing.facts import FLAGS, FactKind
from core.domain.pricing.promotions.circumstances import FactIs, FactRange
from core.domain.pricing.promotions.limits import EVERYBODY, PERSON
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.promotions.review.contradictions import required
from core.domain.pricing.promotions.review.findings import Finding, parts_of

FactKinds = Mapping[str, FactKind]
"""The facts that plugins state, by name."""

NUMBER = re.compile(r"-?[0-9]+")


def facts_not_stated(promotion: Promotion, known: FactKinds) -> Iterator[Finding]:
    """No plugin states the fact."""
    for path, part in parts_of(promotion):
        if isinstance(part, FactIs | FactRange) and part.name not in known:
            yield Finding(path, "no_fact")
    for index, limit in enumerate(promotion.limits):
        if limit.per not in {EVERYBODY, PERSON, *known}:
            yield Finding(f"limits[{index}].per", "no_limit_fact")


def facts_at_fault(promotion: Promotion, known: FactKinds) -> Iterator[Finding]:
    """A condition asks for values that a fact of its kind never has."""
    for path, part in parts_of(promotion):
        match part:
            case FactRange(name=name) if name in known and known[name] is not FactKind.NUMBER:
                yield Finding(path, "fact_is_no_number")
            case FactIs(name=name, values=values) if known.get(name) is FactKind.FLAG:
                if not set(FLAGS).issuperset(values):
                    yield Finding(path, "fact_is_flag")
            case FactIs(name=name, values=values) if known.get(name) is FactKind.NUMBER:
                if not all(map(NUMBER.fullmatch, values)):
                    yield Finding(path, "fact_is_number")


def facts_apart(promotion: Promotion) -> Iterator[Finding]:
    """Two conditions that must be met have no value of a fact in common."""
    found: dict[str, list[FactIs | FactRange]] = {}
    for path, condition in required(promotion.condition, "condition"):
        if isinstance(condition, FactIs | FactRange):
            before = found.setdefault(condition.name, [])
            if any(_are_apart(condition, each) for each in before):
                yield Finding(path, "facts_apart")
            before.append(condition)


def _are_apart(one: FactIs | FactRange, other: FactIs | FactRange) -> bool:
    match one, other:
        case FactIs(), FactIs():
            return set(one.values).isdisjoint(other.values)
        case FactRange(), FactRange():
            return _is_above(one, other) or _is_above(other, one)
        case FactIs(), FactRange():
            return not any(_is_in(each, other) for each in one.values)
        case FactRange(), FactIs():
            return not any(_is_in(each, one) for each in other.values)
    return False


def _is_above(one: FactRange, other: FactRange) -> bool:
    return one.at_least is not None and other.at_most is not None and one.at_least > other.at_most


def _is_in(value: str, limits: FactRange) -> bool:
    if not NUMBER.fullmatch(value):
        return False
    least, most = limits.at_least, limits.at_most
    return (least is None or int(value) >= least) and (most is None or int(value) <= most)
