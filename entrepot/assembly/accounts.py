"""Accounts: passwords, second factors, guessing limits, and emails about them."""

from datetime import timedelta

from adapters.database.accounts.credentials import SqlCredentialQueries
from adapters.keys.vault import Vault
from adapters.mail.mailers import mailer_of
from core.application.accounts.emails import SendAccountEmails
from core.application.accounts.guessing import LimitGuesses, PurgeGuesses
from core.application.accounts.links import CreateResetLink, PurgeAccountLinks
from core.application.accounts.log_in import OpenSession, StaffNeedSecondFactor
from core.application.accounts.password_changes import (
    ChangePassword,
    RequestPasswordReset,
    ResetPassword,
)
from core.application.accounts.passwords import CheckPassword, HashNewPassword
from core.application.accounts.second_factors import (
    CheckSecondFactor,
    ConfirmLogIn,
    ConfirmSecondFactor,
    ProposeSecondFactor,
    RemoveSecondFactor,
    ReplaceRecoveryCodes,
)
from core.application.accounts.sessions import EndSessions, ListSessions
from core.application.notifications.link_emails import Fingerprint
from core.domain.guesses import GuessLimit, GuessLimits
from entrepot.assembly.privacy import PrivacyParts
from entrepot.assembly.wiring import bound, made, optional, wired
from entrepot.settings import Settings
from ports.accounts import CredentialQueries
from ports.notifications import Mailer


def mailer(settings: Settings) -> Mailer | None:
    return mailer_of(settings.mail_url.get_secret_value(), settings.mail_from)


def fingerprint_of(vault: Vault) -> Fingerprint:
    return vault.fingerprint


def guess_limits_of(settings: Settings) -> GuessLimits:
    second, minute = timedelta(seconds=1), timedelta(minutes=1)
    longest, day = timedelta(minutes=15), timedelta(days=1)
    own = GuessLimit(free=5, first=second, longest=longest, forget=day)
    return GuessLimits(
        at_address=own,
        device=own,
        account=GuessLimit(free=50, first=second, longest=longest, forget=day),
        visitor=GuessLimit(
            free=settings.log_in_attempts_per_minute,
            first=minute,
            longest=longest,
            forget=10 * minute,
        ),
    )


def staff_need_second_factor_of(settings: Settings) -> StaffNeedSecondFactor:
    return StaffNeedSecondFactor(int(settings.staff_second_factor == "required"))


@wired
class AccountParts(PrivacyParts):
    mailer = optional(Mailer, mailer)
    fingerprint = bound(Fingerprint, fingerprint_of)
    credentials = bound(CredentialQueries, SqlCredentialQueries)
    guess_limits = bound(GuessLimits, guess_limits_of)
    limit_guesses = made(LimitGuesses)
    purge_guesses = made(PurgeGuesses)
    create_reset_link = made(CreateResetLink)
    purge_account_links = made(PurgeAccountLinks)

    hash_new_password = made(HashNewPassword)
    check_password = made(CheckPassword)
    change_password = made(ChangePassword)
    request_password_reset = made(RequestPasswordReset)
    reset_password = made(ResetPassword)

    staff_need_second_factor = bound(StaffNeedSecondFactor, staff_need_second_factor_of)
    open_session = made(OpenSession)
    propose_second_factor = made(ProposeSecondFactor)
    confirm_second_factor = made(ConfirmSecondFactor)
    check_second_factor = made(CheckSecondFactor)
    confirm_log_in = made(ConfirmLogIn)
    remove_second_factor = made(RemoveSecondFactor)
    replace_recovery_codes = made(ReplaceRecoveryCodes)

    list_sessions = made(ListSessions)
    end_sessions = made(EndSessions)
    send_account_emails = made(SendAccountEmails)
