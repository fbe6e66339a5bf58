"""Authorization of staff by permissions. The audit log records the action before it happens."""

import re
from collections.abc import Sequence
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler

from adapters.web.access.requirements import requirement_of
from adapters.web.forms import submitted_form
from adapters.web.visitors import SAFE_METHODS
from core.application.audit.staff_actions import RecordStaffAction, code_reference
from core.application.orders.access import OrderAccess
from core.domain.errors import NotAllowed
from core.domain.identifiers import StaffId
from core.domain.shop_permissions import ORDERS_RETAINED
from core.domain.staff import Grantor
from ports.sessions import Principal

SAFE_REFERENCE = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{16}|[a-z]+(?:[-_][a-z0-9]+)*"
)
"""Ids, order and return numbers, product handles and action names."""

AUDITED_READS = {"orders", "returns", "privacy", "evidence", "staff", "customers"}
"""Areas where reads are recorded too: personal data, and pages for auditors."""


CODED_AREAS = {
    *("promotions", "promotion-kinds", "price-lists", "tax-rates", "coupon-batches"),
    "roles",
}
"""Areas whose paths have codes that staff choose."""

NAMED_BY = "named_by"


def named_by(*fields: str) -> dict[str, Any]:
    """The ``opt`` of a handler: fields of the body that say what the action is about.

    Their values are codes. The audit log has them after the values of the path.
    """
    return {NAMED_BY: fields}


async def authorize(
    staff: Principal,
    handler: BaseRouteHandler,
    connection: ASGIConnection[Any, Any, Any, Any],
    record_staff_action: RecordStaffAction,
) -> None:
    """Record the action, then raise `NotAllowed` if the role lacks a permission."""
    scope: Any = connection.scope
    if scope["method"] == "OPTIONS":
        return  # Litestar answers with the methods of the path, and nothing else.
    path = scope["path_template"].partition("/admin")[2].strip("/")
    area = path.partition("/")[0]
    needed = requirement_of(handler).permissions_for(scope["path_params"])
    allowed, method = needed <= staff.permissions, scope["method"]
    if not allowed or method not in SAFE_METHODS or area in AUDITED_READS:
        safe = code_reference if area in CODED_AREAS else _safe_reference
        references = [safe(str(each)) for each in scope["path_params"].values()]
        references += await _named(connection, handler.opt.get(NAMED_BY, ()))
        await record_staff_action(actor_of(staff), f"{method} {path}", " ".join(references))
    if not allowed:
        raise NotAllowed


async def _named(
    connection: ASGIConnection[Any, Any, Any, Any], fields: Sequence[str]
) -> list[str]:
    """The values of fields of the body; none of a body that cannot be read."""
    if not fields or not isinstance(connection, Request):
        return []
    if connection.scope["path"].startswith("/api/"):
        values = [getattr(await _json(connection), each, None) for each in fields]
    else:
        form = await submitted_form(connection)
        values = [form.values.get(each) for each in fields]
    flat = [each for value in values for each in (value if isinstance(value, list) else [value])]
    return [code_reference(str(each)) for each in flat if each]


async def _json(request: Request[Any, Any, Any]) -> Any:
    """The body, or None if the handler will refuse it."""
    try:
        return await request.json()
    except HTTPException:
        return None


def actor_of(staff: Principal) -> str:
    return f"staff:{staff.account_id}"


def grantor_of(staff: Principal) -> Grantor:
    return Grantor(StaffId(staff.account_id))


def order_access_of(staff: Principal) -> OrderAccess:
    """All orders; those under legal retention with a permission of its own."""
    return OrderAccess(staff=True, retained=staff.can(ORDERS_RETAINED.code))


def _safe_reference(part: str) -> str:
    """``?`` for text that is no identifier of the shop: it may be personal data."""
    return part if SAFE_REFERENCE.fullmatch(part) else "?"
