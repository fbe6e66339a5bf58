"""What became of the promotions: applied, or why not; their claims and grants."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from core.domain.claims import Claim
from core.domain.pricing.calculation.worksheet import Worksheet
from core.domain.pricing.promotions.limits import LimitKind
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.promotions.proposal import Proposal
from core.domain.pricing.promotions.scope import Scope
from core.domain.pricing.quote import Addition, Grant
from core.domain.pricing.reasons import Reason


@dataclass(slots=True)
class Results:
    """``applied`` and ``reasons`` are by the code of the promotion."""

    applied: dict[str, tuple[Promotion, Proposal]] = field(default_factory=dict)
    reasons: dict[str, Reason] = field(default_factory=dict)
    offered: list[Addition] = field(default_factory=list)

    def record(self, promotion: Promotion, proposal: Proposal) -> bool:
        """Keep what the proposal says. Returns whether it applies."""
        self.offered += proposal.offered
        if proposal.applies:
            return True
        self.reasons[promotion.code] = proposal.reason or Reason("nothing_to_reduce")
        return False

    def close(self, promotions: Iterable[Promotion], winner: Promotion) -> None:
        """The other promotions, unless they have a reason of their own, do not apply."""
        for each in promotions:
            if each is not winner:
                self.reasons.setdefault(each.code, closed_by(winner))

    @property
    def next_steps(self) -> Mapping[str, Reason]:
        return {
            code: proposal.next_step
            for code, (_, proposal) in self.applied.items()
            if proposal.next_step
        }

    def claims(self, sheet: Worksheet) -> list[Claim]:
        """What the applied promotions take of their limits."""
        claims = []
        for code, (promotion, proposal) in self.applied.items():
            for limit in promotion.limits:
                amounts = {
                    LimitKind.USES: 1,
                    LimitKind.SPEND: proposal.total,
                    LimitKind.UNITS: proposal.units_of(sheet),
                }
                amount = amounts[limit.kind]
                if amount and (claim := limit.claim(code, sheet.request, amount)):
                    claims.append(claim)
        return claims

    def grants(self, sheet: Worksheet) -> tuple[Grant, ...]:
        granted = (
            benefit.granted(Scope(sheet, code, sheet.goods))
            for code, (_, proposal) in self.applied.items()
            for benefit in proposal.grants
        )
        return tuple(grant for grant in granted if grant)


def closed_by(promotion: Promotion) -> Reason:
    return Reason("closed_by", {"other": promotion.label})
