"""The root of the `entrepot` command."""

import click

from adapters.cli.audit import audit
from adapters.cli.catalogue import catalog
from adapters.cli.coupons import coupons
from adapters.cli.database import db
from adapters.cli.demo import demo
from adapters.cli.events import events
from adapters.cli.jobs import jobs
from adapters.cli.keys import keys
from adapters.cli.plugin_groups import ShopGroup
from adapters.cli.plugin_settings import set_command, settings_command, unset_command
from adapters.cli.plugins import plugins
from adapters.cli.prices import prices
from adapters.cli.privacy import privacy
from adapters.cli.promotions import promotions
from adapters.cli.recommendation import recommend
from adapters.cli.reconcile import reconcile
from adapters.cli.server import serve, worker
from adapters.cli.staff import staff
from adapters.cli.webhooks import webhooks


@click.group(cls=ShopGroup, context_settings={"help_option_names": ["-h", "--help"]})
def root() -> None:
    """Entrepot, a shop. Environment variables are the settings: see docs/operator/settings.md.

    Exit codes: 0 success, 1 refused or partly refused, 2 usage error.
    """


for command in (settings_command, set_command, unset_command):
    plugins.add_command(command)

for command in (
    audit,
    catalog,
    coupons,
    db,
    demo,
    events,
    jobs,
    keys,
    plugins,
    prices,
    privacy,
    promotions,
    recommend,
    reconcile,
    serve,
    staff,
    webhooks,
    worker,
):
    root.add_command(command)


def refuse_taken_name(plugin: str) -> None:
    """Raises `ValueError` if a plugin with commands has the name of a command of the shop."""
    if plugin in root.commands:
        raise ValueError(f"has commands, and `entrepot {plugin}` is one of the shop: rename it")
