"""The settings of a shop, from environment variables with the prefix ``ENTREPOT_``."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
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
    fallback_shipping: int = Field(
        default=1500,
        ge=0,
        description="The shipping price if no carrier returns a rate, in minor units.",
    )
    guest_pay_minutes: int = Field(
        default=30, ge=1, description="Minutes until an unpaid order of a guest expires."
    )
    member_pay_minutes: int = Field(
        default=60, ge=1, description="Minutes until an unpaid order of a member expires."
    )
    plugins_disabled: frozenset[str] = Field(
        default=frozenset(), description="Installed plugins that are not loaded (JSON list)."
    )
    plugins_required: frozenset[str] = Field(
        default=frozenset(),
        description="Plugins that must load; otherwise the shop does not start (JSON list).",
    )
    mail_url: SecretStr = Field(
        default=SecretStr(""),
        description="The mail server: `smtp://user:password@host:port`, `smtps://…`, or "
        "`file:///folder` for tests; empty: no emails are sent.",
    )
    mail_from: str = Field(default="shop@localhost", description="The sender address of emails.")
    redis_url: str = Field(
        default="",
        description="Redis for shared rate limits; empty: each server process has its own.",
    )
    log_in_attempts_per_minute: int = Field(
        default=10, ge=1, description="Log-ins and registrations per minute from one IP address."
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

    @field_validator("base_url")
    @classmethod
    def _without_final_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")
