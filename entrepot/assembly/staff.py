"""Staff: accounts, log-in, roles and permissions."""

from adapters.database.staff.queries import SqlRoleQueries, SqlStaffQueries
from core.application.roles import CheckGrant, DeleteRole, SaveRole
from core.application.staff import AddStaff, LogInStaff, ManageStaff
from core.domain.known_permissions import KnownPermissions
from core.domain.permission_areas import SHOP_PERMISSIONS
from core.domain.permissions import PermissionArea
from core.domain.text import Text
from entrepot.assembly.customers import CustomerParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.plugin_manager import PluginManager
from ports.staff import RoleQueries, StaffQueries


def known_permissions_of(plugins: PluginManager) -> KnownPermissions:
    """The permissions of the shop, and those that the manifests of plugins declare."""
    return KnownPermissions(
        of_shop=SHOP_PERMISSIONS,
        of_plugins=tuple(
            PermissionArea(
                code=name,
                label=Text({"zh": f"插件 {name}", "en": f"Plugin {name}"}),
                permissions=plugin.manifest.permissions,
            )
            for name, plugin in plugins.loaded.items()
            if plugin.manifest.permissions
        ),
    )


@wired
class StaffParts(CustomerParts):
    known_permissions = bound(KnownPermissions, known_permissions_of)
    check_grant = made(CheckGrant)
    save_role = made(SaveRole)
    delete_role = made(DeleteRole)
    role_queries = bound(RoleQueries, SqlRoleQueries)
    add_staff = made(AddStaff)
    log_in_staff = made(LogInStaff)
    manage_staff = made(ManageStaff)
    staff_queries = bound(StaffQueries, SqlStaffQueries)
