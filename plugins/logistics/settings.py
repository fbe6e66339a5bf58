"""Settings of the freight carrier: templates in a TOML file."""

import tomllib
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from plugins.logistics.freight import FreightTemplate, read_templates


class LogisticsSettings(BaseSettings):
    """From the environment, with the prefix ``ENTREPOT_LOGISTICS_``."""

    model_config = SettingsConfigDict(env_prefix="ENTREPOT_LOGISTICS_")

    templates: Path = Field(
        default=Path(__file__).with_name("templates.toml"),
        description="The TOML file with the freight templates.",
    )

    def read(self, currency: str) -> tuple[FreightTemplate, ...]:
        """Raises `ValueError`: names the template and its error."""
        return read_templates(tomllib.loads(self.templates.read_text(encoding="utf-8")), currency)
