"""`entrepot demo`: serve a shop with SQLite and sample data."""

import json
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from adapters.cli.server import refuse_taken_port, serve_forever
from adapters.cli.shop import Assembly, pass_assembly, run
from ports.plugins import PluginSchemas
from ports.schema import Schema

SECRETS = "secrets.json"
SEEDED = "seeded"
CURRENCY = "CNY"
SIMULATED = ("ALIPAY", "WECHAT", "UNIONPAY")


class SeedDemo(Protocol):
    async def __call__(self, progress: Callable[[str, int, int], None], /) -> None:
        """Fill an empty shop. Calls ``progress`` with a noun, the number done, and the total."""


@dataclass(frozen=True, slots=True)
class DemoCommands:
    schema: Schema
    plugin_schemas: PluginSchemas
    seed_demo: SeedDemo


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--folder",
    default=Path("var/demo"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for the database, keys and mail of the demo.",
)
@click.option("--reset", is_flag=True, help="Delete the demo's data first.")
@click.option("--seed-only", is_flag=True, help="Create the data, and do not start the server.")
@pass_assembly
def demo(
    assembly: Assembly,
    host: str,
    port: int,
    workers: int,
    folder: Path,
    reset: bool,
    seed_only: bool,
) -> None:
    """Serve a demo shop with products, customers and past orders.

    The data stays between runs. Do not make it public: the passwords are printed.
    """
    if os.environ.get("ENTREPOT_CURRENCY", CURRENCY) != CURRENCY:
        raise click.ClickException(f"The demo sells in {CURRENCY}. Unset ENTREPOT_CURRENCY.")
    if not seed_only:
        refuse_taken_port(host, port)
    if reset:
        remove_demo(folder)
    folder.mkdir(parents=True, exist_ok=True)
    set_environment(folder, host, port)
    if not (folder / SEEDED).exists():
        _seed(assembly, folder)
    if seed_only:
        return
    base = os.environ["ENTREPOT_BASE_URL"]
    click.echo(f"Shop         {base}/zh   {base}/en")
    click.echo("             log in as mei@example.com / entrepot-demo")
    click.echo(f"Back office  {base}/zh/admin   {base}/en/admin")
    click.echo("             log in as admin@example.com / entrepot-demo")
    click.echo(f"API          {base}/docs   {base}/schema/openapi.json")
    click.echo("Stop with Ctrl-C. The data stays for the next start.")
    serve_forever(assembly, host, port, workers)


def set_environment(folder: Path, host: str, port: int) -> None:
    """Set the demo's settings as environment variables. Variables that exist are not changed."""
    file = folder / SECRETS
    if not file.exists():
        file.write_text(
            json.dumps({"shop": secrets.token_hex(32), "sandbox": secrets.token_hex(32)})
        )
        file.chmod(0o600)
    stored = json.loads(file.read_text(encoding="utf-8"))
    defaults = {
        "ENTREPOT_SECRET_KEY": stored["shop"],
        "ENTREPOT_PAYMENT_SANDBOX_SECRET": stored["sandbox"],
        "ENTREPOT_DATABASE_URL": f"sqlite:///{(folder / 'shop.db').resolve()}",
        "ENTREPOT_DATA_DIR": str(folder.resolve()),
        "ENTREPOT_BASE_URL": f"http://{host}:{port}",
        "ENTREPOT_DEMO_LOGINS": "true",
        "ENTREPOT_ALLOW_SIMULATED_PAYMENTS": "true",
        "ENTREPOT_METRICS_ADDRESS": "shop",
        "ENTREPOT_WEBHOOK_NETWORKS": '["127.0.0.0/8"]',
        "ENTREPOT_MAIL_URL": f"file://{(folder / 'mail').resolve()}",
        **{f"ENTREPOT_PAYMENT_{name}_SIMULATE": "true" for name in SIMULATED},
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)


def remove_demo(folder: Path) -> None:
    """Delete the demo's folder; refuse a folder without the demo's secrets file."""
    if not folder.exists():
        return
    if not (folder / SECRETS).exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not a demo folder. Delete it yourself.")
    shutil.rmtree(folder)


def _seed(assembly: Assembly, folder: Path) -> None:
    """Start with an empty database: an earlier run may have been interrupted."""
    for leftover in folder.glob("shop.db*"):
        leftover.unlink()
    console = Console(stderr=True)
    columns = (TextColumn("Seeding {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def progress(noun: str, done: int, total: int) -> None:
            if noun not in tasks:
                tasks[noun] = bars.add_task(noun, total=total)
            bars.update(tasks[noun], completed=done)

        async def work(parts: DemoCommands) -> None:
            await parts.schema.upgrade()
            await parts.plugin_schemas.upgrade()
            await parts.seed_demo(progress)

        run(assembly, DemoCommands, work)
    (folder / SEEDED).touch()
