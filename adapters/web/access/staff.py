"""Authorization of staff in the back office. The audit log gets an entry before the action."""

import re
from typing import Any

from adapters.web.visitors import SAFE_METHODS
from core.application.audit.staff_actions import RecordStaffAction
from core.application.orders.access import OrderAccess
from core.domain.errors import NotAllowed
from core.domain.staff import Role
from ports.sessions import Principal

SAFE_REFERENCE = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{16}|[a-z]+(?:[-_][a-z0-9]+)*"
)
"""Ids, order and return numbers, product handles and action names."""

SHOP_STAFF = frozenset({Role.MANAGER, Role.CLERK})
AREAS = {
    "": frozenset(Role),
    "privacy": frozenset({Role.MANAGER}),
    "evidence": frozenset({Role.MANAGER, Role.AUDITOR}),
}
"""Which roles may use which area; managers and clerks may use every other area."""

AUDITED_READS = {"orders", "returns", "privacy", "evidence"}
"""Areas with personal data or for auditors: reads are recorded too."""


async def authorize(staff: Principal, scope: Any, record_staff_action: RecordStaffAction) -> None:
    """Record the action, then raise `NotAllowed` if the role may not do it."""
    place = scope["path_template"].partition("/admin")[2].strip("/")
    area = place.partition("/")[0]
    allowed, method = staff.role in AREAS.get(area, SHOP_STAFF), scope["method"]
    if not allowed or method not in SAFE_METHODS or area in AUDITED_READS:
        reference = " ".join(_safe_reference(str(each)) for each in scope["path_params"].values())
        await record_staff_action(actor_of(staff), f"{method} {place}", reference)
    if not allowed:
        raise NotAllowed


def actor_of(staff: Principal) -> str:
    return f"staff:{staff.account_id}"


def order_access_of(staff: Principal) -> OrderAccess:
    """Every order. Only managers see orders under legal retention."""
    return OrderAccess(staff=True, retained=staff.role is Role.MANAGER)


def _safe_reference(part: str) -> str:
    """The part if it is an identifier of the shop; never other text, which may be personal."""
    return part if SAFE_REFERENCE.fullmatch(part) else "?"
