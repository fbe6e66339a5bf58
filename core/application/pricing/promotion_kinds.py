"""Makes promotions from the kinds that plugins offer."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.application.pricing.promotions import SavedPromotion, SavePromotion
from core.domain.errors import Invalid, InvalidFields, NotFound
from core.domain.pricing.promotions.presets import PromotionKind
from ports.pricing import PromotionKinds


@dataclass(frozen=True, slots=True)
class FindPromotionKind:
    """Raises `NotFound`."""

    promotion_kinds: PromotionKinds

    def __call__(self, code: str) -> PromotionKind:
        if code not in self.promotion_kinds:
            raise NotFound("kind of promotion", code)
        return self.promotion_kinds[code]


@dataclass(frozen=True, slots=True)
class MakePromotion:
    """Fill in the gaps of a kind, and save the promotion as a draft.

    Raises:
        NotFound: no plugin offers the kind.
        Invalid, InvalidFields: a value is missing or wrong; each names ``arguments.NAME``.
        AlreadyExists: the code is in use.
    """

    find_promotion_kind: FindPromotionKind
    save_promotion: SavePromotion

    async def __call__(
        self, code: str, values: Mapping[str, object], entered: Mapping[str, object]
    ) -> SavedPromotion:
        """``values`` are those of the arguments. ``entered`` are code, label and period."""
        kind = self.find_promotion_kind(code)
        document = kind.filled(values, entered)
        try:
            return await self.save_promotion(document, version=0)
        except Invalid as error:
            raise _at_argument(kind, error) from error
        except InvalidFields as error:
            raise InvalidFields(tuple(_at_argument(kind, each) for each in error.fields)) from error


def _at_argument(kind: PromotionKind, error: Invalid) -> Invalid:
    return Invalid(kind.field_of(error.field), error.template, **error.details)
