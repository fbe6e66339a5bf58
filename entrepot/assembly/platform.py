"""The base of every context: settings, clock, new identifiers, database and files."""

from pathlib import Path

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency

from adapters.clock import system
from adapters.database.engine import Database, open_database
from adapters.media.folder import FolderMedia
from adapters.policies.documents import load_policy
from adapters.policies.working_days import is_working_day
from adapters.security.access_tokens import token_signer
from adapters.security.cart_tokens import SignedCartTokens
from adapters.security.common_passwords import is_common
from adapters.security.one_time_codes import TotpCodes
from adapters.security.passwords import Argon2Passwords
from adapters.security.richtext import sanitise
from adapters.worker.worker import Wakeup
from core.domain.identifiers import BaseUrl, Currency, LocationCode
from core.domain.privacy.policy import Policy, WorkingDay
from entrepot.assembly.wiring import bound, constant, made, wired
from entrepot.settings import Settings
from ports.clock import Clock, NewId, NewNumber, NewToken
from ports.media import Media
from ports.security import (
    CartTokens,
    CommonPasswords,
    OneTimeCodes,
    Passwords,
    Sanitise,
    SignAccessToken,
    SignDevice,
)


def media_folder(settings: Settings) -> Path:
    return settings.data_dir / "media"


def currency_of(settings: Settings) -> Currency:
    return Currency(settings.currency)


def location_of(settings: Settings) -> LocationCode:
    return LocationCode(settings.location)


def base_url_of(settings: Settings) -> BaseUrl:
    return BaseUrl(settings.base_url)


def database_of(settings: Settings) -> Database:
    return open_database(settings.database_url)


def media_of(settings: Settings) -> Media:
    return FolderMedia(media_folder(settings), settings.media_url)


def sign_access_token_of(settings: Settings) -> SignAccessToken:
    return token_signer(settings.secret_key.get_secret_value().encode(), "order access")


def cart_tokens_of(settings: Settings, new_token: NewToken) -> CartTokens:
    secret = settings.secret_key.get_secret_value().encode()
    return SignedCartTokens(token_signer(secret, "cart"), new_token)


def sign_device_of(settings: Settings) -> SignDevice:
    return token_signer(settings.secret_key.get_secret_value().encode(), "known device")


def policy_of(settings: Settings) -> Policy:
    return load_policy(settings.jurisdictions, settings.policy_dir)


@wired
class Platform(DeclarativeContainer):
    settings = Dependency(instance_of=Settings)
    currency = bound(Currency, currency_of)
    location = bound(LocationCode, location_of)
    base_url = bound(BaseUrl, base_url_of)
    policy = bound(Policy, policy_of)

    now = constant(Clock, system.now)
    new_id = constant(NewId, system.new_id)
    new_token = constant(NewToken, system.new_token)
    new_number = constant(NewNumber, system.new_number)
    is_working_day = constant(WorkingDay, is_working_day)

    database = bound(Database, database_of)
    wakeup = made(Wakeup)
    media = bound(Media, media_of)
    passwords = bound(Passwords, Argon2Passwords)
    sign_access_token = bound(SignAccessToken, sign_access_token_of)
    cart_tokens = bound(CartTokens, cart_tokens_of)
    is_common_password = constant(CommonPasswords, is_common)
    one_time_codes = bound(OneTimeCodes, TotpCodes)
    sign_device = bound(SignDevice, sign_device_of)
    sanitise = constant(Sanitise, sanitise)
