"""What commands about one person's data have in common."""

from collections.abc import Sequence

import click

from core.domain.privacy.request import Applicant

verified_option = click.option(
    "--verified-by", required=True, help="How it was checked that it is them, in a few words."
)
relative_option = click.option(
    "--relative", is_flag=True, help="A close relative asks, of somebody who has died."
)


def applicant_of(relative: bool) -> Applicant:
    return Applicant.RELATIVE if relative else Applicant.SELF


def complain(failures: Sequence[str]) -> None:
    for each in failures:
        click.echo(f"Incomplete: {each}", err=True)
    if failures:
        raise click.exceptions.Exit(1)
