"""Alipay, API v2: pages on computers and phones, apps and QR codes; refunds and bills."""

from typing import Any

from entrepot import Capability, Manifest, PaymentGateway, PluginContext, Recipient, Text, hookimpl
from entrepot.privacy import Category
from plugins.payment_alipay.gateway import AlipayGateway
from plugins.payment_alipay.settings import AlipaySettings
from plugins.payment_alipay.simulation import simulated_account, simulator_routes

manifest = Manifest(
    name="payment_alipay",
    version="0.1.0",
    api=">=1,<2",
    capabilities=frozenset({Capability.PAYMENT, Capability.ROUTES}),
    settings=AlipaySettings,
    recipient=Recipient(
        code="alipay",
        name=Text({"zh": "支付宝", "en": "Alipay"}),
        country="CN",
        receives=(Category.BEHAVIOUR,),
    ),
)


@hookimpl
def entrepot_gateways(context: PluginContext) -> list[PaymentGateway]:
    """One per configured merchant account, and the simulated one if it is switched on."""
    settings: AlipaySettings = context.settings
    accounts = list(settings.accounts)
    if settings.simulate:
        accounts.append(simulated_account(context))
    return [AlipayGateway(account, now=context.now) for account in accounts]


@hookimpl
def entrepot_routes(context: PluginContext) -> list[Any]:
    return [simulator_routes(context)] if context.settings.simulate else []
