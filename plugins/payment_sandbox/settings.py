"""Settings of the sandbox."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class SandboxSettings(BaseSettings):
    """From the environment, with the prefix ``ENTREPOT_PAYMENT_SANDBOX_``."""

    model_config = SettingsConfigDict(env_prefix="ENTREPOT_PAYMENT_SANDBOX_")

    secret: SecretStr = Field(
        min_length=32, description="The key with which the shop and the sandbox sign."
    )
    account: str = Field(default="sandbox-merchant", description="The merchant account.")
    url: str = Field(
        default="", description="The address of the sandbox; empty: the shop itself serves it."
    )
