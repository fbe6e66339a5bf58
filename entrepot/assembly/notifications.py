"""Emails: with links, and about orders."""

from core.application.customers.email_verification import RequestEmailVerification, VerifyEmail
from core.application.notifications.link_emails import SendLinkEmails
from core.application.notifications.order_emails import SendOrderEmails
from core.application.privacy.data_links import OpenDataLink, PurgeDataLinks, RequestDataLink
from entrepot.assembly.customers import CustomerParts
from entrepot.assembly.wiring import bound, made, wired
from ports.notifications import FormatMoment, FormatMoney


def format_money_of() -> FormatMoney:
    # Processes without emails and pages start without the locales of Babel.
    from adapters.web.formatting import money  # noqa: PLC0415

    return money


def format_moment_of() -> FormatMoment:
    from adapters.web.formatting import moment  # noqa: PLC0415 -- see above

    return moment


@wired
class NotificationParts(CustomerParts):
    request_email_verification = made(RequestEmailVerification)
    verify_email = made(VerifyEmail)
    request_data_link = made(RequestDataLink)
    open_data_link = made(OpenDataLink)
    purge_data_links = made(PurgeDataLinks)
    send_link_emails = made(SendLinkEmails)
    format_money = bound(FormatMoney, format_money_of)
    format_moment = bound(FormatMoment, format_moment_of)
    send_order_emails = made(SendOrderEmails)
