"""The only place where adapters meet ports."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from dependency_injector import containers, providers

from adapters.bundles.spool import Spools
from adapters.bundles.writer import ZipBundles
from adapters.cache.shelf import CachedShelf
from adapters.clock import system
from adapters.database.accounts import SqlMoneyLedger
from adapters.database.audit.chain import SqlChainedLogs
from adapters.database.audit.evidence import SqlEvidenceRecords
from adapters.database.audit.log import SqlAuditLog
from adapters.database.backoffice import SqlCatalogue
from adapters.database.consents import SqlConsentLedger
from adapters.database.engine import open_database
from adapters.database.events import SqlOutbox
from adapters.database.idempotency import SqlIdempotencyKeys
from adapters.database.keepers import SqlKeeperRegister
from adapters.database.keys.store import SqlKeyStore
from adapters.database.ledgers import SqlCartLedger, SqlOrderLedger
from adapters.database.privacy.burial import bury
from adapters.database.privacy.shop import ShopRecords
from adapters.database.purchases import SqlPurchases
from adapters.database.register import SqlRegister
from adapters.database.reindexing import RotateIndexes
from adapters.database.shelf import SqlShelf
from adapters.database.units import SqlUnitsOfWork
from adapters.database.webhooks import SqlWebhooks
from adapters.keys.keyring import KeyringFile, KeyringGiven, KeyringSource
from adapters.keys.rotation import KeyringIndexKeys, RotateKeys
from adapters.keys.vault import Vault
from adapters.mail.mailers import mailer_of
from adapters.media.folder import FolderMedia
from adapters.plugins.ports import Carriers, Trackers
from adapters.policies.documents import load_policy
from adapters.policies.working_days import is_working_day
from adapters.security.passwords import Argon2Passwords
from adapters.security.richtext import sanitise
from adapters.security.sealing import sealer
from adapters.serialization.canonical import canonical, digest
from adapters.worker.worker import Wakeup
from core.application.audit.evidence import WriteEvidence
from core.application.audit.verifying import SignHeads, VerifyLog
from core.application.browsing import BrowseProducts, ShowProduct, SuggestProducts, SuggestToMember
from core.application.carts import AddToCart, ChangeQuantity, ForgetCarts, SetDelivery, ShowCart
from core.application.checkout import PayWithin, PlaceOrder, ReviewCheckout
from core.application.consents import DecideConsent, ListAudience, ShowConsents
from core.application.disclosing import ApproveDisclosure, AskDisclosure, ReadDisclosure
from core.application.holding import CapturePayments, LookAfterHeld
from core.application.importing import ImportProduct
from core.application.members import (
    ArrangeAddresses,
    ConfirmPassword,
    ForgetSessions,
    HireStaff,
    KeepAddress,
    LogIn,
    LogInStaff,
    LogOut,
    RegisterMember,
)
from core.application.merchandising import MoveProduct, SaveProduct
from core.application.notifications import ReceiveNotification
from core.application.orders import CancelOrder, DeliverOrder, ExpireOrders, FindOrder, ShipOrder
from core.application.payments import (
    CheckPayments,
    ClosePayment,
    ClosePayments,
    PollPayments,
    StartPayment,
)
from core.application.privacy.answering import (
    AnswerAccess,
    CarryOutWish,
    EndRequest,
    LiftRestriction,
    RestrictRecords,
)
from core.application.privacy.erasing import CarryOutErasures, ExecuteErasure
from core.application.privacy.exporting import WriteBundle
from core.application.privacy.outcomes import Outcomes
from core.application.privacy.planning import ApproveErasure, PlanErasure, PreviewErasure
from core.application.privacy.requests import OpenRequest, RefuseRequest
from core.application.privacy.retention import EndRetention
from core.application.proving import (
    AskForDataLink,
    AskForProof,
    ForgetDataLinks,
    OpenDataLink,
    ProveLogin,
    SendLinks,
)
from core.application.reconciling import Reconcile
from core.application.refunds import RequestRefund, SendRefunds
from core.application.relaying import (
    ClosePaidOrders,
    DeliverMissed,
    ForgetEvents,
    IndexProducts,
    RelayEvents,
)
from core.application.returns import (
    ExchangeReturn,
    FindReturn,
    HandleReturn,
    RefundReturn,
    RequestReturn,
)
from core.application.settlement import Settle
from core.application.storekeeping import CountStock, KeepCategory
from core.application.trail import RecordAct
from core.domain.identifiers import LocationCode
from entrepot.background import (
    forgetting,
    over_networks,
    rebuilding,
    webhook_sender,
    worker_of,
)
from entrepot.demo.seed import SeedDemo
from entrepot.extensions import (
    Boundaries,
    closers_of,
    fallback_rate,
    gateways_of,
    guarded_carriers,
    load_plugins,
    recipients_of,
    recommender_of,
    search_of,
    subscribers_of,
)
from entrepot.plugin_manager import PluginManager
from entrepot.privacy import checking_of, keepers_of, notice_of, noting, signing_of, sinks_of
from entrepot.settings import Settings


def pay_within(settings: Settings) -> PayWithin:
    return PayWithin(
        guest=timedelta(minutes=settings.guest_pay_minutes),
        member=timedelta(minutes=settings.member_pay_minutes),
    )


def captures_when_shipped(settings: Settings) -> bool:
    return settings.capture == "when_shipped"


def seal_of(settings: Settings) -> Any:
    return sealer(settings.secret_key.get_secret_value().encode(), "order access")


def keyring_of(settings: Settings, plugins: PluginManager) -> KeyringSource:
    lock = next((each for _, each in plugins.brought("entrepot_keyring_locks")), None)
    if settings.keyring is not None:
        return KeyringGiven(settings.keyring.get_secret_value(), lock)
    return KeyringFile(settings.data_dir / "keys" / "keyring.json", lock)


def key_store_of(settings: Settings) -> SqlKeyStore:
    folder = settings.data_dir / "keys"
    if not settings.keys_url:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return SqlKeyStore(open_database(settings.keys_url or f"sqlite:///{folder / 'keys.db'}"))


def media_folder(settings: Settings) -> Path:
    return settings.data_dir / "media"


class Container(containers.DeclarativeContainer):
    """Give it ``settings``; everything else follows."""

    settings = providers.Dependency(instance_of=Settings)
    now = providers.Object(system.now)
    new_id = providers.Object(system.new_id)
    new_token = providers.Object(system.new_token)
    new_number = providers.Object(system.new_number)
    sanitise = providers.Object(sanitise)
    currency = settings.provided.currency
    location = providers.Factory(LocationCode, settings.provided.location)

    wakeup = providers.Singleton(Wakeup)
    database = providers.Singleton(open_database, settings.provided.database_url)
    media = providers.Singleton(
        FolderMedia, providers.Callable(media_folder, settings), settings.provided.media_url
    )
    passwords = providers.Singleton(Argon2Passwords)
    seal = providers.Singleton(seal_of, settings)

    policy = providers.Singleton(
        load_policy, settings.provided.jurisdictions, settings.provided.policy_dir
    )
    plugins = providers.Singleton(load_plugins, settings, policy, now)
    recipients = providers.Singleton(recipients_of, plugins)
    boundaries = providers.Singleton(Boundaries, now)
    gateways = providers.Singleton(gateways_of, plugins, boundaries)
    carriers = providers.Singleton(
        Carriers,
        providers.Callable(guarded_carriers, plugins, boundaries),
        providers.Callable(fallback_rate, settings),
    )
    trackers = providers.Singleton(
        Trackers, providers.Callable(guarded_carriers, plugins, boundaries)
    )
    recommender = providers.Singleton(recommender_of, plugins, boundaries)
    search = providers.Singleton(search_of, database, plugins, boundaries)

    keyring = providers.Singleton(keyring_of, settings, plugins)
    key_store = providers.Singleton(key_store_of, settings)
    vault = providers.Singleton(Vault, key_store, keyring)
    rotate_keys = providers.Singleton(RotateKeys, vault)
    rotate_indexes = providers.Singleton(
        RotateIndexes, database, vault, providers.Singleton(KeyringIndexKeys, keyring)
    )
    sign = providers.Callable(signing_of, vault)
    is_signed = providers.Callable(checking_of, vault)
    canonical = providers.Object(canonical)
    digest = providers.Object(digest)
    bundles = providers.Singleton(ZipBundles, sign)
    units = providers.Singleton(SqlUnitsOfWork, database, vault, now, wakeup)
    shelf = providers.Singleton(SqlShelf, database, media)
    pages_shelf = providers.Singleton(CachedShelf, shelf)
    catalogue = providers.Singleton(SqlCatalogue, database, media)
    cart_ledger = providers.Singleton(SqlCartLedger, database, vault)
    order_ledger = providers.Singleton(SqlOrderLedger, database, vault, media)
    register = providers.Singleton(SqlRegister, database, vault)
    purchases = providers.Singleton(SqlPurchases, database)
    idempotency_keys = providers.Singleton(SqlIdempotencyKeys, database, vault, now)
    outbox = providers.Singleton(SqlOutbox, database)

    browse_products = providers.Singleton(BrowseProducts, search, pages_shelf)
    show_product = providers.Singleton(ShowProduct, shelf)
    suggest_products = providers.Singleton(SuggestProducts, recommender, shelf)

    show_cart = providers.Singleton(ShowCart, cart_ledger, shelf, currency)
    add_to_cart = providers.Singleton(AddToCart, units, shelf, now, new_id, new_token, currency)
    change_quantity = providers.Singleton(ChangeQuantity, units, shelf, now)
    set_delivery = providers.Singleton(SetDelivery, units, now)

    forget_carts = providers.Singleton(ForgetCarts, units, now)

    review_checkout = providers.Singleton(ReviewCheckout, cart_ledger, shelf, carriers)
    place_order = providers.Singleton(
        PlaceOrder,
        units,
        cart_ledger,
        shelf,
        carriers,
        now,
        new_id,
        new_number,
        seal,
        providers.Callable(pay_within, settings),
        recipients,
    )

    start_payment = providers.Singleton(
        StartPayment,
        units,
        gateways,
        now,
        new_id,
        new_number,
        recipients,
        providers.Callable(captures_when_shipped, settings),
    )
    settle = providers.Singleton(Settle, units, now, new_id, new_number)
    receive_notification = providers.Singleton(ReceiveNotification, units, gateways, settle, now)
    check_payments = providers.Singleton(CheckPayments, order_ledger, gateways, settle)
    close_payment = providers.Singleton(ClosePayment, units, gateways, settle, now)
    close_payments = providers.Singleton(ClosePayments, order_ledger, close_payment)
    capture_payments = providers.Singleton(CapturePayments, units, gateways, settle, now)
    look_after_held = providers.Singleton(LookAfterHeld, gateways, settle, capture_payments)
    poll_payments = providers.Singleton(
        PollPayments, units, check_payments, close_payment, look_after_held, now
    )
    request_refund = providers.Singleton(RequestRefund, units, now, new_id, new_number)
    send_refunds = providers.Singleton(
        SendRefunds, units, gateways, settle, now, settings.provided.base_url
    )

    money_ledger = providers.Singleton(SqlMoneyLedger, database)
    reconcile = providers.Singleton(Reconcile, gateways, money_ledger, now, currency)

    request_return = providers.Singleton(RequestReturn, units, now, new_id, new_number)
    handle_return = providers.Singleton(HandleReturn, units, now, location)
    refund_return = providers.Singleton(RefundReturn, units, request_refund, now)
    exchange_return = providers.Singleton(ExchangeReturn, units, now, new_id, new_number)
    find_return = providers.Singleton(FindReturn, units)

    find_order = providers.Singleton(FindOrder, order_ledger, seal)
    cancel_order = providers.Singleton(CancelOrder, units, close_payments, request_refund, now)
    expire_orders = providers.Singleton(ExpireOrders, units, cancel_order, now)
    ship_order = providers.Singleton(ShipOrder, units, capture_payments, now, new_id)
    deliver_order = providers.Singleton(DeliverOrder, units, now)

    keeper_register = providers.Singleton(SqlKeeperRegister, database)
    shop_records = providers.Singleton(
        ShopRecords, database, vault, key_store, providers.Factory(Outcomes, policy, now)
    )
    bury = providers.Callable(bury, database, key_store)
    keepers = providers.Singleton(keepers_of, shop_records, plugins, boundaries, keeper_register)
    note_keepers = providers.Singleton(noting, keepers, keeper_register, now)

    consent_ledger = providers.Singleton(SqlConsentLedger, database)
    notice = providers.Singleton(notice_of, policy, keepers, digest, now)
    show_consents = providers.Singleton(ShowConsents, consent_ledger, register, notice)
    decide_consent = providers.Singleton(DecideConsent, units, notice)
    list_audience = providers.Singleton(ListAudience, consent_ledger, register, notice)
    suggest_to_member = providers.Singleton(
        SuggestToMember, suggest_products, show_consents, order_ledger
    )

    register_member = providers.Singleton(RegisterMember, units, passwords, notice, now, new_id)
    log_in = providers.Singleton(LogIn, units, register, passwords, now, new_token)
    confirm_password = providers.Singleton(ConfirmPassword, register, passwords)
    log_in_staff = providers.Singleton(LogInStaff, units, register, passwords, now, new_token)
    log_out = providers.Singleton(LogOut, units)
    forget_sessions = providers.Singleton(ForgetSessions, units, now)
    record_act = providers.Singleton(RecordAct, units, now)
    hire_staff = providers.Singleton(HireStaff, units, passwords, new_id)
    keep_address = providers.Singleton(KeepAddress, units, new_id)
    arrange_addresses = providers.Singleton(ArrangeAddresses, units)

    save_product = providers.Singleton(SaveProduct, units, sanitise, now, new_id, location)
    move_product = providers.Singleton(MoveProduct, units, now)
    count_stock = providers.Singleton(CountStock, units)
    keep_category = providers.Singleton(KeepCategory, units, new_id)

    import_product = providers.Singleton(ImportProduct, units, shelf, save_product, keep_category)

    preview_erasure = providers.Singleton(PreviewErasure, keepers)
    open_request = providers.Singleton(
        OpenRequest,
        units,
        keepers,
        policy,
        providers.Object(is_working_day),
        now,
        new_id,
        new_number,
        new_token,
    )
    plan_erasure = providers.Singleton(PlanErasure, units, keepers, now)
    approve_erasure = providers.Singleton(ApproveErasure, units, now)
    execute_erasure = providers.Singleton(
        ExecuteErasure,
        units,
        keepers,
        plan_erasure,
        vault.provided.destroy,
        providers.Callable(sinks_of, database, vault, recommender, purchases),
        sign,
        now,
    )
    refuse_request = providers.Singleton(RefuseRequest, units, now)
    carry_out_erasures = providers.Singleton(CarryOutErasures, units, plan_erasure, execute_erasure)
    end_retention = providers.Singleton(EndRetention, units, keepers, now)
    end_request = providers.Singleton(EndRequest, units, now)
    write_bundle = providers.Singleton(
        WriteBundle,
        keepers,
        policy,
        recipients,
        bundles,
        providers.Object(Spools.beside),
        digest,
        now,
    )
    answer_access = providers.Singleton(AnswerAccess, write_bundle, end_request)
    restrict_records = providers.Singleton(RestrictRecords, keepers)
    lift_restriction = providers.Singleton(LiftRestriction, units, restrict_records, now)
    carry_out_wish = providers.Singleton(
        CarryOutWish,
        units,
        keepers,
        restrict_records,
        notice,
        refuse_request,
        end_request,
    )

    ask_disclosure = providers.Singleton(AskDisclosure, units, now, new_id)
    approve_disclosure = providers.Singleton(ApproveDisclosure, units, now)
    read_disclosure = providers.Singleton(ReadDisclosure, units, keepers, write_bundle, now)
    audit_logs = providers.Singleton(SqlChainedLogs, database)
    sign_heads = providers.Singleton(SignHeads, audit_logs, sign, now)
    verify_log = providers.Singleton(VerifyLog, audit_logs, canonical, is_signed)
    write_evidence = providers.Singleton(
        WriteEvidence,
        audit_logs,
        providers.Singleton(SqlEvidenceRecords, database),
        sign_heads,
        bundles,
        keepers,
        policy,
        recipients,
        digest,
        now,
    )

    mailer = providers.Singleton(
        mailer_of, settings.provided.mail_url.get_secret_value.call(), settings.provided.mail_from
    )
    ask_for_proof = providers.Singleton(AskForProof, units, now)
    prove_login = providers.Singleton(ProveLogin, units, now, vault.provided.fingerprint)
    ask_for_data_link = providers.Singleton(AskForDataLink, units, now)
    send_links = providers.Singleton(
        SendLinks,
        units,
        units,
        register,
        mailer,
        settings.provided.base_url,
        now,
        new_token,
        vault.provided.fingerprint,
    )
    open_data_link = providers.Singleton(OpenDataLink, units, units, register, now)
    forget_data_links = providers.Singleton(ForgetDataLinks, units, now)

    index_products = providers.Singleton(IndexProducts, catalogue, search)
    close_paid_orders = providers.Singleton(ClosePaidOrders, close_payments)
    forget_events = providers.Singleton(ForgetEvents, outbox, now)
    webhooks = providers.Singleton(SqlWebhooks, database)
    webhook_sender = providers.Singleton(webhook_sender, settings, now)
    audit_log = providers.Singleton(SqlAuditLog, database)
    near_subscribers = providers.Singleton(
        subscribers_of,
        plugins,
        boundaries,
        index_products,
        close_paid_orders,
        audit_log,
    )
    far_subscribers = providers.Singleton(over_networks, webhooks, webhook_sender, send_links)
    relay_events = providers.Singleton(RelayEvents, outbox, near_subscribers, far_subscribers, now)
    deliver_missed = providers.Singleton(
        DeliverMissed, outbox, near_subscribers, far_subscribers, now
    )
    worker = providers.Singleton(
        worker_of,
        relay_events,
        wakeup,
        deliver_missed,
        expire_orders,
        poll_payments,
        send_refunds,
        carry_out_erasures,
        end_retention,
        sign_heads,
        providers.Callable(rebuilding, recommender, purchases),
        providers.Callable(
            forgetting,
            forget_sessions,
            forget_carts,
            forget_events,
            forget_data_links,
            idempotency_keys,
            now,
        ),
    )
    seed_demo = providers.Factory(
        SeedDemo,
        database=database,
        units=units,
        save_product=save_product,
        keep_category=keep_category,
        hire_staff=hire_staff,
        index_products=index_products,
        relay_events=relay_events,
        recommender=recommender,
        purchases=purchases,
        passwords=passwords,
        media=media,
        now=now,
        new_id=new_id,
        new_number=new_number,
        location=location,
        currency=currency,
    )
    closers = providers.Callable(closers_of, plugins, webhook_sender, vault)


def open_shop(settings: Settings | None = None) -> Container:
    """A container for these settings, or for those of the environment."""
    container = Container()
    container.settings.override(settings or Settings.model_validate({}))
    return container
