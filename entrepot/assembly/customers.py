"""Members: accounts, addresses, consents and recommendations."""

from adapters.database.customers.queries import SqlAccountQueries
from adapters.database.privacy.consents import SqlConsentQueries
from core.application.customers.addresses import ManageAddresses, SaveAddress
from core.application.customers.fields import SaveMemberFields
from core.application.customers.groups import SetGroups
from core.application.customers.registration import (
    FinishRegistration,
    PurgeRegistrations,
    RegisterAndLogIn,
    RegisterMember,
)
from core.application.customers.sessions import (
    ConfirmMemberLogIn,
    ConfirmPassword,
    LogIn,
    LogOut,
    MergeCart,
    PurgeSessions,
)
from core.application.privacy.consents import ListAudience, ShowConsents
from core.application.recommendation import SuggestToMember
from entrepot.assembly.accounts import AccountParts
from entrepot.assembly.orders import OrderParts
from entrepot.assembly.wiring import bound, made, wired
from ports.privacy.consents import ConsentQueries
from ports.sessions import AccountQueries


@wired
class CustomerParts(AccountParts, OrderParts):
    account_queries = bound(AccountQueries, SqlAccountQueries)
    register_member = made(RegisterMember)
    finish_registration = made(FinishRegistration)
    purge_registrations = made(PurgeRegistrations)
    merge_cart = made(MergeCart)
    log_in = made(LogIn)
    confirm_member_log_in = made(ConfirmMemberLogIn)
    register_and_log_in = made(RegisterAndLogIn)
    log_out = made(LogOut)
    confirm_password = made(ConfirmPassword)
    purge_sessions = made(PurgeSessions)
    save_address = made(SaveAddress)
    manage_addresses = made(ManageAddresses)
    set_groups = made(SetGroups)
    save_member_fields = made(SaveMemberFields)

    consent_queries = bound(ConsentQueries, SqlConsentQueries)
    show_consents = made(ShowConsents)
    list_audience = made(ListAudience)
    suggest_to_member = made(SuggestToMember)
