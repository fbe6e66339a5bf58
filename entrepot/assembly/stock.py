"""Stock admin."""

from core.application.stock import CountStock
from entrepot.assembly.storage import StorageParts
from entrepot.assembly.wiring import made, wired


@wired
class StockParts(StorageParts):
    count_stock = made(CountStock)
