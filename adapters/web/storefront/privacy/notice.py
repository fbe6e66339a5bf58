"""The privacy notice, for every visitor."""

from typing import Any

from litestar import Response, get

from adapters.web.dependencies import Given
from adapters.web.storefront.context import StorefrontContext
from adapters.web.storefront.recommendation import RecentlyViewed
from core.application.privacy.data_providers import DataProviders
from core.application.privacy.processing import localized_recipients, purposes_of
from core.application.privacy.recipients import Recipients
from core.domain.privacy.policy import Policy


@get("/privacy", include_in_schema=False)
async def notice(
    context: Given[StorefrontContext],
    policy: Given[Policy],
    data_providers: Given[DataProviders],
    recipients: Given[Recipients],
) -> Response[Any]:
    inventory = [
        each for data_provider in data_providers.here for each in data_provider.inventory()
    ]
    return await context.page(
        "privacy/notice.html",
        public=True,
        purposes=purposes_of(policy, inventory, context.language),
        recipients=localized_recipients(recipients.all, context.language),
        viewed_enabled=RecentlyViewed.of(context) is not None,
    )


handlers = [notice]
