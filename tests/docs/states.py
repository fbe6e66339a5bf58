"""Renders the state machines into the documentation: `python -m tests.docs.states`."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.domain import claims, fulfillment, returns
from core.domain.ledger import transfers
from core.domain.orders import states
from core.domain.payments import payment, refund
from core.domain.pricing.promotions import managed
from core.domain.privacy import request

PAGE = Path(__file__).parents[2] / "docs" / "maintainer" / "states.md"

INTRODUCTION = """\
# States

This page is generated from the transition tables in `core/domain`. A transition that is not in a
table raises `IllegalTransition`. The *stage* of an order is for display. It is derived from the
state of the order and the state of its fulfillment.
"""

MACHINES: tuple[tuple[str, Mapping[tuple[Any, str], StrEnum]], ...] = (
    ("Order", states.MOVES),
    ("Fulfillment", fulfillment.MOVES),
    ("Payment", payment.MOVES),
    ("Refund", refund.MOVES),
    ("Return", returns.MOVES),
    ("Claim", claims.MOVES),
    ("Transfer", transfers.MOVES),
    ("Promotion", managed.MOVES),
    ("Privacy request", request.MOVES),
)


def rendered() -> str:
    sections = [INTRODUCTION]
    for title, moves in MACHINES:
        begin = next(iter(moves))[0]
        lines = [f"    {state} --> {to}: {move}" for (state, move), to in moves.items()]
        diagram = "\n".join(["stateDiagram-v2", f"    [*] --> {begin}", *lines])
        sections.append(f"## {title}\n\n```mermaid\n{diagram}\n```\n")
    sections.append(_stages())
    return "\n".join(sections)


def _stages() -> str:
    rows = [
        f"| {stage} | {_names(before, states.OrderState)}"
        f" | {_names(sent, fulfillment.FulfillmentState)} |"
        for stage, (before, sent) in states.STAGES.items()
    ]
    head = "| stage | state | fulfillment |\n|---|---|---|"
    return "\n".join(["## Stages of an order\n", head, *rows, ""])


def _names(states_of_row: frozenset[Any], machine: type[StrEnum]) -> str:
    return "any" if states_of_row == frozenset(machine) else ", ".join(sorted(states_of_row))


if __name__ == "__main__":
    PAGE.write_text(rendered(), encoding="utf-8")
