"""The ledger of points, stored value and credit."""

from core.application.ledger.accounts import OpenLedgerAccount
from core.application.ledger.expiry import EndExpiredTransferHolds, ExpireLots
from core.application.ledger.member_points import ShowPoints
from core.application.ledger.transfers import EndTransferHold, HoldTransfer, MakeTransfer
from entrepot.assembly.storage import StorageParts
from entrepot.assembly.wiring import made, wired


@wired
class LedgerParts(StorageParts):
    open_ledger_account = made(OpenLedgerAccount)
    hold_transfer = made(HoldTransfer)
    end_transfer_hold = made(EndTransferHold)
    make_transfer = made(MakeTransfer)
    end_expired_transfer_holds = made(EndExpiredTransferHolds)
    expire_lots = made(ExpireLots)
    show_points = made(ShowPoints)
