"""Emails with links: email verification and data links."""

from core.application.customers.email_verification import RequestEmailVerification, VerifyEmail
from core.application.notifications import SendLinkEmails
from core.application.privacy.data_links import OpenDataLink, PurgeDataLinks, RequestDataLink
from entrepot.assembly.customers import CustomerParts
from entrepot.assembly.wiring import made, wired


@wired
class NotificationParts(CustomerParts):
    request_email_verification = made(RequestEmailVerification)
    verify_email = made(VerifyEmail)
    request_data_link = made(RequestDataLink)
    open_data_link = made(OpenDataLink)
    purge_data_links = made(PurgeDataLinks)
    send_link_emails = made(SendLinkEmails)
