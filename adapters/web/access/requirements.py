"""What a route requires of its caller. Each route of the shop declares one requirement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from litestar import Litestar, Router
from litestar.handlers import BaseRouteHandler

from core.domain.permissions import Permission

REQUIREMENT = "requirement"
OF_PLUGIN = {"of_plugin": True}
"""The ``opt`` of the routes of plugins. A plugin decides alone what they require."""
OWN_MODULES = "adapters.web."
MOVE = "move"
"""The parameter of a path that names an action."""


class Access(StrEnum):
    """``order``: the order of the path is the caller's own, or the caller has its token.

    ``any_staff``: the own account, and the first page. ``staff``: permissions are needed too.
    """

    PUBLIC = "public"
    ORDER = "order"
    MEMBER = "member"
    ANY_STAFF = "any_staff"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Requirement:
    """``permissions`` has codes; staff need all of them.

    ``moves`` has one more permission for each value of the parameter ``move`` of the path. An
    unknown value needs the permissions of all moves.
    """

    access: Access
    permissions: frozenset[str] = frozenset()
    moves: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.access is Access.STAFF) != bool(self.permissions):
            raise ValueError("Only a route for staff names permissions, at least one.")

    def permissions_for(self, path_parameters: Mapping[str, Any]) -> frozenset[str]:
        """The permissions that staff need for a path."""
        if not self.moves:
            return self.permissions
        move = self.moves.get(str(path_parameters[MOVE]))
        return self.permissions.union(self.moves.values() if move is None else {move})


PUBLIC = Requirement(Access.PUBLIC)
ORDER = Requirement(Access.ORDER)
MEMBER = Requirement(Access.MEMBER)
ANY_STAFF = Requirement(Access.ANY_STAFF)


class RequirementMissing(Exception):
    """A route of the shop does not declare what it requires."""


def needs(*permissions: Permission, **moves: Permission) -> dict[str, Any]:
    """The ``opt`` of a handler for staff with all of these permissions.

    ``moves`` are further ones for single values of the parameter ``move`` of the path.
    """
    codes = frozenset(each.code for each in permissions)
    by_move = {move: each.code for move, each in moves.items()}
    return {REQUIREMENT: Requirement(Access.STAFF, codes, by_move)}


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
