"""Members: accounts, addresses, consents and recommendations."""

from adapters.database.customers.queries import SqlAccountQueries
from adapters.database.privacy.consents import SqlConsentQueries
from core.application.customers.addresses import ManageAddresses, SaveAddress
from core.application.customers.registration import RegisterMember
from core.application.customers.sessions import ConfirmPassword, LogIn, LogOut, PurgeSessions
from core.application.privacy.consents import ListAudience, ShowConsents
from core.application.recommendation import SuggestToMember
from entrepot.assembly.orders import OrderParts
from entrepot.assembly.privacy import PrivacyParts
from entrepot.assembly.wiring import bound, made, wired
from ports.privacy.consents import ConsentQueries
from ports.sessions import AccountQueries


@wired
class CustomerParts(PrivacyParts, OrderParts):
    account_queries = bound(AccountQueries, SqlAccountQueries)
    register_member = made(RegisterMember)
    log_in = made(LogIn)
    log_out = made(LogOut)
    confirm_password = made(ConfirmPassword)
    purge_sessions = made(PurgeSessions)
    save_address = made(SaveAddress)
    manage_addresses = made(ManageAddresses)

    consent_queries = bound(ConsentQueries, SqlConsentQueries)
    show_consents = made(ShowConsents)
    list_audience = made(ListAudience)
    suggest_to_member = made(SuggestToMember)
