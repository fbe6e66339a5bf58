"""UnionPay, version 5.1.0: its gateway page and QR codes, queries, reversals and refunds."""

from typing import Any

from entrepot import Capability, Manifest, PaymentGateway, PluginContext, Recipient, Text, hookimpl
from entrepot.privacy import Category
from entrepot.simulation import check_permission
from plugins.payment_unionpay.gateway import UnionpayGateway
from plugins.payment_unionpay.settings import UnionpaySettings
from plugins.payment_unionpay.simulation import simulated_account, simulator_routes
from plugins.payment_unionpay.simulator import UnionpaySimulator

manifest = Manifest(
    name="payment_unionpay",
    version="0.1.0",
    api=">=1,<2",
    capabilities=frozenset({Capability.PAYMENT, Capability.ROUTES}),
    settings=UnionpaySettings,
    recipient=Recipient(
        code="unionpay",
        name=Text({"zh": "银联", "en": "UnionPay"}),
        country="CN",
        receives=(Category.BEHAVIOUR,),
    ),
)


@hookimpl
def entrepot_gateways(context: PluginContext) -> list[PaymentGateway]:
    """One per configured merchant account, and the simulated one if it is switched on."""
    settings: UnionpaySettings = context.settings
    gateways = [UnionpayGateway(account, now=context.now) for account in settings.accounts]
    if settings.simulate:
        check_permission(context, manifest.name)
        account, name = simulated_account(context), Text(UnionpaySimulator.names)
        gateways.append(UnionpayGateway(account, now=context.now, name=name))
    return list(gateways)


@hookimpl
def entrepot_routes(context: PluginContext) -> list[Any]:
    return [simulator_routes(context)] if context.settings.simulate else []
