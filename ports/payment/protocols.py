"""Which protocol a gateway must implement to have an ability."""

from collections.abc import Mapping

from ports.payment.abilities import Ability
from ports.payment.authorizations import Authorizations
from ports.payment.gateway import PaymentGateway
from ports.payment.notifications import Notifications
from ports.payment.refunds import Refunds
from ports.payment.statements import Statements

PROTOCOLS: Mapping[Ability, type] = {
    Ability.CLOSING: PaymentGateway,
    Ability.NOTIFICATIONS: Notifications,
    Ability.REFUNDS: Refunds,
    Ability.PARTIAL_REFUNDS: Refunds,
    Ability.AUTHORIZATIONS: Authorizations,
    Ability.STATEMENTS: Statements,
}
