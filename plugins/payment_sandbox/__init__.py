"""A payment gateway for trying the shop: a payment page and signed notifications."""

from typing import Any

from entrepot import Capability, Manifest, PaymentGateway, PluginContext, hookimpl
from plugins.payment_sandbox.gateway import SandboxGateway
from plugins.payment_sandbox.routes import routes_of
from plugins.payment_sandbox.settings import SandboxSettings
from plugins.payment_sandbox.signing import Signer
from plugins.payment_sandbox.simulator import MerchantAccount, Simulator

manifest = Manifest(
    name="payment_sandbox",
    version="0.2.0",
    api=">=1,<2",
    capabilities=frozenset({Capability.PAYMENT, Capability.ROUTES}),
    settings=SandboxSettings,
)


@hookimpl
def entrepot_gateways(context: PluginContext) -> list[PaymentGateway]:
    settings = context.settings
    return [
        SandboxGateway(
            url=settings.url or f"{context.base_url}/sandbox-gateway",
            account=settings.account,
            signer=_signer(context),
            now=context.now,
        )
    ]


@hookimpl
def entrepot_routes(context: PluginContext) -> list[Any]:
    merchant = MerchantAccount(name=context.settings.account, signer=_signer(context))
    return [routes_of(Simulator.in_shop(context, merchant))]


def _signer(context: PluginContext) -> Signer:
    return Signer(context.settings.secret.get_secret_value().encode())
