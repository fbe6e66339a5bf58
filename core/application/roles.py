"""Saves and deletes roles. Staff can give only permissions that they have."""

from dataclasses import dataclass, replace

from core.application.retries import retried
from core.domain.errors import AlreadyExists, Invalid, StaleVersion
from core.domain.events import StaffActionRecorded
from core.domain.known_permissions import KnownPermissions
from core.domain.permissions import PermissionNotHeld
from core.domain.staff import BuiltInRole, Grantor, LastManager, Role, RoleCode, RoleInUse
from ports.clock import Clock
from ports.unit_of_work import UnitOfWork, UnitsOfWork


@dataclass(frozen=True, slots=True)
class CheckGrant:
    """Check that a grantor can give permissions. Read in the unit, after `Roles.lock`.

    Raises:
        PermissionNotHeld: the grantor lacks some. ``plugins.manage`` is enough for all
            permissions of plugins.
    """

    known_permissions: KnownPermissions

    async def __call__(
        self, unit: UnitOfWork, grantor: Grantor, permissions: frozenset[str]
    ) -> None:
        if grantor.staff_id is None:
            return
        own = await unit.roles.permissions_of(grantor.staff_id)
        if missing := self.known_permissions.not_givable(own, permissions):
            raise PermissionNotHeld(missing)


@dataclass(frozen=True, slots=True)
class SaveRole:
    """Create a role, or change the one with its code. Returns the version.

    The change counts from the next request of its staff on. The audit log has the permissions
    that were added and removed.

    Raises:
        AlreadyExists: ``version`` is 0, and there is a role with the code.
        Invalid: a new permission is unknown.
        LastManager: no staff member would be left who can manage staff.
        PermissionNotHeld: the grantor cannot give a new permission.
        StaleVersion: the role is not at ``version`` any more.
    """

    units: UnitsOfWork
    known_permissions: KnownPermissions
    check_grant: CheckGrant
    now: Clock

    @retried
    async def __call__(self, role: Role, grantor: Grantor, *, version: int | None = None) -> int:
        """``version`` is the one that the caller has read, 0 for a new code; None: any."""
        async with self.units() as unit:
            await unit.roles.lock()
            before = await unit.roles.find(role.code)
            _check_version(role, before, version)
            held = before.permissions if before else frozenset()
            added, removed = role.permissions - held, held - role.permissions
            self._check_known(added)
            await self.check_grant(unit, grantor, added)
            if before and before.name == role.name and before.permissions == role.permissions:
                return before.version
            saved = await _saved(unit, role, before)
            unit.add_event(
                StaffActionRecorded(
                    actor=str(grantor),
                    action="change role" if before else "create role",
                    reference=_reference(role.code, added, removed),
                    at=self.now(),
                )
            )
            await unit.commit()
        return saved

    def _check_known(self, permissions: frozenset[str]) -> None:
        if unknown := permissions - self.known_permissions.codes:
            raise Invalid("permissions", "There is no permission “{value}”.", value=min(unknown))


@dataclass(frozen=True, slots=True)
class DeleteRole:
    """Delete a role that no staff member has.

    Raises:
        BuiltInRole: the role belongs to the shop.
        NotFound: there is no such role.
        RoleInUse: staff have it, disabled ones too.
    """

    units: UnitsOfWork
    now: Clock

    @retried
    async def __call__(self, code: RoleCode, grantor: Grantor) -> None:
        async with self.units() as unit:
            await unit.roles.lock()
            role = await unit.roles.get(code)
            if role.built_in:
                raise BuiltInRole
            if count := await unit.roles.count_staff(code):
                raise RoleInUse(count)
            await unit.roles.delete(code)
            unit.add_event(
                StaffActionRecorded(
                    actor=str(grantor),
                    action="delete role",
                    reference=_reference(code, frozenset(), role.permissions),
                    at=self.now(),
                )
            )
            await unit.commit()


def _check_version(role: Role, before: Role | None, version: int | None) -> None:
    if before and version == 0:
        raise AlreadyExists("role", role.code)
    if version is not None and version != (before.version if before else 0):
        raise StaleVersion("role", role.code)


async def _saved(unit: UnitOfWork, role: Role, before: Role | None) -> int:
    """Save the role; returns its version. Raises `LastManager`."""
    if before is None:
        return await unit.roles.save(replace(role, built_in=False, version=0))
    managed = await unit.roles.count_managers()
    kept = replace(role, built_in=before.built_in, version=before.version)
    version = await unit.roles.save(kept)
    if managed and not await unit.roles.count_managers():
        raise LastManager
    return version


def _reference(code: str, added: frozenset[str], removed: frozenset[str]) -> str:
    """The role with its changes, such as ``support +orders.read -orders.ship``."""
    changes = [f"+{each}" for each in sorted(added)] + [f"-{each}" for each in sorted(removed)]
    return " ".join((code, *changes))
