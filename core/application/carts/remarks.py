"""Read models of what order guards say to a cart."""

from dataclasses import dataclass

from core.domain.identifiers import LineKey
from core.domain.pricing.reasons import Reason
from ports.order_guards import Verdict
from ports.pricing import ReasonText


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkView:
    """A sentence for the buyer. ``line`` is the key of a line; empty: it is about the cart.

    ``is_refusal``: the cart cannot be ordered like this.
    """

    line: LineKey
    text: str
    is_refusal: bool


def remark_views(verdict: Verdict, language: str, text: ReasonText) -> tuple[RemarkView, ...]:
    """Refusals first, also that of a required guard that did not answer."""
    refusals = [
        RemarkView(line=LineKey(each.line), text=each.text.in_language(language), is_refusal=True)
        for each in verdict.refusals
    ]
    if verdict.unavailable:
        not_reviewed = text(Reason("not_reviewed"), language)
        refusals.append(RemarkView(line=LineKey(""), text=not_reviewed, is_refusal=True))
    notes = [
        RemarkView(line=LineKey(each.line), text=each.text.in_language(language), is_refusal=False)
        for each in verdict.notes
    ]
    return (*refusals, *notes)
