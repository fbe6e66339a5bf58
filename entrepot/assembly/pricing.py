"""The rules of prices, and coupons."""

from adapters.database.claims.left import SqlClaimsLeft
from adapters.database.coupons.queries import SqlBatchesOfPromotion, SqlFindCoupons
from adapters.database.customers.groups import SqlFindGroups
from adapters.database.ledger.points import SqlPointsBalance
from adapters.database.orders.paid_orders import SqlCountPaidOrders
from adapters.database.pricing.applied_prices import SqlPriceHistory, SqlPurgeAppliedPrices
from adapters.database.pricing.queries import SqlPricingQueries
from adapters.database.pricing.rules import SqlLoadRules
from adapters.database.pricing.stored_rules import SqlReadRules
from core.application.ledger.order_points import OrderPoints
from core.application.pricing.applied_prices import ApplyPrices
from core.application.pricing.plugin_prices import AskPlugins
from core.application.pricing.price_changes import PublishRuleChanges
from core.application.pricing.price_edits import ChangePrices
from core.application.pricing.price_groups import FindPriceGroups
from core.application.pricing.price_history import PurgePriceHistory
from core.application.pricing.price_lists import ReplacePrices, SavePriceList
from core.application.pricing.prior_prices import AddPriorPrices
from core.application.pricing.promotion_kinds import FindPromotionKind, MakePromotion
from core.application.pricing.promotions import (
    CopyPromotion,
    MovePromotion,
    ReviewPromotion,
    SavePromotion,
)
from core.application.pricing.tax_rates import ListTaxClasses, RemoveTaxRate, SaveTaxRate
from core.application.taxes.quoting import TaxEngineUse
from core.domain.pricing.applied.prior_price import PriceLaw
from core.domain.pricing.settings import PricingSettings
from entrepot.assembly.plugin_enquiries import EnquiryParts
from entrepot.assembly.price_settings import pricing_settings_of, tax_engine_use_of
from entrepot.assembly.storage import StorageParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.settings import Settings
from ports.applied_prices import (
    PriceHistoryQueries,
    PurgeAppliedPrices,
    ReadRules,
)
from ports.claims import ClaimsLeft
from ports.coupons import BatchesOfPromotion
from ports.pricing import (
    CountPaidOrders,
    FindCoupons,
    FindGroups,
    ForgetRules,
    LoadRules,
    PointsBalance,
    PricingQueries,
    ReasonText,
)
from ports.text_files import DecodeText


def price_law_of(settings: Settings) -> PriceLaw:
    return settings.price_law


def load_rules_of(rules: SqlLoadRules) -> LoadRules:
    return rules


def forget_rules_of(rules: SqlLoadRules) -> ForgetRules:
    return rules.forget


def reason_text_of() -> ReasonText:
    # Processes without pages start without the web framework.
    from adapters.web.language import reason_text  # noqa: PLC0415

    return reason_text


def decode_text_of() -> DecodeText:
    # Few processes read files, and the detection of encodings takes a while to import.
    from adapters.feeds.encodings import decode_text  # noqa: PLC0415

    return decode_text


@wired
class PricingParts(StorageParts, EnquiryParts):
    pricing_settings = bound(PricingSettings, pricing_settings_of)
    tax_engine_use = bound(TaxEngineUse, tax_engine_use_of)
    rules = made(SqlLoadRules)
    load_rules = bound(LoadRules, load_rules_of)
    forget_rules = bound(ForgetRules, forget_rules_of)
    price_law = bound(PriceLaw, price_law_of)
    read_rules = bound(ReadRules, SqlReadRules)
    price_history = bound(PriceHistoryQueries, SqlPriceHistory)
    purge_applied_prices = bound(PurgeAppliedPrices, SqlPurgeAppliedPrices)
    pricing_queries = bound(PricingQueries, SqlPricingQueries)
    reason_text = bound(ReasonText, reason_text_of)
    claims_left = bound(ClaimsLeft, SqlClaimsLeft)
    count_paid_orders = bound(CountPaidOrders, SqlCountPaidOrders)
    find_groups = bound(FindGroups, SqlFindGroups)
    points_balance = bound(PointsBalance, SqlPointsBalance)
    batches_of_promotion = bound(BatchesOfPromotion, SqlBatchesOfPromotion)
    find_price_groups = made(FindPriceGroups)
    find_coupons = bound(FindCoupons, SqlFindCoupons)
    decode_text = bound(DecodeText, decode_text_of)
    ask_plugins = made(AskPlugins)
    review_promotion = made(ReviewPromotion)
    save_promotion = made(SavePromotion)
    move_promotion = made(MovePromotion)
    copy_promotion = made(CopyPromotion)
    find_promotion_kind = made(FindPromotionKind)
    make_promotion = made(MakePromotion)
    save_price_list = made(SavePriceList)
    change_prices = made(ChangePrices)
    replace_prices = made(ReplacePrices)
    save_tax_rate = made(SaveTaxRate)
    remove_tax_rate = made(RemoveTaxRate)
    order_points = made(OrderPoints)
    list_tax_classes = made(ListTaxClasses)
    publish_rule_changes = made(PublishRuleChanges)
    add_prior_prices = made(AddPriorPrices)
    apply_prices = made(ApplyPrices)
    purge_price_history = made(PurgePriceHistory)
