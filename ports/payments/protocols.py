"""Which protocol a gateway must implement to have an ability."""

from collections.abc import Mapping

from ports.payments.abilities import Ability
from ports.payments.authorizations import Authorizations
from ports.payments.gateway import PaymentGateway
from ports.payments.notifications import Notifications
from ports.payments.refunds import Refunds
from ports.payments.statements import Statements

PROTOCOLS: Mapping[Ability, type] = {
    Ability.CLOSING: PaymentGateway,
    Ability.NOTIFICATIONS: Notifications,
    Ability.REFUNDS: Refunds,
    Ability.PARTIAL_REFUNDS: Refunds,
    Ability.AUTHORIZATIONS: Authorizations,
    Ability.STATEMENTS: Statements,
}
