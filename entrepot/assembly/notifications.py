"""E-mails, and the links in them."""

from adapters.keys.vault import Vault
from adapters.mail.mailers import mailer_of
from core.application.proving import (
    AskForDataLink,
    AskForProof,
    Fingerprint,
    ForgetDataLinks,
    OpenDataLink,
    ProveLogin,
    SendLinks,
)
from entrepot.assembly.customers import CustomerParts
from entrepot.assembly.wiring import bound, made, optional, wired
from entrepot.settings import Settings
from ports.mail import Mailer


def mailer(settings: Settings) -> Mailer | None:
    return mailer_of(settings.mail_url.get_secret_value(), settings.mail_from)


def fingerprint_of(vault: Vault) -> Fingerprint:
    return vault.fingerprint


@wired
class NotificationParts(CustomerParts):
    mailer = optional(Mailer, mailer)
    fingerprint = bound(Fingerprint, fingerprint_of)
    ask_for_proof = made(AskForProof)
    prove_login = made(ProveLogin)
    ask_for_data_link = made(AskForDataLink)
    open_data_link = made(OpenDataLink)
    forget_data_links = made(ForgetDataLinks)
    send_links = made(SendLinks)
