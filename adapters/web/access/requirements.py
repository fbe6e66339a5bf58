"""What a route requires of its caller. Each route of the shop declares one requirement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from litestar import Litestar, Router
from litestar.handlers import BaseRouteHandler

from core.domain.staff import Role

REQUIREMENT = "requirement"
OF_PLUGIN = {"of_plugin": True}
"""The ``opt`` of the routes of plugins. A plugin decides alone what they require."""
OWN_MODULES = "adapters.web."


class Access(StrEnum):
    """``order``: the order of the path is the caller's own, or the caller has its token."""

    PUBLIC = "public"
    ORDER = "order"
    MEMBER = "member"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Requirement:
    access: Access
    roles: frozenset[Role] = frozenset()


PUBLIC = Requirement(Access.PUBLIC)
ORDER = Requirement(Access.ORDER)
MEMBER = Requirement(Access.MEMBER)
ANY_STAFF = Requirement(Access.STAFF, frozenset(Role))
SHOP_STAFF = Requirement(Access.STAFF, frozenset({Role.MANAGER, Role.CLERK}))
MANAGERS = Requirement(Access.STAFF, frozenset({Role.MANAGER}))
EVIDENCE_STAFF = Requirement(Access.STAFF, frozenset({Role.MANAGER, Role.AUDITOR}))


class RequirementMissing(Exception):
    """A route of the shop does not declare what it requires."""


def requiring(
    requirement: Requirement, handlers: Sequence[Any], middleware: Sequence[Any] = ()
) -> Router:
    """A router that declares one requirement for its handlers."""
    return Router(
        "/",
        route_handlers=handlers,
        middleware=middleware,
        opt={REQUIREMENT: requirement},
    )


def requirement_of(handler: BaseRouteHandler) -> Requirement:
    """Raises `RequirementMissing`."""
    try:
        requirement: Requirement = handler.opt[REQUIREMENT]
    except KeyError:
        raise RequirementMissing(f"{handler} declares no requirement") from None
    return requirement


def check_requirements(app: Litestar) -> None:
    """Raises `RequirementMissing` if a route of the shop declares none."""
    for handler in own_handlers(app):
        requirement_of(handler)


def own_handlers(app: Litestar) -> Iterable[BaseRouteHandler]:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            own = handler.fn.__module__.startswith(OWN_MODULES)
            if own and not OF_PLUGIN.keys() & handler.opt.keys():
                yield handler
