"""`entrepot recommend`: rebuild the recommendations."""

from dataclasses import dataclass

import click

from adapters.cli.shop import Assembly, pass_assembly, run
from core.application.recommendation import RebuildRecommendations


@dataclass(frozen=True, slots=True)
class RecommendationCommands:
    rebuild: RebuildRecommendations


@click.group()
def recommend() -> None:
    """Rebuild recommendations."""


@recommend.command("rebuild")
@pass_assembly
def rebuild(assembly: Assembly) -> None:
    """Compute the recommendations again from all paid orders."""

    async def work(parts: RecommendationCommands) -> None:
        await parts.rebuild()

    run(assembly, RecommendationCommands, work)
    click.echo("The recommendations were rebuilt.")
