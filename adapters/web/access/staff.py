"""Authorization of staff by role. The audit log records the action before it happens."""

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
"""Roles by area; managers and clerks may use every other area."""

AUDITED_READS = {"orders", "returns", "privacy", "evidence"}
"""Areas where reads are recorded too: personal data, and pages for auditors."""


async def authorize(staff: Principal, scope: Any, record_staff_action: RecordStaffAction) -> None:
    """Record the action, then raise `NotAllowed` if the role may not do it."""
    path = scope["path_template"].partition("/admin")[2].strip("/")
    area = path.partition("/")[0]
    allowed, method = staff.role in AREAS.get(area, SHOP_STAFF), scope["method"]
    if not allowed or method not in SAFE_METHODS or area in AUDITED_READS:
        reference = " ".join(_safe_reference(str(each)) for each in scope["path_params"].values())
        await record_staff_action(actor_of(staff), f"{method} {path}", reference)
    if not allowed:
        raise NotAllowed


def actor_of(staff: Principal) -> str:
    return f"staff:{staff.account_id}"


def order_access_of(staff: Principal) -> OrderAccess:
    """All orders; those under legal retention for managers only."""
    return OrderAccess(staff=True, retained=staff.role is Role.MANAGER)


def _safe_reference(part: str) -> str:
    """``?`` for text that is no identifier of the shop: it may be personal data."""
    return part if SAFE_REFERENCE.fullmatch(part) else "?"
