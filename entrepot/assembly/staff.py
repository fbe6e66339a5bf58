"""Those who work in the back office."""

from core.application.staff import AddStaff, LogInStaff
from entrepot.assembly.customers import CustomerParts
from entrepot.assembly.wiring import made, wired


@wired
class StaffParts(CustomerParts):
    add_staff = made(AddStaff)
    log_in_staff = made(LogInStaff)
