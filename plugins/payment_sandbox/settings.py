"""Settings of the sandbox."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class SandboxSettings(BaseSettings):
    """From the environment, with the prefix ``ENTREPOT_PAYMENT_SANDBOX_``."""

    model_config = SettingsConfigDict(env_prefix="ENTREPOT_PAYMENT_SANDBOX_")

    secret: SecretStr = Field(
        min_length=32, description="The key that the shop and the sandbox sign with."
    )
    account: str = Field(default="sandbox-merchant", description="The merchant account.")
    url: str = Field(
        default="", description="Where the sandbox answers; by default in the shop itself."
    )
