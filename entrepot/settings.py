"""The settings of a shop, from environment variables with the prefix ``ENTREPOT_``."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, IPvAnyNetwork, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from core.domain.errors import DomainError
from core.domain.money import Money
from entrepot.price_settings import PriceSettings


class Settings(PriceSettings):
    """All settings. Secrets are never logged. See ``docs/operator/settings.md``."""

    model_config = SettingsConfigDict(env_prefix="ENTREPOT_", extra="ignore")

    secret_key: SecretStr = Field(
        min_length=32,
        description="Signs access links of guest orders and webhooks. At least 32 characters.",
    )
    database_url: str = Field(
        default="sqlite:///var/shop.db",
        description="`sqlite:///file` or `postgresql://user:password@host/database`.",
    )
    keys_url: str = Field(
        default="",
        description="A separate database for data keys, as an address like `database_url`; "
        "empty: a file in the data folder.",
    )
    keyring: SecretStr | None = Field(
        default=None,
        description="The keyring as JSON, see docs/operator/encryption.md; "
        "empty: a file in the data folder, created with the first key.",
    )
    base_url: str = Field(
        default="http://127.0.0.1:8000",
        description="The public address of the shop. Gateways send notifications there.",
    )
    trusted_proxies: tuple[IPvAnyNetwork | Literal["unix"], ...] = Field(
        default=(),
        description="The networks of your reverse proxies (JSON list), such as `10.0.0.0/8`; "
        "`unix` for a proxy on a Unix socket. Others cannot change the address of a client.",
    )
    proxy_headers: Literal["x-forwarded", "forwarded"] = Field(
        default="x-forwarded",
        description="The headers that the proxies set: `X-Forwarded-For`, `-Proto` and `-Host`, "
        "or `Forwarded` (RFC 7239). The other kind is ignored.",
    )
    data_dir: Path = Field(
        default=Path("var"), description="The folder for pictures and files of plugins."
    )
    media_url: str = Field(
        default="/media",
        description="The prefix of picture addresses, such as the address of a CDN.",
    )
    currency: str = Field(
        default="CNY", pattern=r"^[A-Z]{3}$", description="The currency of all prices (ISO 4217)."
    )
    capture: Literal["at_once", "when_shipped"] = Field(
        default="at_once",
        description="When to take the money. `when_shipped`: gateways that support it authorize "
        "first, and capture with the first shipment.",
    )
    jurisdictions: tuple[Literal["cn", "eu"], ...] = Field(
        default=("cn",),
        min_length=1,
        description="The laws on personal data that apply (JSON list): `cn`, `eu` or both. "
        "With both, the strictest rule applies.",
    )
    policy_dir: Path | None = Field(
        default=None,
        description="A folder with files that replace those of the privacy policy with the same "
        "name; see docs/auditor/privacy.md.",
    )
    transfers: dict[str, str] = Field(
        default_factory=dict,
        description="The legal basis of each transfer of personal data abroad, by recipient (JSON "
        "object). A plugin with another recipient abroad is not loaded.",
    )
    location: str = Field(
        default="main", description="The location whose stock imports and the back office change."
    )
    fallback_shipping: str = Field(
        default="15.00 CNY",
        description="The shipping price if no carrier returns a rate, in the shop's currency.",
    )
    guest_pay_minutes: int = Field(
        default=30, ge=1, description="Minutes until an unpaid order of a guest expires."
    )
    member_pay_minutes: int = Field(
        default=60, ge=1, description="Minutes until an unpaid order of a member expires."
    )
    unpaid_orders_per_contact: int = Field(
        default=5, ge=1, description="Open unpaid orders of one contact or account."
    )
    unpaid_orders_per_client: int = Field(
        default=20,
        ge=1,
        description="Open unpaid orders of one IPv4 address, or of one /64 network of IPv6.",
    )
    unpaid_units: int = Field(
        default=20,
        ge=1,
        description="Units of one SKU that the unpaid orders of one buyer may hold.",
    )
    unpaid_share: int = Field(
        default=25,
        ge=0,
        le=100,
        description="The same in per cent of the units that can be sold; the larger limit applies.",
    )
    plugins_disabled: frozenset[str] = Field(
        default=frozenset(),
        description="Installed plugins that are not loaded (JSON list). If it is set, "
        "`entrepot plugins disable` has no effect.",
    )
    plugins_required: frozenset[str] = Field(
        default=frozenset(),
        description="Plugins that must load; otherwise the shop does not start (JSON list).",
    )
    plugins_chosen: dict[Literal["search", "recommendation", "keys"], str] = Field(
        default_factory=dict,
        description="The plugin to use where several offer the same, by capability (JSON object); "
        "otherwise the first by name.",
    )
    plugin_call_seconds: float = Field(
        default=10.0, gt=0, description="Seconds until a call of a plugin is given up."
    )
    plugin_slot_seconds: float = Field(
        default=0.08,
        gt=0,
        description="Seconds that a page waits for all its plugin slots together; "
        "what is late stays empty.",
    )
    plugin_start_seconds: float = Field(
        default=30.0,
        gt=0,
        description="Seconds that the import of a plugin may take, and all its hooks; "
        "otherwise it is not loaded.",
    )
    mail_url: SecretStr = Field(
        default=SecretStr(""),
        description="The mail server: `smtp://user:password@host:port`, `smtps://…`, or "
        "`file:///folder` for tests; empty: no emails are sent.",
    )
    mail_from: str = Field(default="shop@localhost", description="The sender address of emails.")
    webhook_networks: tuple[IPvAnyNetwork, ...] = Field(
        default=(),
        description="Networks with webhook receivers of your own (JSON list), such as "
        "`10.1.0.0/16`. Other receivers must have public addresses.",
    )
    redis_url: str = Field(
        default="",
        description="Redis for shared rate limits; empty: each server process has its own.",
    )
    max_requests: int = Field(
        default=128,
        ge=1,
        description="Requests that one server process works on at once. Further ones get 503 at "
        "once, with `Retry-After`; writes at twice this number.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The lowest level of events that are logged."
    )
    metrics_address: str = Field(
        default="127.0.0.1:9464",
        pattern=r"^(|shop|.+:[0-9]{1,5})$",
        description="Where a server process serves its metrics: `host:port`, or the next free "
        "port; `shop`: at `/metrics` of the shop; empty: nowhere.",
    )
    log_in_attempts_per_minute: int = Field(
        default=10, ge=1, description="Log-ins and registrations per minute from one IP address."
    )
    staff_second_factor: Literal["optional", "required"] = Field(
        default="optional",
        description="Whether staff need a one-time code of an authenticator app to log in. "
        "`required`: staff without one set it up at their next log-in.",
    )
    worker_in_server: bool = Field(
        default=True,
        description="Whether the web server also runs the outbox relay and the jobs; "
        "otherwise run `entrepot worker`.",
    )
    page_cache_seconds: float = Field(
        default=5.0,
        ge=0,
        description="Seconds that pages for anonymous visitors stay cached; 0: no cache.",
    )
    demo_logins: bool = Field(
        default=False, description="Whether the log-in pages show the demo accounts."
    )
    allow_simulated_payments: bool = Field(
        default=False,
        description="Whether gateways can be simulated; everyone can then pay without money. "
        "`entrepot demo` sets it.",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _are_not_everybody(
        cls, value: tuple[IPvAnyNetwork | Literal["unix"], ...]
    ) -> tuple[IPvAnyNetwork | Literal["unix"], ...]:
        if any(each != "unix" and each.prefixlen == 0 for each in value):
            raise ValueError("must not trust every address: clients could then choose theirs")
        return value

    @field_validator("base_url")
    @classmethod
    def _without_final_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        """Raises `ValueError` if an amount is wrong, or in another currency than the prices."""
        try:
            amount = Money.parse_with_currency(self.fallback_shipping)
        except DomainError as error:
            raise ValueError(f"ENTREPOT_FALLBACK_SHIPPING: {error}") from error
        if amount.currency != self.currency or amount.minor < 0:
            raise ValueError(
                f"ENTREPOT_FALLBACK_SHIPPING is {amount}. Set an amount in {self.currency}, "
                f"such as {Money(1500, self.currency)}."
            )
        return self
