"""Claims of plugins: a plugin reaches its own quotas alone."""

from typing import Any

from adapters.plugins.answers.checks import (
    WrongAnswer,
    code_of,
    exactly,
    names_of,
    number_of,
    optional,
)
from adapters.plugins.own_names import within_plugin
from core.domain.claims import SHARDS, Claim, ClaimKind, Excess, GiveBack


def claim_of(value: Any, plugin: str) -> Claim:
    """The claim with a key of the plugin. The shop says who the buyer is."""
    claim = exactly(value, Claim, "a claim")
    key = code_of(claim.key, "the key of a claim")
    if exactly(claim.kind, ClaimKind, "the kind of a claim") is ClaimKind.COUPON:
        raise WrongAnswer("a claim is for a coupon")
    if exactly(claim.excess, Excess, "the excess of a claim") is Excess.CUT:
        raise WrongAnswer("a claim can be cut")
    if exactly(claim.person, str, "the person of a claim"):
        raise WrongAnswer("a claim names a person")
    if exactly(claim.shards, int, "the shards of a claim") not in {1, SHARDS}:
        raise WrongAnswer(f"a claim has other shards than 1 or {SHARDS}")
    return Claim(
        kind=claim.kind,
        key=within_plugin(plugin, key),
        amount=number_of(claim.amount, "the amount of a claim", least=1),
        limit=optional(claim.limit, _limit),
        per_person=optional(claim.per_person, _limit),
        give_back=exactly(claim.give_back, GiveBack, "whether a claim is given back"),
        shards=claim.shards,
        label=names_of(claim.label, "the label of a claim") if claim.label else claim.label,
    )


def _limit(value: Any) -> int:
    return number_of(value, "the limit of a claim")
