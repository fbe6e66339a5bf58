"""Maps errors to HTTP statuses and to ``application/problem+json`` (RFC 9457)."""

from dataclasses import dataclass

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException

from adapters.web.language import change_text, error_message, translator
from core.domain import accounts, errors, staff
from core.domain.claims import ClaimRefused, PersonalClaimRefused
from core.domain.ledger.accounts import InsufficientBalance
from core.domain.ledger.transfers import ReversalTooLarge
from core.domain.orders.holds import OrderHeld
from core.domain.orders.refusals import OrderNotReviewed, OrderRefused
from core.domain.orders.unpaid import TooManyUnpaidOrders, TooManyUnpaidUnits
from core.domain.permissions import PermissionNotHeld
from core.domain.pricing.changes import OfferLost, OffersChanged
from core.domain.pricing.coupons.batches import (
    BatchClosed,
    CodesExported,
    CouponTaken,
    NoCouponsLeft,
)
from core.domain.pricing.engine_taxes import TaxesUnavailable
from ports import errors as port_errors

STATUS: dict[type[errors.DomainError] | type[port_errors.PortError], int] = {
    errors.NotFound: 404,
    errors.Invalid: 422,
    errors.InvalidFields: 422,
    errors.AlreadyExists: 409,
    errors.IllegalTransition: 409,
    errors.StaleVersion: 409,
    errors.CurrencyMismatch: 422,
    errors.OutOfStock: 409,
    OfferLost: 409,
    errors.QuantityOutOfRange: 422,
    errors.NotForSale: 409,
    errors.CartEmpty: 409,
    errors.CartChanged: 409,
    errors.PriceChanged: 409,
    errors.CheckoutIncomplete: 409,
    errors.Undeliverable: 422,
    accounts.BadCredentials: 401,
    accounts.WrongCode: 401,
    accounts.TooManyAttempts: 429,
    staff.LastManager: 409,
    staff.RoleInUse: 409,
    staff.BuiltInRole: 409,
    PermissionNotHeld: 403,
    accounts.BeingErased: 403,
    errors.PlanChanged: 409,
    errors.NotAllowed: 403,
    errors.SecondPersonNeeded: 403,
    errors.LinkExpired: 410,
    errors.MemberAlready: 409,
    errors.RequestOpen: 409,
    errors.CapturePending: 409,
    errors.PaymentMismatch: 409,
    errors.KeyReused: 422,
    errors.AlreadyDone: 409,
    OrderHeld: 409,
    OrderRefused: 409,
    OrderNotReviewed: 503,
    TooManyUnpaidOrders: 409,
    TooManyUnpaidUnits: 409,
    ClaimRefused: 409,
    PersonalClaimRefused: 409,
    NoCouponsLeft: 409,
    CouponTaken: 409,
    BatchClosed: 409,
    CodesExported: 409,
    InsufficientBalance: 409,
    ReversalTooLarge: 409,
    errors.RefundTooLarge: 409,
    errors.ReturnRefused: 409,
    TaxesUnavailable: 503,
    port_errors.Unavailable: 503,
    port_errors.TransactionAborted: 503,
    port_errors.Rejected: 422,
    port_errors.FundsMissing: 503,
    port_errors.NotReadyYet: 503,
    port_errors.OutcomeUnknown: 503,
    port_errors.BadSignature: 400,
}

# Litestar's errors have no stable code.
HTTP_PROBLEMS: dict[int, tuple[str, str]] = {
    400: ("malformed", "The request could not be read. Check the documentation."),
    401: ("sign_in_required", "Sign in first."),
    403: ("not_allowed", "This request is not allowed. Go back to the shop and try again."),
    404: ("page_not_found", "We cannot find this page. Check the address or go to the home page."),
    405: ("method_not_allowed", "This method is not allowed. See the Allow header."),
    406: ("not_acceptable", "The requested format is not available."),
    408: ("too_slow", "The request did not arrive in time. Check your connection and try again."),
    409: ("conflict", "The request conflicts with the current data. Reload and try again."),
    413: ("too_large", "The request is too large. Send less data at once."),
    415: ("unsupported_media_type", "The content type of the request is not supported."),
    429: ("too_many_requests", "Too many attempts. Wait a minute and try again."),
    503: ("busy", "The shop is very busy at the moment. Please try again in a few seconds."),
}
INTERNAL_ERROR = ("internal_error", "Something went wrong on our side. Please try again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """The error of one field of the request, or the change of the offer ``promotions.CODE``."""

    field: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """``code`` is stable; ``detail`` is a message in the language of the request."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: tuple[FieldError, ...] = ()


def problem_of(error: Exception, language: str) -> Problem:
    """Details of an unexpected exception are not included."""
    if isinstance(error, errors.DomainError | port_errors.PortError):
        detail = error_message(error, language)
        fields: tuple[FieldError, ...] = ()
        if isinstance(error, errors.Invalid):
            fields = (FieldError(field=error.field, message=detail),)
        elif isinstance(error, errors.InvalidFields):
            fields = tuple(
                FieldError(field=each.field, message=error_message(each, language))
                for each in error.fields
            )
        elif isinstance(error, OffersChanged):
            fields = tuple(
                FieldError(
                    field=f"promotions.{each.promotion}", message=change_text(each, language)
                )
                for each in error.changes
            )
        elif isinstance(error, OrderRefused):
            fields = tuple(
                FieldError(
                    field=f"lines.{each.line}" if each.line else "cart",
                    message=each.text.in_language(language),
                )
                for each in error.reasons
            )
        return _problem(_status(error), error.code, detail, fields)
    status = error.status_code if isinstance(error, HTTPException) else 500
    code, message = HTTP_PROBLEMS.get(status, INTERNAL_ERROR)
    return _problem(status, code, translator(language)(message), _fields(error))


def problem_codes() -> tuple[tuple[str, int, str], ...]:
    """``(code, status, message)`` of every error, for the documentation."""
    shop_codes = [(kind.code, status, kind.template) for kind, status in STATUS.items()]
    http_codes = [(code, status, message) for status, (code, message) in HTTP_PROBLEMS.items()]
    return tuple(sorted({*shop_codes, *http_codes, (INTERNAL_ERROR[0], 500, INTERNAL_ERROR[1])}))


def problem_response(problem: Problem, headers: dict[str, str] | None = None) -> Response[bytes]:
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=headers,
    )


def _status(error: Exception) -> int:
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _problem(status: int, code: str, detail: str, fields: tuple[FieldError, ...] = ()) -> Problem:
    return Problem(
        type=f"/docs#{code}",
        title=code.replace("_", " ").capitalize(),
        status=status,
        code=code,
        detail=detail,
        errors=fields,
    )


def _fields(error: Exception) -> tuple[FieldError, ...]:
    """Litestar's validation errors of a body or a query."""
    extra = getattr(error, "extra", None)
    if not isinstance(extra, list):
        return ()
    return tuple(
        FieldError(field=str(each.get("key", "body")), message=str(each.get("message", "")))
        for each in extra
        if isinstance(each, dict)
    )
