"""Reconciles a gateway's statement with our ledger and our orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from core.application.payments.gateways import Gateways
from core.application.payments.reports import storable
from core.domain.errors import Invalid
from core.domain.identifiers import Currency
from core.domain.money import Money
from core.domain.payments.reconciliation import Movement, Report, Side, compare
from ports.clock import Clock
from ports.payments.reconciliation import Reconciliations
from ports.payments.statements import StatementLine

CHINA_TIME = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Fetch the statement of a day, compare it with ledger and orders, and store the report.

    Days are in China time (UTC+8), as in the gateways' statements.

    Raises:
        NotFound: there is no such gateway.
        Invalid: the gateway provides no statements, or the day is in the future.
        NotReadyYet: the statement is published on the next morning.
    """

    gateways: Gateways
    reconciliations: Reconciliations
    now: Clock
    currency: Currency

    async def __call__(self, gateway_code: str, day: date) -> Report:
        self.gateways.get(gateway_code)
        gateway = self.gateways.accounting(gateway_code)
        if gateway is None:
            raise Invalid("gateway", "“{code}” provides no statements.", code=gateway_code)
        if day > self.now().astimezone(CHINA_TIME).date():
            raise Invalid("day", "This day is in the future. Choose an earlier one.")
        theirs = [_movement(line) async for line in gateway.statement(day)]
        begin = datetime.combine(day, datetime.min.time(), CHINA_TIME)
        ours = await self.reconciliations.movements(gateway_code, begin, begin + timedelta(days=1))
        our_keys = {each.key for each in ours}
        missing = [each.key for each in theirs if each.key not in our_keys]
        on_other_days = await self.reconciliations.find(gateway_code, missing) if missing else {}
        report = Report(
            gateway=gateway_code,
            day=day,
            made_at=self.now(),
            lines=len(theirs),
            payments=self._sum(theirs, Side.PAYMENT),
            refunds=self._sum(theirs, Side.REFUND),
            fees=sum((each.fee for each in theirs if each.fee), Money.zero(self.currency)),
            differences=compare(ours, theirs, on_other_days, gateway.fee_basis_points),
        )
        await self.reconciliations.save(report)
        return report

    def _sum(self, movements: Sequence[Movement], side: Side) -> Money:
        amounts = (each.amount for each in movements if each.side is side)
        return sum(amounts, Money.zero(self.currency))


def _movement(line: StatementLine) -> Movement:
    return Movement(
        side=Side(line.kind.value),
        reference=storable(line.reference),
        refund_reference=storable(line.refund_reference),
        amount=line.amount,
        fee=line.fee,
        at=line.at,
    )
