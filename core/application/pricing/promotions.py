"""Saves promotions, and moves them between their states."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.application.retries import retried
from core.domain.errors import AlreadyExists, Invalid, StaleVersion, raise_if_invalid
from core.domain.identifiers import Currency, PromotionId
from core.domain.pricing.promotions.documents.reading import from_document
from core.domain.pricing.promotions.documents.writing import to_document
from core.domain.pricing.promotions.managed import (
    ManagedPromotion,
    PromotionMove,
    PromotionState,
    check_source,
)
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.promotions.review.findings import Finding
from core.domain.pricing.promotions.review.warnings import findings_of
from ports.clock import Clock, NewId
from ports.coupons import BatchesOfPromotion
from ports.price_enquiries import AskFacts
from ports.pricing import ForgetRules, LoadRules
from ports.unit_of_work import RepeatableUnits, UnitsOfWork


class SaveOutcome(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPromotion:
    """``warnings`` are findings that may be mistakes."""

    code: str
    result: SaveOutcome
    state: PromotionState
    version: int
    warnings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ReviewPromotion:
    """Read the document of a promotion, and review it beside the active ones.

    Raises:
        Invalid, InvalidFields: what is wrong; each names the path of a value.
    """

    load_rules: LoadRules
    batches_of_promotion: BatchesOfPromotion
    facts: AskFacts
    currency: Currency
    now: Clock

    async def __call__(
        self, document: Mapping[str, object]
    ) -> tuple[Promotion, tuple[Finding, ...]]:
        """Returns the warnings beside the promotion."""
        promotion = from_document(document)
        check_source(promotion.code)
        rules = await self.load_rules()
        now = self.now()
        findings = findings_of(
            promotion,
            others=rules.promotions,
            settings=rules.settings,
            currencies=(self.currency,),
            now=now,
            facts=self.facts.names,
        )
        raise_if_invalid(
            [
                Invalid(each.part, each.template, **each.values)
                for each in findings
                if each.is_refusal
            ]
        )
        warnings = tuple(each for each in findings if not each.is_refusal)
        if promotion.by_coupon or not (batches := await self._batches(promotion.code, now)):
            return promotion, warnings
        return promotion, (*warnings, Finding("by_coupon", "has_coupons", {"batches": batches}))

    async def _batches(self, code: str, now: datetime) -> str:
        return ", ".join(await self.batches_of_promotion(code, now))


@dataclass(frozen=True, slots=True)
class SavePromotion:
    """Create a promotion as a draft, or change the one with its code. Idempotent.

    Raises:
        Invalid, InvalidFields: see `ReviewPromotion`.
        AlreadyExists: ``version`` is 0, and there is a promotion with the code.
        StaleVersion: the promotion is not at ``version`` any more.
        IllegalTransition: it has ended.
    """

    units: UnitsOfWork
    review_promotion: ReviewPromotion
    forget_rules: ForgetRules
    new_id: NewId
    now: Clock

    @retried
    async def __call__(
        self, document: Mapping[str, object], *, version: int | None = None
    ) -> SavedPromotion:
        """``version`` is the one that the caller has read, 0 for a new code; None: any."""
        promotion, warnings = await self.review_promotion(document)
        async with self.units() as unit:
            managed = await unit.promotions.find(promotion.code)
            if managed and version == 0:
                raise AlreadyExists("promotion", promotion.code)
            if version is not None and version != (managed.version if managed else 0):
                raise StaleVersion("promotion", promotion.code)
            if managed is None:
                result, managed = SaveOutcome.CREATED, self._draft(promotion)
            elif managed.promotion == promotion:
                return _saved(managed, SaveOutcome.UNCHANGED, warnings)
            else:
                result = SaveOutcome.CHANGED
            managed.change(promotion, self.now())
            await unit.promotions.save(managed)
            await unit.commit()
        self.forget_rules()
        return _saved(managed, result, warnings)

    def _draft(self, promotion: Promotion) -> ManagedPromotion:
        now = self.now()
        return ManagedPromotion(
            id=PromotionId(self.new_id()), promotion=promotion, created_at=now, changed_at=now
        )


@dataclass(frozen=True, slots=True)
class MovePromotion:
    """Activate, pause, resume or end a promotion.

    Raises:
        NotFound: there is no such promotion.
        IllegalTransition: its state does not allow the move.
    """

    units: UnitsOfWork
    forget_rules: ForgetRules
    now: Clock

    @retried
    async def __call__(self, code: str, move: PromotionMove) -> PromotionState:
        async with self.units() as unit:
            managed = await unit.promotions.get(code)
            managed.move(move, self.now())
            await unit.promotions.save(managed)
            await unit.commit()
        self.forget_rules()
        return managed.state


@dataclass(frozen=True, slots=True)
class CopyPromotion:
    """Create a draft with the content of another promotion.

    Raises:
        NotFound: there is no promotion ``code``.
        AlreadyExists: ``new_code`` is in use.
        Invalid: ``new_code`` cannot be part of an address.
    """

    units: RepeatableUnits
    save_promotion: SavePromotion

    async def __call__(self, code: str, new_code: str) -> SavedPromotion:
        async with self.units() as unit:
            copied = (await unit.promotions.get(code)).promotion
        return await self.save_promotion(to_document(replace(copied, code=new_code)), version=0)


def _saved(
    managed: ManagedPromotion, result: SaveOutcome, warnings: tuple[Finding, ...]
) -> SavedPromotion:
    return SavedPromotion(
        code=managed.code,
        result=result,
        state=managed.state,
        version=managed.version,
        warnings=warnings,
    )
