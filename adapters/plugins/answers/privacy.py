"""Answers of personal-data providers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from adapters.plugins.answers.checks import (
    WrongAnswer,
    code_of,
    exactly,
    id_of,
    mapping_of,
    moment_of,
    names_of,
    number_of,
    optional,
    text_of,
    tuple_of,
)
from core.domain.privacy.inventory import Field, NotPersonal, Pii, Store
from core.domain.privacy.records import (
    Decision,
    ErasureFinding,
    Outcome,
    Page,
    Record,
    Subject,
)
from ports.privacy.data_providers import Rectification, Restriction, Retention

ABILITIES: tuple[type[Any], ...] = (Retention, Rectification, Restriction)
MAX_FIELDS = 5_000
MAX_IDENTIFIERS = 10_000
MAX_PAGE_ITEMS = 1_000
MAX_PAGE_BYTES = 16_000_000
MAX_REFERENCE = 500
MAX_CURSOR = 2_000
MAX_REASON = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DataProviderDescription:
    """What a provider says about itself. The shop asks once, at the start.

    ``abilities`` are the optional protocols that it implements.
    """

    code: str
    inventory: tuple[Field | Store, ...]
    abilities: tuple[type[Any], ...]


def describe_data_provider(data_provider: Any) -> DataProviderDescription:
    return DataProviderDescription(
        code=code_of(data_provider.code, "the code"),
        inventory=inventory(data_provider.inventory()),
        abilities=tuple(each for each in ABILITIES if isinstance(data_provider, each)),
    )


def inventory(answer: Any) -> tuple[Field | Store, ...]:
    found = tuple_of(answer, "the inventory", most=MAX_FIELDS)
    for each in found:
        if type(each) is Store:
            code_of(each.code, "the code of a store")
            names_of(each.name, "the name of a store")
            text_of(each.keeps, "the period of a store", most=MAX_REASON)
        else:
            field = exactly(each, Field, "a field")
            text_of(field.place, "the place of a field", most=MAX_REFERENCE, least=1)
            if type(field.classification) not in {Pii, NotPersonal}:
                raise WrongAnswer("a field has no classification")
    return found


def subject(answer: Any) -> Subject:
    found = exactly(answer, Subject, "the subject")
    for identifiers in (found.customers, found.contacts):
        if len(exactly(identifiers, frozenset, "the identifiers")) > MAX_IDENTIFIERS:
            raise WrongAnswer(f"more than {MAX_IDENTIFIERS} identifiers")
    for customer in found.customers:
        id_of(customer, "a customer")
    for contact in found.contacts:
        text_of(contact, "a contact", most=MAX_REFERENCE, least=1)
    return found


def records(answer: Any) -> Page[Record]:
    page = _page(answer)
    for each in page.items:
        record = exactly(each, Record, "a record")
        code_of(record.section, "the section of a record")
        text_of(record.reference, "the reference of a record", most=MAX_REFERENCE)
        mapping_of(record.fields, "the fields of a record", most=MAX_FIELDS)
    if len(msgspec.json.encode([dict(each.fields) for each in page.items])) > MAX_PAGE_BYTES:
        raise WrongAnswer(f"a page has more than {MAX_PAGE_BYTES} bytes")
    return page


def decisions(answer: Any) -> Page[Decision]:
    page = _page(answer)
    for each in page.items:
        decision = exactly(each, Decision, "a decision")
        text_of(decision.reference, "the reference of a decision", most=MAX_REFERENCE, least=1)
        exactly(decision.outcome, Outcome, "the outcome")
        for field in tuple_of(decision.fields, "the fields of a decision", most=MAX_FIELDS):
            text_of(field, "a field of a decision", most=MAX_REFERENCE)
        text_of(decision.reason, "the reason of a decision", most=MAX_REASON)
        text_of(decision.article, "the article of a decision", most=MAX_REASON)
        optional(decision.until, partial(moment_of, what="the end of a retention"))
        for key in tuple_of(decision.data_key_ids, "the data keys", most=MAX_FIELDS):
            id_of(key, "a data key")
    return page


def done(answer: Any, asked: Sequence[Decision]) -> tuple[str, ...]:
    """References of the decisions that were carried out."""
    return _among(
        tuple_of(answer, "the references", most=len(asked)), {each.reference for each in asked}
    )


def findings(answer: Any) -> tuple[ErasureFinding, ...]:
    found = tuple_of(answer, "the findings", most=MAX_FIELDS)
    for each in found:
        finding = exactly(each, ErasureFinding, "a finding")
        text_of(finding.place, "the place of a finding", most=MAX_REFERENCE, least=1)
        number_of(finding.count, "the count of a finding")
    return found


def retained(answer: Any, references: Sequence[str]) -> Mapping[str, datetime]:
    found = mapping_of(answer, "the retained records", most=len(references))
    _among(tuple(found), set(references))
    return {name: moment_of(until, "the end of a retention") for name, until in found.items()}


def _page(answer: Any) -> Page[Any]:
    page: Page[Any] = exactly(answer, Page, "the page")
    tuple_of(page.items, "the page", most=MAX_PAGE_ITEMS)
    text_of(page.cursor, "the cursor", most=MAX_CURSOR)
    return page


def _among(references: tuple[Any, ...], asked: set[str]) -> tuple[str, ...]:
    for each in references:
        if exactly(each, str, "a reference") not in asked:
            raise WrongAnswer("answered about another reference")
    return references
