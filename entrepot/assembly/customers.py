"""Members: their accounts, addresses and consents, and what is suggested to them."""

from adapters.database.consents import SqlConsentLedger
from adapters.database.register import SqlRegister
from core.application.browsing import SuggestToMember
from core.application.consents import ListAudience, ShowConsents
from core.application.members import (
    ArrangeAddresses,
    ConfirmPassword,
    ForgetSessions,
    KeepAddress,
    LogIn,
    LogOut,
    RegisterMember,
)
from entrepot.assembly.orders import OrderParts
from entrepot.assembly.privacy import PrivacyParts
from entrepot.assembly.wiring import bound, made, wired
from ports.storage.consents import ConsentLedger
from ports.storage.ledgers import Register


@wired
class CustomerParts(PrivacyParts, OrderParts):
    register = bound(Register, SqlRegister)
    register_member = made(RegisterMember)
    log_in = made(LogIn)
    log_out = made(LogOut)
    confirm_password = made(ConfirmPassword)
    forget_sessions = made(ForgetSessions)
    keep_address = made(KeepAddress)
    arrange_addresses = made(ArrangeAddresses)

    consent_ledger = bound(ConsentLedger, SqlConsentLedger)
    show_consents = made(ShowConsents)
    list_audience = made(ListAudience)
    suggest_to_member = made(SuggestToMember)
