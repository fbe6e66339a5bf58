"""Staff: accounts and log-in."""

from adapters.database.staff.queries import SqlStaffQueries
from core.application.staff import AddStaff, LogInStaff, ManageStaff
from entrepot.assembly.customers import CustomerParts
from entrepot.assembly.wiring import bound, made, wired
from ports.staff import StaffQueries


@wired
class StaffParts(CustomerParts):
    add_staff = made(AddStaff)
    log_in_staff = made(LogInStaff)
    manage_staff = made(ManageStaff)
    staff_queries = bound(StaffQueries, SqlStaffQueries)
