"""Settings of WeChat Pay: merchant accounts, each with its keys."""

from pydantic import BaseModel, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PRODUCTION = "https://api.mch.weixin.qq.com"
KEY_BYTES = 32


class WechatAccount(BaseModel):
    """One merchant account (JSON). Keys are PEM or bare base64.

    ``public_keys`` are WeChat Pay's, by their identifier ``PUB_KEY_ID_…``. With
    ``platform_certificates``, WeChat's certificates are fetched and accepted, too: both kinds
    of signatures arrive while a merchant migrates from one to the other.
    """

    code: str = Field(default="wechat", pattern=r"^[a-z][a-z0-9-]{0,30}$")
    merchant_id: str = Field(min_length=1)
    app_id: str = Field(min_length=1)
    serial: str = Field(min_length=1, description="Of the merchant's own certificate, in hex.")
    private_key: SecretStr
    apiv3_key: SecretStr
    public_keys: dict[str, str] = {}
    platform_certificates: bool = False
    url: str = PRODUCTION
    fee_basis_points: int = 60

    @model_validator(mode="after")
    def _complete(self) -> "WechatAccount":
        if len(self.apiv3_key.get_secret_value().encode()) != KEY_BYTES:
            raise ValueError("the APIv3 key has 32 bytes")
        if not self.public_keys and not self.platform_certificates:
            raise ValueError("give public_keys, or set platform_certificates")
        return self


class WechatSettings(BaseSettings):
    """From the environment, with the prefix ``ENTREPOT_PAYMENT_WECHAT_``."""

    model_config = SettingsConfigDict(env_prefix="ENTREPOT_PAYMENT_WECHAT_")

    accounts: tuple[WechatAccount, ...] = Field(
        default=(), description="Merchant accounts (JSON list); empty: WeChat Pay is not offered."
    )
    simulate: bool = Field(
        default=False, description="Whether a simulated WeChat Pay is offered, for trying it out."
    )
