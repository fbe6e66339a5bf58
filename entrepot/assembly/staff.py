"""Those who work in the back office."""

from core.application.members import HireStaff, LogInStaff
from entrepot.assembly.customers import CustomerParts
from entrepot.assembly.wiring import made, wired


@wired
class StaffParts(CustomerParts):
    hire_staff = made(HireStaff)
    log_in_staff = made(LogInStaff)
