"""Members as plugins read them: opaque ids, groups and consents."""

from dataclasses import dataclass

from core.application.privacy.consents import ShowConsents
from core.domain.customers import LoginState
from core.domain.errors import NotFound
from core.domain.identifiers import CustomerId
from ports.plugin_shop.customers import ShopCustomer
from ports.sessions import AccountQueries


@dataclass(frozen=True, slots=True)
class PluginCustomers:
    """`ports.plugin_shop.customers.ShopCustomers`."""

    account_queries: AccountQueries
    show_consents: ShowConsents

    async def get(self, customer_id: CustomerId) -> ShopCustomer:
        customer = await self.account_queries.customer(customer_id)
        if customer.login_state is LoginState.PENDING:
            raise NotFound("customer", customer_id)
        return ShopCustomer(
            id=customer.id, groups=customer.groups, registered_at=customer.registered_at
        )

    async def has_consent(self, customer_id: CustomerId, purpose: str) -> bool:
        return await self.show_consents.given(customer_id, purpose)
