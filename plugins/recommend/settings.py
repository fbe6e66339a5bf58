"""Settings of the recommender."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class RecommendSettings(BaseSettings):
    """From the environment, with the prefix ``ENTREPOT_RECOMMEND_``."""

    model_config = SettingsConfigDict(env_prefix="ENTREPOT_RECOMMEND_")

    least_people: int = Field(
        default=5,
        ge=1,
        description="How many different people must be behind a published pair.",
    )
