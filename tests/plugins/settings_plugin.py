"""The source of a plugin with settings of every kind. It keeps its context."""

import sys

from entrepot import PluginContext

NAME = "tuned"
SOURCE = """
from typing import Literal
from pydantic import BaseModel, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from entrepot import Capability, Manifest, hookimpl


class Account(BaseModel):
    name: str
    key: SecretStr

    @model_validator(mode="after")
    def _is_short(self):
        if len(self.name) > 9:
            raise ValueError(f"No name {self.name}")
        return self


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TUNED_")

    greeting: str = Field(default="Hello", description="What the plugin says.")
    times: int = Field(default=1, ge=1, le=9, description="How often.")
    loud: bool = False
    tone: Literal["plain", "warm"] = "plain"
    words: tuple[str, ...] = ("a", "b")
    api_key: SecretStr = SecretStr("")
    accounts: tuple[Account, ...] = ()

    @model_validator(mode="after")
    def _fits(self):
        if self.loud and self.times > 5:
            raise ValueError(f"Not loud so often, {self.api_key.get_secret_value()}")
        return self


manifest = Manifest(
    name="tuned", version="1", api=">=1,<2", capabilities=frozenset({Capability.EVENTS}),
    settings=Settings, live_settings=LIVE,
)
KEPT = []


class Nothing:
    async def handle(self, events):
        pass


@hookimpl
def entrepot_subscribers(context):
    KEPT.append(context)
    return [Nothing()]
"""


def source_of(*, live: bool = False, required: bool = False) -> str:
    """``required``: the plugin is not loaded without a key."""
    source = SOURCE.replace("LIVE", str(live))
    return (
        source.replace('api_key: SecretStr = SecretStr("")', "api_key: SecretStr")
        if (required)
        else source
    )


def kept() -> PluginContext:
    """The context that the plugin got in its hook."""
    context: PluginContext = sys.modules[NAME].KEPT[-1]
    return context
