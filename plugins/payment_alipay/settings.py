"""Settings of Alipay: merchant accounts, each with its keys or certificates."""

from pydantic import BaseModel, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PRODUCTION = "https://openapi.alipay.com/gateway.do"


class AlipayAccount(BaseModel):
    """One merchant account (JSON). Keys are PEM or bare base64, certificates PEM.

    ``alipay_public_keys`` are the current key and, during a rotation, the next. With
    ``app_certificate`` the account is in certificate mode: ``alipay_certificates`` and
    ``root_certificates`` are then required instead of the public keys. Alipay's certificates
    name one of ``alipay_signers``, and the seller.
    """

    code: str = Field(default="alipay", pattern=r"^[a-z][a-z0-9-]{0,30}$")
    app_id: str = Field(min_length=1)
    seller_id: str = ""
    private_key: SecretStr
    alipay_public_keys: tuple[str, ...] = ()
    app_certificate: str = ""
    alipay_certificates: tuple[str, ...] = ()
    root_certificates: str = ""
    alipay_signers: tuple[str, ...] = ("支付宝(中国)网络技术有限公司",)
    content_key: SecretStr | None = None
    url: str = PRODUCTION
    fee_basis_points: int = 60

    @model_validator(mode="after")
    def _one_mode(self) -> "AlipayAccount":
        by_certificate = bool(self.app_certificate)
        complete = (
            self.alipay_certificates and self.root_certificates
            if by_certificate
            else self.alipay_public_keys
        )
        if not complete:
            raise ValueError(
                "give alipay_public_keys, or app_certificate with alipay_certificates"
                " and root_certificates"
            )
        return self


class AlipaySettings(BaseSettings):
    """From the environment, with the prefix ``ENTREPOT_PAYMENT_ALIPAY_``."""

    model_config = SettingsConfigDict(env_prefix="ENTREPOT_PAYMENT_ALIPAY_")

    accounts: tuple[AlipayAccount, ...] = Field(
        default=(), description="Merchant accounts (JSON list); empty: Alipay is not offered."
    )
    simulate: bool = Field(
        default=False, description="Whether a simulated Alipay is offered, for trying it out."
    )
