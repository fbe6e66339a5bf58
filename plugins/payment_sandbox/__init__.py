"""A payment gateway to try things with: its own page, and signed notifications over HTTP."""

from typing import Any

from entrepot import Capability, Manifest, PaymentGateway, PluginContext, hookimpl
from entrepot.simulation import Book, Notifier
from plugins.payment_sandbox.gateway import SandboxGateway
from plugins.payment_sandbox.routes import routes_of
from plugins.payment_sandbox.settings import SandboxSettings
from plugins.payment_sandbox.signing import Signer
from plugins.payment_sandbox.simulator import RETRY_AFTER_SECONDS, Simulator

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
    simulator = Simulator(
        book=Book(context.data / "trades.db"),
        notifier=Notifier(RETRY_AFTER_SECONDS),
        signer=_signer(context),
        account=context.settings.account,
        now=context.now,
    )
    return [routes_of(simulator)]


def _signer(context: PluginContext) -> Signer:
    return Signer(context.settings.secret.get_secret_value().encode())
