"""Resolution: which promotions of a lane apply, and to which lines.

There is no search over combinations, so each result can be explained in one sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.domain.money import Money
from core.domain.pricing.adjustments import Adjustment, Lane
from core.domain.pricing.arithmetic.splitting import split
from core.domain.pricing.calculation.unit_prices import UnitPrice
from core.domain.pricing.calculation.worksheet import Mask, Part, Worksheet
from core.domain.pricing.promotions.circumstances import window_reason
from core.domain.pricing.promotions.conditions import counts_goods
from core.domain.pricing.promotions.limits import left_of
from core.domain.pricing.promotions.promotion import SELLER, Exclusive, Promotion
from core.domain.pricing.promotions.proposal import Proposal
from core.domain.pricing.promotions.results import Results, closed_by
from core.domain.pricing.promotions.scope import Scope
from core.domain.pricing.settings import LaneMode


@dataclass(slots=True, eq=False)
class Candidate:
    """A promotion that competes for ``open`` rows, and how many of them it ``won``."""

    promotion: Promotion
    open: Mask
    proposal: Proposal
    won: int = 0

    def lost(self, winners: "Mapping[int, Candidate]") -> list[int]:
        """The rows of the proposal that other candidates won."""
        parts = self.proposal.parts
        if self.won in {0, len(parts)}:
            return [] if self.won else list(parts)
        return [row for row in parts if winners[row] is not self]


def resolve(
    sheet: Worksheet, lane: Lane, promotions: Sequence[Promotion], results: Results
) -> None:
    """Apply the promotions of a lane, which are in the order of their ranks.

    The first exclusive one that applies is alone.
    """
    sheet.begin(lane)
    open_rows = sheet.open_in(lane)
    for promotion in promotions:
        if promotion.exclusive is not Exclusive.NO:
            proposal = evaluate(sheet, promotion, open_rows)
            if results.record(promotion, proposal):
                apply(sheet, promotion, proposal, results)
                results.close(promotions, promotion)
                return
    rest = [each for each in promotions if each.exclusive is Exclusive.NO]
    mode = sheet.settings.mode_of(lane)
    if mode is LaneMode.ALL:
        for promotion in rest:
            proposal = evaluate(sheet, promotion, open_rows)
            if results.record(promotion, proposal):
                apply(sheet, promotion, proposal, results)
    else:
        proposals = [(each, evaluate(sheet, each, open_rows)) for each in rest]
        candidates = [
            Candidate(promotion, open_rows, proposal)
            for promotion, proposal in proposals
            if results.record(promotion, proposal)
        ]
        compete(sheet, candidates, mode, results)


def evaluate(sheet: Worksheet, promotion: Promotion, open_rows: Mask) -> Proposal:
    """What the promotion would do at the present prices, or why it does nothing."""
    if reason := window_reason(promotion.starts_at, promotion.ends_at, sheet.request.at):
        return Proposal(reason=reason)
    left = left_of(promotion.limits, promotion.code, sheet.request)
    if left.reason:
        return Proposal(reason=left.reason)
    scope = Scope(sheet, promotion.code, open_rows, left.units)
    if reason := promotion.condition.unmet(scope):
        return Proposal(reason=reason)
    proposal = promotion.benefits[0].propose(scope)
    for benefit in promotion.benefits[1:]:
        proposal.add(scope, benefit.propose(scope))
    if len(promotion.benefits) > 1 or left.spend is not None:
        proposal.limit(scope, left.spend)
    if promotion.limits and (reason := left.excess(proposal.total, proposal.units_of(sheet))):
        return Proposal(reason=reason)
    return proposal


def compete(
    sheet: Worksheet, candidates: list[Candidate], mode: LaneMode, results: Results
) -> None:
    """Give each line to one promotion; one that loses lines is evaluated again without them."""
    winners = _winners(sheet, candidates, mode)
    while _evaluate_again(sheet, candidates, winners, results):
        winners = _winners(sheet, candidates, mode)
    for each in candidates:
        proposal = each.proposal
        if not proposal.applies:
            continue
        if proposal.parts and not each.won:
            winner = winners[next(iter(proposal.parts))].promotion
            results.reasons[each.promotion.code] = closed_by(winner)
            continue
        for row in each.lost(winners):
            del proposal.parts[row]
        apply(sheet, each.promotion, proposal, results)


def _winners(
    sheet: Worksheet, candidates: Sequence[Candidate], mode: LaneMode
) -> dict[int, Candidate]:
    """The candidate of each row: the largest part, or the first one."""
    winners: dict[int, Candidate] = {}
    largest = [0] * len(sheet.quantities)
    is_best = mode is LaneMode.BEST
    for each in candidates:
        each.won = 0
        for row, (amount, _) in each.proposal.parts.items():
            if amount > largest[row] and (is_best or not largest[row]):
                winners[row] = each
                largest[row] = amount
    for winner in winners.values():
        winner.won += 1
    return winners


def _evaluate_again(
    sheet: Worksheet,
    candidates: Sequence[Candidate],
    winners: Mapping[int, Candidate],
    results: Results,
) -> bool:
    """Whether a candidate changed because it lost some of its rows, and won others.

    A winner that lost rows itself may drop out: what it won is closed to others only if no other
    candidate lost anything. The rows of one that drops out are open to the others again.
    """
    losers = {
        each: lost
        for each in candidates
        if each.won and (lost := each.lost(winners)) and is_joint(sheet, each.promotion)
    }
    for_good = {
        each: rows
        for each, lost in losers.items()
        if (rows := [row for row in lost if winners[row] not in losers])
    }
    closed = False
    for each, rows in (for_good or losers).items():
        for row in rows:
            each.open &= ~(1 << row)
        each.proposal = evaluate(sheet, each.promotion, each.open)
        if not each.proposal.applies:
            results.reasons[each.promotion.code] = closed_by(winners[rows[0]].promotion)
            closed = True
    if closed:
        _open_again(sheet, candidates)
    return bool(losers)


def _open_again(sheet: Worksheet, candidates: Sequence[Candidate]) -> None:
    open_rows = sheet.open_in(sheet.lane)
    for each in candidates:
        if each.proposal.applies and each.open != open_rows:
            each.open = open_rows
            each.proposal = evaluate(sheet, each.promotion, open_rows)


def is_joint(sheet: Worksheet, promotion: Promotion) -> bool:
    """Whether what a line gets depends on the other lines."""
    return (
        counts_goods(promotion.condition)
        or any(limit.is_shared for limit in promotion.limits)
        or any(benefit.is_joint(sheet) for benefit in promotion.benefits)
    )


def apply(sheet: Worksheet, promotion: Promotion, proposal: Proposal, results: Results) -> None:
    for row, part in proposal.parts.items():
        sheet.take_off(row, part, adjustments_of(sheet, promotion, row, part.amount))
    for line in proposal.added:
        row = sheet.add(UnitPrice(line, line.list_price))
        part = Part(sheet.now.totals[row])
        sheet.take_off(row, part, adjustments_of(sheet, promotion, row, part.amount))
    sheet.use(proposal.used)
    results.applied[promotion.code] = (promotion, proposal)


def adjustments_of(
    sheet: Worksheet, promotion: Promotion, row: int, amount: int
) -> list[Adjustment]:
    """One adjustment for each who bears a share of the amount."""
    borne_by = promotion.borne_by
    shares = split(amount, list(borne_by.values())) if len(borne_by) > 1 else (amount,)
    return [
        Adjustment(
            source=promotion.code,
            lane=promotion.lane,
            label=promotion.label,
            amount=Money(-share, sheet.request.currency),
            borne_by=sheet.line(row).seller if bearer == SELLER else bearer,
        )
        for bearer, share in zip(borne_by, shares, strict=True)
        if share
    ]
