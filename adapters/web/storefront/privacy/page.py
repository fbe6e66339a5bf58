"""The page “My data” of a customer."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from litestar import Response

from adapters.web.dependencies import Given
from adapters.web.storefront.context import StorefrontContext
from core.application.privacy.consents import ShowConsents
from core.domain.identifiers import CustomerId
from ports.notifications import Mailer
from ports.sessions import AccountQueries

TEMPLATE = "privacy/my_data.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class MyDataPage:
    context: Given[StorefrontContext]
    member: Given[CustomerId]
    show_consents: Given[ShowConsents]
    account_queries: Given[AccountQueries]
    mailer: Given[Mailer | None]

    async def show(self, **variables: Any) -> Response[Any]:
        return await self.context.page(TEMPLATE, **{**await self.variables(), **variables})

    def form(self, **variables: Any) -> AbstractAsyncContextManager[None]:
        return self.context.form_page(TEMPLATE, self.variables, **variables)

    async def variables(self) -> Mapping[str, Any]:
        customer = await self.account_queries.customer(self.member)
        return {
            "values": {"name": customer.name, "login": customer.login},
            "consents": await self.show_consents(self.member),
            "customer": customer,
            "email_enabled": self.mailer is not None,
            "done": self.context.query("done"),
        }
