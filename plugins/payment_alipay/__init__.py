"""Alipay, API v2: pages on computers and phones, apps and QR codes; refunds and bills."""

from typing import Any

from entrepot import Capability, Manifest, PaymentGateway, PluginContext, Recipient, Text, hookimpl
from entrepot.privacy import Category
from entrepot.simulation import check_permission
from plugins.payment_alipay.gateway import AlipayGateway
from plugins.payment_alipay.settings import AlipaySettings
from plugins.payment_alipay.simulation import simulated_account, simulator_routes
from plugins.payment_alipay.simulator import AlipaySimulator

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
    gateways = [AlipayGateway(account, now=context.now) for account in settings.accounts]
    if settings.simulate:
        check_permission(context, manifest.name)
        account, name = simulated_account(context), Text(AlipaySimulator.names)
        gateways.append(AlipayGateway(account, now=context.now, name=name))
    return list(gateways)


@hookimpl
def entrepot_routes(context: PluginContext) -> list[Any]:
    return [simulator_routes(context)] if context.settings.simulate else []
