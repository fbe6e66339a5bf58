"""WeChat Pay, API v3: codes, pages within WeChat, phones' browsers and apps; refunds and bills."""

from typing import Any

from entrepot import Capability, Manifest, PaymentGateway, PluginContext, Recipient, Text, hookimpl
from entrepot.privacy import Category
from entrepot.simulation import check_permission
from plugins.payment_wechat.gateway import WechatGateway
from plugins.payment_wechat.settings import WechatSettings
from plugins.payment_wechat.simulation import simulated_account, simulator_routes
from plugins.payment_wechat.simulator import WechatSimulator

manifest = Manifest(
    name="payment_wechat",
    version="0.1.0",
    api=">=1,<2",
    capabilities=frozenset({Capability.PAYMENT, Capability.ROUTES}),
    settings=WechatSettings,
    recipient=Recipient(
        code="wechat",
        name=Text({"zh": "微信支付", "en": "WeChat Pay"}),
        country="CN",
        receives=(Category.BEHAVIOUR,),
    ),
)


@hookimpl
def entrepot_gateways(context: PluginContext) -> list[PaymentGateway]:
    """One per configured merchant account, and the simulated one if it is switched on."""
    settings: WechatSettings = context.settings
    gateways = [WechatGateway(account, now=context.now) for account in settings.accounts]
    if settings.simulate:
        check_permission(context, manifest.name)
        account, name = simulated_account(context), Text(WechatSimulator.names)
        gateways.append(WechatGateway(account, now=context.now, name=name))
    return list(gateways)


@hookimpl
def entrepot_routes(context: PluginContext) -> list[Any]:
    return [simulator_routes(context)] if context.settings.simulate else []
