"""The permissions that roles can have: those of the shop and of its plugins."""

from dataclasses import dataclass
from functools import cached_property

from core.domain.permissions import PermissionArea
from core.domain.shop_permissions import PLUGINS_MANAGE


@dataclass(frozen=True, kw_only=True)
class KnownPermissions:
    """All permissions of the shop and of its plugins, by area."""

    of_shop: tuple[PermissionArea, ...]
    of_plugins: tuple[PermissionArea, ...] = ()

    @property
    def areas(self) -> tuple[PermissionArea, ...]:
        return (*self.of_shop, *self.of_plugins)

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(each.code for area in self.areas for each in area.permissions)

    @cached_property
    def shop_codes(self) -> frozenset[str]:
        return frozenset(each.code for area in self.of_shop for each in area.permissions)

    def not_givable(self, own: frozenset[str], permissions: frozenset[str]) -> frozenset[str]:
        """Those of ``permissions`` that staff with the permissions ``own`` cannot give.

        Staff give what they have. With ``plugins.manage`` they give all permissions of plugins,
        since no role has those at first.
        """
        missing = permissions - own
        return missing & self.shop_codes if PLUGINS_MANAGE.code in own else missing
