"""The conformance kits: one suite per port. Subclass it and override its fixture.

::

    from entrepot.testing import PaymentGatewaySuite  # noqa: E402


    class TestMyGateway(PaymentGatewaySuite):
        @pytest.fixture
        def gateway(self) -> PaymentGateway:
            return MyGateway(…)

The kits need the extra ``entrepot[testing]``. The suites are asynchronous and use anyio's pytest
plugin: define a fixture ``anyio_backend`` that returns ``"asyncio"``.
"""

import pytest

pytest.register_assert_rewrite(
    "entrepot.testing.admin_pages",
    "entrepot.testing.claims",
    "entrepot.testing.content",
    "entrepot.testing.commands",
    "entrepot.testing.event_types",
    "entrepot.testing.fields",
    "entrepot.testing.gateway_fixture",
    "entrepot.testing.jobs",
    "entrepot.testing.keys",
    "entrepot.testing.ledger",
    "entrepot.testing.listeners",
    "entrepot.testing.money",
    "entrepot.testing.order_guards",
    "entrepot.testing.payment",
    "entrepot.testing.prices",
    "entrepot.testing.pricing",
    "entrepot.testing.recommendation",
    "entrepot.testing.records",
    "entrepot.testing.search",
    "entrepot.testing.shipping",
    "entrepot.testing.stock",
    "entrepot.testing.storage",
    "entrepot.testing.tables",
    "entrepot.testing.taxes",
)

from entrepot.testing.admin_pages import AdminPagesSuite  # noqa: E402
from entrepot.testing.claims import ClaimSuite  # noqa: E402
from entrepot.testing.commands import CommandSuite  # noqa: E402
from entrepot.testing.content.blocks import BlocksSuite  # noqa: E402
from entrepot.testing.content.pages import PagesSuite  # noqa: E402
from entrepot.testing.content.slots import SlotSuite  # noqa: E402
from entrepot.testing.event_types import EventTypeSuite  # noqa: E402
from entrepot.testing.fields import FieldsSuite  # noqa: E402
from entrepot.testing.gateway_fixture import GatewayFixture, SimulatedTransport, TestClock  # noqa: E402
from entrepot.testing.jobs import JobSuite  # noqa: E402
from entrepot.testing.keys import KeyringLockSuite  # noqa: E402
from entrepot.testing.ledger.suite import LedgerSuite  # noqa: E402
from entrepot.testing.listeners import ListenerSuite  # noqa: E402
from entrepot.testing.money import MoneySuite  # noqa: E402
from entrepot.testing.order_guards import OrderGuardSuite, a_draft  # noqa: E402
from entrepot.testing.payment.suite import PaymentGatewaySuite  # noqa: E402
from entrepot.testing.prices import FactsSuite, PriceOffersSuite, an_enquiry  # noqa: E402
from entrepot.testing.pricing import PricingSuite  # noqa: E402
from entrepot.testing.recommendation import RecommenderSuite  # noqa: E402
from entrepot.testing.records import PersonalDataProviderSuite  # noqa: E402
from entrepot.testing.search import SearchIndexSuite  # noqa: E402
from entrepot.testing.shipping import CarrierSuite  # noqa: E402
from entrepot.testing.stock import StockSuite  # noqa: E402
from entrepot.testing.storage.suite import StorageSuite  # noqa: E402
from entrepot.testing.tables import PluginTablesSuite  # noqa: E402
from entrepot.testing.taxes import TaxEngineSuite  # noqa: E402

__all__ = [
    "AdminPagesSuite",
    "BlocksSuite",
    "CarrierSuite",
    "ClaimSuite",
    "CommandSuite",
    "EventTypeSuite",
    "FactsSuite",
    "FieldsSuite",
    "GatewayFixture",
    "JobSuite",
    "KeyringLockSuite",
    "LedgerSuite",
    "ListenerSuite",
    "MoneySuite",
    "OrderGuardSuite",
    "PagesSuite",
    "PaymentGatewaySuite",
    "PersonalDataProviderSuite",
    "PluginTablesSuite",
    "PriceOffersSuite",
    "PricingSuite",
    "RecommenderSuite",
    "SearchIndexSuite",
    "SimulatedTransport",
    "SlotSuite",
    "StockSuite",
    "StorageSuite",
    "TaxEngineSuite",
    "TestClock",
    "a_draft",
    "an_enquiry",
]
