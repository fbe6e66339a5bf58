"""What a colleague may do, and that it is written down before they do it."""

import re
from typing import Any

from adapters.web.visitors import SAFE_METHODS
from core.application.orders import OrderAccess
from core.application.trail import RecordAct
from core.domain.customer import Duty
from core.domain.errors import NotAllowed
from ports.storage.ledgers import Visitor

OURS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{16}|[a-z]+(?:[-_][a-z0-9]+)*")
"""Identifiers, numbers of orders and returns, handles of products, and names of moves."""

SHOP = frozenset({Duty.MANAGER, Duty.CLERK})
AREAS = {
    "": frozenset(Duty),
    "privacy": frozenset({Duty.MANAGER}),
    "evidence": frozenset({Duty.MANAGER, Duty.AUDITOR}),
}
"""Who may enter which part of the back office; every other part is the shop's."""

WATCHED = {"orders", "returns", "privacy", "evidence"}
"""Parts in which looking is written down, too: what is personal, and what auditors do."""


async def admit(colleague: Visitor, scope: Any, record_act: RecordAct) -> None:
    """Raises `NotAllowed`."""
    place = scope["path_template"].partition("/admin")[2].strip("/")
    area = place.partition("/")[0]
    allowed, method = colleague.duty in AREAS.get(area, SHOP), scope["method"]
    if not allowed or method not in SAFE_METHODS or area in WATCHED:
        reference = " ".join(_told(str(each)) for each in scope["path_params"].values())
        await record_act(actor_of(colleague), f"{method} {place}", reference)
    if not allowed:
        raise NotAllowed


def actor_of(colleague: Visitor) -> str:
    return f"staff:{colleague.person_id}"


def access_of(colleague: Visitor) -> OrderAccess:
    """Every order; what is retained for a reason of the law, for managers alone."""
    return OrderAccess(staff=True, retained=colleague.duty is Duty.MANAGER)


def _told(part: str) -> str:
    """What the shop calls something, and nothing that somebody typed instead."""
    return part if OURS.fullmatch(part) else "?"
