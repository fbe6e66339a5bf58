"""Every unit of work that commits runs again after a conflict with a concurrent one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "core" / "application").rglob("*.py"))


def commits_once(tree: ast.Module) -> list[str]:
    """Functions that commit a unit and are neither `retried` nor passed to `retrying`.

    A port with a ``commit`` of its own is a field, and no unit.
    """
    passed = {
        part.id if isinstance(part, ast.Name) else part.attr
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "retrying"
        for part in ast.walk(call.args[0])
        if isinstance(part, ast.Name | ast.Attribute)
    }
    return [
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.AsyncFunctionDef)
        and any(commits_unit(each) for each in own(function))
        and function.name not in passed
        and "retried" not in {getattr(each, "id", "") for each in function.decorator_list}
    ]


def commits_unit(node: ast.AST) -> bool:
    if not isinstance(node, ast.Attribute):
        return False
    return node.attr == "commit" and isinstance(node.value, ast.Name)


def own(function: ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function, without those of inner functions."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
            waiting += ast.iter_child_nodes(node)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_use_case_that_writes_is_retried(module: Path) -> None:
    assert commits_once(ast.parse(module.read_text())) == []


def test_a_use_case_without_retries_is_found() -> None:
    once = "async def save(unit):\n    await unit.commit()\n"
    assert commits_once(ast.parse(once)) == ["save"]
    assert commits_once(ast.parse(f"@retried\n{once}")) == []
    assert commits_once(ast.parse(f"{once}\nasync def run(): await retrying(save)")) == []
