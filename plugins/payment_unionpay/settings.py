"""Settings of UnionPay: merchant accounts, and the certificates that identify UnionPay."""

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PRODUCTION = "https://gateway.95516.com"


class UnionpayAccount(BaseModel):
    """One merchant account (JSON). The key and its certificate are PEM.

    Export them from the merchant's pfx file with ``openssl pkcs12``. UnionPay must sign with
    a certificate that one of ``middle_certificates`` issued and that names one of
    ``signers``; the certificate of the test system has another name.
    """

    code: str = Field(default="unionpay", pattern=r"^[a-z][a-z0-9-]{0,30}$")
    merchant_id: str = Field(pattern=r"^[0-9A-Za-z]{15}$")
    private_key: SecretStr
    certificate: str
    root_certificate: str
    middle_certificates: tuple[str, ...]
    signers: tuple[str, ...] = ("中国银联股份有限公司",)
    url: str = PRODUCTION


class UnionpaySettings(BaseSettings):
    """From the environment, with the prefix ``ENTREPOT_PAYMENT_UNIONPAY_``."""

    model_config = SettingsConfigDict(env_prefix="ENTREPOT_PAYMENT_UNIONPAY_")

    accounts: tuple[UnionpayAccount, ...] = Field(
        default=(), description="Merchant accounts (JSON list); empty: UnionPay is not offered."
    )
    simulate: bool = Field(
        default=False, description="Whether a simulated UnionPay is offered, for trying it out."
    )
