"""The rules of the architecture, checked on the code and on the database."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path

import pytest
from sqlalchemy import inspect

from adapters.database.columns import CLASSIFICATION
from adapters.database.engine import Database
from adapters.database.migration import check, upgrade
from adapters.database.tables import metadata

ROOT = Path(__file__).parents[2]
FOLDERS = ("core", "ports", "adapters", "plugins", "entrepot")
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "managers", "dtos", "interfaces"}


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    roots = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            roots.add(node.module.split(".")[0])
    return roots


def test_core_and_ports_import_the_standard_library_alone() -> None:
    allowed = set(sys.stdlib_module_names) | {"core", "ports"}
    forbidden = {
        f"{path.relative_to(ROOT)}: {name}"
        for path, tree in modules("core", "ports")
        for name in imported(tree) - allowed
    }
    assert forbidden == set()


def test_plugins_import_the_public_api_alone() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path, tree in modules("plugins")
        for name in imported(tree) & {"core", "ports", "adapters"}
    }
    assert found == set()


def test_files_are_named_by_noun() -> None:
    names = {path.stem for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    assert "money" in names
    assert names & FORBIDDEN_NAMES == set()


def test_there_are_no_circles_between_modules() -> None:
    assert _circle(_imports()) == ()


def test_there_are_no_circles_between_folders() -> None:
    """Two modules or folders of one folder do not import each other."""
    siblings: dict[str, dict[str, set[str]]] = {}
    for module, others in _imports().items():
        for other in others:
            if parts := _diverging(module, other):
                siblings.setdefault(parts[0], {}).setdefault(parts[1], set()).add(parts[2])
    assert "serialization" in siblings["adapters"]["database"]
    assert "orders" in siblings["adapters.database"]["unit_of_work"]
    assert {parent: circle for parent in siblings if (circle := _circle(siblings[parent]))} == {}


def test_a_circle_is_found() -> None:
    assert _circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ("b", "c", "b")


def test_use_cases_have_docstrings() -> None:
    use_cases = [
        (path, node)
        for path, tree in modules("core/application")
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and node.decorator_list
        and any(getattr(each, "name", "") == "__call__" for each in node.body)
    ]
    assert len(use_cases) > 20
    assert [node.name for _, node in use_cases if not ast.get_docstring(node)] == []


def test_every_column_says_whether_it_is_personal() -> None:
    columns = [column for table in metadata.tables.values() for column in table.columns]
    assert len(columns) > 100
    undeclared = [
        f"{column.table.name}.{column.name}"
        for column in columns
        if CLASSIFICATION not in column.info
    ]
    assert undeclared == []


@pytest.mark.anyio
async def test_the_migrations_make_the_tables(database: Database) -> None:
    await check(database)
    assert not await upgrade(database)


@pytest.mark.anyio
async def test_every_foreign_key_has_an_index(database: Database) -> None:
    async with database.reads.connect() as connection:
        missing = await connection.run_sync(_foreign_keys_without_index)
    assert missing == {
        "allocations.sku",  # by order: its primary key begins with the order
        "reservations.sku",  # likewise
        "stock_levels.location",  # a handful of locations that are never deleted
    }


def _foreign_keys_without_index(connection: object) -> set[str]:
    inspector = inspect(connection)
    missing = set()
    for table in metadata.tables:
        primary = inspector.get_pk_constraint(table)["constrained_columns"]
        leading = {primary[0]} if primary else set()
        leading |= {index["column_names"][0] for index in inspector.get_indexes(table)}
        leading |= {u["column_names"][0] for u in inspector.get_unique_constraints(table)}
        for key in inspector.get_foreign_keys(table):
            if key["constrained_columns"][0] not in leading:
                missing.add(f"{table}.{key['constrained_columns'][0]}")
    return missing


def test_only_guards_the_relay_and_the_worker_catch_every_exception() -> None:
    allowed = {
        "adapters/plugins/guard.py",
        "adapters/plugins/loop.py",
        "adapters/worker/scheduler.py",
        "adapters/plugins/shop/calls.py",
        "adapters/worker/worker.py",
        "core/application/events.py",
        "entrepot/plugin_hooks.py",
        "core/application/jobs/running.py",
        "entrepot/assembly/plugin_commands.py",
        "entrepot/plugin_manager.py",
        "entrepot/plugin_manifest.py",
        "entrepot/plugin_settings.py",
    }
    catching = {
        str(path.relative_to(ROOT))
        for path, tree in modules(*FOLDERS)
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") == "Exception")
    }
    assert catching == allowed


def test_the_repository_names_no_machine() -> None:
    pattern = re.compile(r"/(work|tmp|root|home)/\w")
    found = [
        f"{path.relative_to(ROOT)}"
        for folder in (*FOLDERS, "docs", "benchmarks", "deploy")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix in {".py", ".md", ".toml", ".html", ".js"}
        if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def _imports() -> dict[str, set[str]]:
    """Each module of the repository with the modules of it that it imports."""
    found = {_name(path): _targets(tree) - {_name(path)} for path, tree in modules(*FOLDERS)}
    return {module: others & set(found) for module, others in found.items()}


def _diverging(module: str, other: str) -> tuple[str, str, str] | None:
    """The deepest common folder of two modules, and the next part of each path.

    None if one contains the other. ``core`` counts as two layers, because ports lie between them.
    """
    paths = [each.replace("core.", "core_", 1).split(".") for each in (module, other)]
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*paths, strict=False)))
    if shared in map(len, paths):
        return None
    return ".".join(paths[0][:shared]), paths[0][shared], paths[1][shared]


def _circle(graph: Mapping[str, set[str]]) -> tuple[str, ...]:
    """A path that returns to its first node; empty if there is none."""
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if name in path:
            return (*path[path.index(name) :], name)
        if name not in done:
            for other in sorted(graph.get(name, ())):
                if found := walk(other, (*path, name)):
                    return found
            done.add(name)
        return ()

    return next((found for name in sorted(graph) if (found := walk(name, ()))), ())


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _targets(tree: ast.Module) -> set[str]:
    targets = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                target = f"{node.module}.{alias.name}"
                path = ROOT / Path(*target.split("."))
                is_module = path.with_suffix(".py").exists() or (path / "__init__.py").exists()
                targets.add(target if is_module else node.module)
    return targets


def test_importing_the_public_api_is_light() -> None:
    heavy = ("sqlalchemy", "litestar", "pydantic", "jinja2", "granian", "cryptography")
    code = f"import entrepot.privacy, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_installation_without_extras_has_every_module() -> None:
    code = """
import importlib, pkgutil, sys
sys.modules |= dict.fromkeys(("asyncpg", "redis", "pytest"))
import adapters, core, entrepot, plugins, ports
for package in (adapters, core, entrepot, plugins, ports):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.startswith(("entrepot.testing", "entrepot.__main__")):
            importlib.import_module(module.name)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
