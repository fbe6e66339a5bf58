"""Staff: accounts and log-in."""

from core.application.staff import AddStaff, LogInStaff
from entrepot.assembly.customers import CustomerParts
from entrepot.assembly.wiring import made, wired


@wired
class StaffParts(CustomerParts):
    add_staff = made(AddStaff)
    log_in_staff = made(LogInStaff)
