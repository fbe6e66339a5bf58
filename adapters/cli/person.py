"""Options and output that the commands about one data subject share."""

from collections.abc import Sequence

import click

from adapters.cli.output import fail_with
from core.domain.privacy.request import Applicant

verified_option = click.option(
    "--verified-by", required=True, help="How the identity was checked, in a few words."
)
relative_option = click.option(
    "--relative", is_flag=True, help="The applicant is a close relative of a deceased person."
)


def applicant_of(relative: bool) -> Applicant:
    return Applicant.RELATIVE if relative else Applicant.SELF


def fail_if_incomplete(failures: Sequence[str]) -> None:
    fail_with(f"Incomplete: {each}" for each in failures)
