"""The documentation is complete, and its examples run."""

import json
import re
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

from adapters.cli.root import root
from adapters.plugins.guards import PluginGuards
from core.domain.payments.reconciliation import DifferenceKind
from entrepot import testing
from entrepot.hookspecs import Hooks
from entrepot.plugin_contract import CONTRACT
from entrepot.plugin_manager import PluginManager
from entrepot.settings import Settings
from plugins.logistics.settings import LogisticsSettings
from plugins.payment_alipay.settings import AlipayAccount, AlipaySettings
from plugins.payment_sandbox.settings import SandboxSettings
from plugins.payment_unionpay.settings import UnionpayAccount, UnionpaySettings
from plugins.payment_wechat.settings import WechatAccount, WechatSettings
from plugins.recommend.settings import RecommendSettings
from tests.conftest import SECRET
from tests.docs import personal_data
from tests.docs.states import PAGE, rendered
from tests.plugins.inner_run import QUIET

ROOT = Path(__file__).parents[2]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(group: click.Command, path: str = "entrepot") -> list[str]:
    if not isinstance(group, click.Group):
        return [path]
    return [
        each
        for name, command in group.commands.items()
        for each in commands(command, f"{path} {name}")
    ]


def test_every_hook_is_documented_and_has_a_contract() -> None:
    hooks = {name for name in vars(Hooks) if name.startswith("entrepot_")}
    assert hooks == set(CONTRACT)
    assert {
        name for name in hooks if f"`{name}`" not in read("docs/integrator/plugin-hooks.md")
    } == set()
    assert all(vars(Hooks)[name].__doc__ for name in hooks)


def test_every_setting_is_documented() -> None:
    text = read("docs/operator/settings.md")
    kinds = (
        Settings,
        SandboxSettings,
        AlipaySettings,
        WechatSettings,
        UnionpaySettings,
        LogisticsSettings,
        RecommendSettings,
    )
    names = [
        f"{kind.model_config['env_prefix']}{name}".upper()
        for kind in kinds
        for name, field in kind.model_fields.items()
        if field.description
    ]
    assert len(names) == sum(len(kind.model_fields) for kind in kinds)
    assert [name for name in names if f"`{name}`" not in text] == []


def test_every_command_is_documented_and_has_help() -> None:
    rows = dict(
        re.findall(r"^\| `(entrepot [\w-]+)` \|([^|]*)\|", read("README.md"), flags=re.MULTILINE)
    )
    for path in commands(root):
        name, subcommand = " ".join(path.split()[:2]), path.split()[2:]
        assert re.findall(r"`([\w-]+)`", rows[name]) if subcommand else rows[name].strip() == ""
        assert all(f"`{each}`" in rows[name] for each in subcommand), path


def test_every_suite_of_the_kits_is_documented() -> None:
    text = read("docs/integrator/writing-a-plugin.md")
    suites = [name for name in testing.__all__ if name.endswith("Suite")]
    assert [name for name in suites if f"`{name}`" not in text] == []


def test_the_page_of_states_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == rendered(), "run: python -m tests.docs.states"


def test_the_page_of_personal_data_is_current() -> None:
    """A column that loses its declaration disappears from the page. This test finds it."""
    text = personal_data.PAGE.read_text(encoding="utf-8")
    assert text == personal_data.rendered(), "run: python -m tests.docs.personal_data"


def test_the_differences_of_a_reconciliation_are_documented() -> None:
    text = read("docs/operator/payments.md")
    assert [kind for kind in DifferenceKind if f"`{kind}`" not in text] == []


def test_the_examples_of_merchant_accounts_have_the_settings_fields() -> None:
    examples = re.findall(r"```json\n(.+?)```", read("docs/operator/payments.md"), flags=re.DOTALL)
    accounts: tuple[type[BaseModel], ...] = (AlipayAccount, WechatAccount, UnionpayAccount)
    for example, account in zip(examples, accounts, strict=True):
        (given,) = json.loads(example)
        fields = account.model_fields
        required = {name for name, field in fields.items() if field.is_required()}
        assert required <= set(given) <= set(fields), account.__name__


def test_a_decision_has_four_headings_and_one_quoted_sentence() -> None:
    decisions = sorted((ROOT / "docs" / "maintainer" / "adr").glob("*.md"))
    assert len(decisions) >= 2
    assert [file.name[:4] for file in decisions] == [
        f"{number:04}" for number in range(1, len(decisions) + 1)
    ]
    for file in decisions:
        text = file.read_text(encoding="utf-8")
        parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
        assert parts[1::2] == ["Context", "Decision", "Consequences", "Alternatives"], file.name
        decision = parts[4].strip()
        assert re.fullmatch(r'"[^"]+\."', decision), file.name
        assert ". " not in decision.replace("\n", " "), file.name


def test_the_example_plugins_of_the_documentation_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, guards: PluginGuards
) -> None:
    examples = {
        re.findall(r'^ +name="(\w+)"', example, flags=re.MULTILINE)[0]: example
        for page in sorted((ROOT / "docs/integrator").glob("*.md"))
        for example in re.findall(r"```python\n(.+?)```", page.read_text("utf-8"), flags=re.DOTALL)
        if "manifest = Manifest(" in example
    }
    for name, example in examples.items():
        (tmp_path / f"{name}.py").write_text(example, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    manager = PluginManager(
        guards=guards,
        data=tmp_path,
        base_url="",
        currency="CNY",
        now=lambda: datetime.now(UTC),
        outdated_tables=lambda _tables: (),
    )
    manager.load([EntryPoint(name, name, "entrepot.plugins") for name in examples])
    assert manager.refused == []
    assert set(manager.loaded) == set(examples)


def test_the_tests_in_the_documentation_pass(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = read("docs/integrator/writing-a-plugin.md")
    conftest, *examples = re.findall(r"```python\n(.+?)```", page, flags=re.DOTALL)
    pytester.makeconftest(conftest)
    pytester.makepyfile(**{f"test_{number}": each for number, each in enumerate(examples)})
    monkeypatch.setenv("ENTREPOT_PAYMENT_SANDBOX_SECRET", SECRET)
    run = pytester.inline_run(*QUIET)
    passed, _, failed = run.listoutcomes()
    assert failed == []
    assert len(passed) > 30
