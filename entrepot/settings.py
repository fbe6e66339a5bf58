"""How a shop is set up: everything from the environment, with the prefix ``ENTREPOT_``."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Secrets come from here alone and are never logged; see ``docs/operator/settings.md``."""

    model_config = SettingsConfigDict(env_prefix="ENTREPOT_", extra="ignore")

    secret_key: SecretStr = Field(
        min_length=32, description="Seals the links of guests' orders. At least 32 characters."
    )
    database_url: str = Field(
        default="sqlite:///var/shop.db",
        description="`sqlite:///file` or `postgresql://user:password@host/database`.",
    )
    keys_url: str = Field(
        default="",
        description="The database of people's keys, apart from the shop's; "
        "empty: a file in the data folder.",
    )
    keyring: SecretStr | None = Field(
        default=None,
        description="The keyring as JSON, see docs/operator/encryption.md; "
        "empty: a file in the data folder, made with the first key.",
    )
    base_url: str = Field(
        default="http://127.0.0.1:8000",
        description="The shop's public address; gateways send their notifications there.",
    )
    data_dir: Path = Field(
        default=Path("var"), description="Where pictures and plugins' files are kept."
    )
    media_url: str = Field(
        default="/media", description="What stands before a picture's path: a CDN's address."
    )
    currency: str = Field(
        default="CNY", pattern=r"^[A-Z]{3}$", description="The currency that the shop sells in."
    )
    capture: Literal["at_once", "when_shipped"] = Field(
        default="at_once",
        description="When money is taken: `when_shipped` lets gateways that can hold it until "
        "the first parcel leaves.",
    )
    jurisdictions: tuple[Literal["cn", "eu"], ...] = Field(
        default=("cn",),
        min_length=1,
        description="Whose law on personal data the shop is under (JSON list): "
        "`cn`, `eu` or both, the strictest rule winning.",
    )
    policy_dir: Path | None = Field(
        default=None,
        description="A folder whose files stand in for those of the privacy policy "
        "that have the same name; see docs/auditor/privacy.md.",
    )
    transfers: dict[str, str] = Field(
        default_factory=dict,
        description="On what sending personal data abroad rests, by recipient (JSON object); "
        "plugins with another recipient abroad are not loaded.",
    )
    location: str = Field(
        default="main", description="The warehouse that imports and the back office count."
    )
    fallback_shipping: int = Field(
        default=1500,
        ge=0,
        description="Minor units to ship an order when no carrier can tell a rate.",
    )
    guest_pay_minutes: int = Field(
        default=30, ge=1, description="How long a guest's unpaid order keeps its goods."
    )
    member_pay_minutes: int = Field(
        default=60, ge=1, description="How long a member's unpaid order keeps its goods."
    )
    plugins_disabled: frozenset[str] = Field(
        default=frozenset(), description="Installed plugins that are not to be loaded (JSON list)."
    )
    plugins_required: frozenset[str] = Field(
        default=frozenset(),
        description="Plugins without which the shop does not start (JSON list).",
    )
    mail_url: SecretStr = Field(
        default=SecretStr(""),
        description="How letters go: `smtp://user:password@host:port`, `smtps://…`, or "
        "`file:///folder` to try it out; empty: none are sent.",
    )
    mail_from: str = Field(
        default="shop@localhost", description="The e-mail address that letters come from."
    )
    redis_url: str = Field(
        default="", description="Shares rate limits between workers; empty: each has its own."
    )
    log_in_attempts_per_minute: int = Field(
        default=10, ge=1, description="How often one address may try to log in or register."
    )
    worker_in_server: bool = Field(
        default=True,
        description="Whether the web server also relays events and runs jobs; "
        "otherwise run `entrepot worker`.",
    )
    page_cache_seconds: float = Field(
        default=5.0,
        ge=0,
        description="How long anonymous pages are served from memory; 0 switches it off.",
    )
    demo_logins: bool = Field(
        default=False, description="Whether the log-in pages show the demo's accounts."
    )

    @field_validator("base_url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")
