"""`entrepot recommend`: what the recommender has learnt."""

from dataclasses import dataclass

import click

from adapters.cli.shop import Assembly, pass_assembly, run
from core.application.recommendation import RebuildRecommendations


@dataclass(frozen=True, slots=True)
class RecommendationCommands:
    rebuild: RebuildRecommendations


@click.group()
def recommend() -> None:
    """Look after recommendations."""


@recommend.command("rebuild")
@pass_assembly
def rebuild(assembly: Assembly) -> None:
    """Learn again from all paid orders."""

    async def work(parts: RecommendationCommands) -> None:
        await parts.rebuild()

    run(assembly, RecommendationCommands, work)
    click.echo("The recommendations were rebuilt.")
