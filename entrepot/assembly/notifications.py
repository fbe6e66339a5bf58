"""Emails with links: email verification and data links."""

from adapters.keys.vault import Vault
from adapters.mail.mailers import mailer_of
from core.application.customers.email_verification import RequestEmailVerification, VerifyEmail
from core.application.notifications import Fingerprint, SendLinkEmails
from core.application.privacy.data_links import OpenDataLink, PurgeDataLinks, RequestDataLink
from entrepot.assembly.customers import CustomerParts
from entrepot.assembly.wiring import bound, made, optional, wired
from entrepot.settings import Settings
from ports.notifications import Mailer


def mailer(settings: Settings) -> Mailer | None:
    return mailer_of(settings.mail_url.get_secret_value(), settings.mail_from)


def fingerprint_of(vault: Vault) -> Fingerprint:
    return vault.fingerprint


@wired
class NotificationParts(CustomerParts):
    mailer = optional(Mailer, mailer)
    fingerprint = bound(Fingerprint, fingerprint_of)
    request_email_verification = made(RequestEmailVerification)
    verify_email = made(VerifyEmail)
    request_data_link = made(RequestDataLink)
    open_data_link = made(OpenDataLink)
    purge_data_links = made(PurgeDataLinks)
    send_link_emails = made(SendLinkEmails)
