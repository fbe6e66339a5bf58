"""Answers of order guards."""

from dataclasses import dataclass
from typing import Any

from adapters.plugins.answers.checks import (
    MAX_NAME,
    WrongAnswer,
    exactly,
    mapping_of,
    moment_of,
    optional,
    text_of,
    tuple_of,
)
from adapters.plugins.answers.quotas import claim_of
from core.domain.claims import Claim
from core.domain.errors import Invalid
from core.domain.orders.holds import MAX_REASON_LENGTH, Blocked, Hold, HoldEnd
from core.domain.orders.refusals import Refusal
from core.domain.text import LANGUAGES, Text
from ports.order_guards import Note, OrderDraft, Verdict

MAX_REMARKS = 200
MAX_SENTENCE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderGuardDescription:
    """What a guard says about itself. The shop asks once, at the start."""

    required: bool
    codes: tuple[str, ...] = ()


def describe_order_guard(guard: Any) -> OrderGuardDescription:
    return OrderGuardDescription(required=exactly(guard.required, bool, "whether it is required"))


def hold_code(plugin: str, code: str) -> str:
    """The code of a plugin's hold in the shop: no plugin can name the hold of another.

    >>> hold_code("group_buy", "waiting"), hold_code("group_buy", "group_buy.waiting")
    ('group_buy.waiting', 'group_buy.waiting')
    """
    return code if code.startswith(f"{plugin}.") else f"{plugin}.{code}"


def verdict(answer: Any, draft: OrderDraft, plugin: str) -> Verdict:
    refusals, notes, holds, claims = list[Refusal](), list[Note](), list[Hold](), list[Claim]()
    for each in tuple_of(answer, "the remarks", most=MAX_REMARKS):
        if type(each) is Refusal:
            refusals.append(Refusal(text=_sentence(each.text), line=_line(each.line, draft)))
        elif type(each) is Note:
            notes.append(Note(text=_sentence(each.text), line=_line(each.line, draft)))
        elif type(each) is Hold:
            holds.append(_hold(each, draft, plugin))
        else:
            claims.append(claim_of(each, plugin))
    if len({each.code for each in holds}) < len(holds):
        raise WrongAnswer("two holds have one code")
    return Verdict(
        refusals=tuple(refusals), notes=tuple(notes), holds=tuple(holds), claims=tuple(claims)
    )


def _hold(hold: Hold, draft: OrderDraft, plugin: str) -> Hold:
    blocks = exactly(hold.blocks, frozenset, "what a hold blocks")
    for each in blocks:
        exactly(each, Blocked, "what a hold blocks")
    until = optional(hold.until, lambda value: moment_of(value, "the end of a hold"))
    if until is not None and until <= draft.at:
        raise WrongAnswer("a hold ends in the past")
    try:
        return Hold(
            code=hold_code(plugin, text_of(hold.code, "the code of a hold", most=MAX_NAME)),
            blocks=blocks,
            reason=_sentence(hold.reason, most=MAX_REASON_LENGTH),
            until=until,
            then=exactly(hold.then, HoldEnd, "the end of a hold"),
        )
    except Invalid as error:
        raise WrongAnswer(f"a hold is wrong: {error}") from error


def _sentence(value: Any, *, most: int = MAX_SENTENCE) -> Text:
    sentence = exactly(value, Text, "a sentence")
    by_language = mapping_of(sentence.by_language, "a sentence", most=len(LANGUAGES))
    for language, words in by_language.items():
        if language not in LANGUAGES:
            raise WrongAnswer("a sentence has an unknown language")
        text_of(words, "a sentence", most=most, least=1)
    if not sentence:
        raise WrongAnswer("a sentence is empty")
    return sentence


def _line(value: Any, draft: OrderDraft) -> str:
    line = exactly(value, str, "the line of a remark")
    if line and line not in {each.key for each in draft.lines}:
        raise WrongAnswer("a remark is about another line")
    return line
