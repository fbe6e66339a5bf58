"""A plugin whose pages, templates or files cannot be served is refused with a reason."""

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from adapters.plugins.guards import PluginGuards
from entrepot.assembly.plugin_checks import check_content, check_routes
from entrepot.plugin_checks import OWN_CHECKS
from entrepot.plugin_manager import PluginManager
from tests.installed import plugin_manager, write_module

MODULE = """
from pathlib import Path
from litestar import get
from entrepot import Capability, Manifest, Text, hookimpl
from entrepot.pages import *

manifest = Manifest(
    name="{name}", version="1", api=">=1,<2", capabilities=frozenset(Capability), {manifest}
)


async def answer(request): ...


def page(path, **options):
    return Page(path=path, title=Text({{"en": "Mine"}}), answer=answer, **options)


class Fill:
    slot, cache = Slot.PRODUCT_BUY, None

    async def fill(self, view): ...


@get("/zh/mine/new", sync_to_thread=False)
def route() -> str:
    return ""


@hookimpl
def entrepot_{hook}(context):
    return [{objects}]
"""
FILES = 'files=Path(__file__).parent / "{name}_files"'
SHARED = 'page("/mine", shared_seconds=5, takes_forms=True)'
LISTED = 'type("Cards", (Fill,), {"slot": Slot.PRODUCT_CARD})()'
KEPT = 'type("Kept", (Fill,), {"cache": SlotCache(by=("colour",), seconds=5)})()'
NO_SLOT = 'type("NoSlot", (Fill,), {"slot": "product.buy"})()'

# The objects, and a part of the reason.
PAGES = {
    'page("/cart")': "its page /cart is taken",
    'page("/p/mine")': "its page /p/mine is taken",
    'page("/admin/mine")': "its page /admin/mine is taken",
    'page("/mine"), page("/mine")': "clashes with another one of its own",
    'page("/mine/{a}"), page("/mine/{b}")': "its page /mine/{b} is taken",
    'page("/mine/{a}/{a}")': "two parameters of one name",
    'page("/{mine}")': "is no path",
    'page("mine")': "is no path",
    'page("/mine/../admin")': "is no path",
    SHARED: "cannot have shared_seconds",
    "answer": "returned a function, which is no Page",
}
FILLS = {
    "Fill(), Fill()": "its “product.buy” clashes with another one of its own",
    LISTED: "needs a method “fill_many”",
    KEPT: "the cache is by “colour”",
    NO_SLOT: "the slot is a str and no Slot",
}
LINE = 'BlockField(name="line", label=Text({"en": "Line"}), kind=BlockFieldKind.LINE)'
BLOCK = 'BlockKind(code="mine", name=Text({"en": "Mine"}), template="a.html", fields=())'
BLOCKS = {
    BLOCK.replace('"mine"', '"My block"'): "is no code of a kind of blocks",
    BLOCK.replace("a.html", "../a.html"): "is no name of a template",
    BLOCK.replace("()", f"({LINE}, {LINE})"): "two fields of mine have one name",
    BLOCK.replace("()", f"({LINE.replace('line', 'My line')},)"): "is no name of a field",
    f"{BLOCK}, {BLOCK}": "clashes with another one of its own",
}
TEMPLATES = {
    "{% if %}": "its template mine.html, line 1",
    "{{ label|safe }}": "No filter named 'safe'",
    "{% autoescape false %}{{ x }}{% endautoescape %}": "autoescape cannot be changed",
}
POLICIES = {
    '"script-src": ("https://cdn.example",)': "adds to script-src",
    '"frame-src": ("\'unsafe-inline\'",)': "is no origin",
    '"frame-src": ("https://*",)': "is no origin",
    '"frame-src": ("https://*.example.com",)': "is no origin",
    '"frame-src": ("http://player.example",)': "is no origin",
    '"connect-src": ("https://a.example; script-src *",)': "is no origin",
}

Load = Callable[..., None]


@pytest.fixture
def manager(tmp_path: Path, guards: PluginGuards) -> PluginManager:
    return plugin_manager(guards, tmp_path, checks=(*OWN_CHECKS, check_routes, check_content))


@pytest.fixture
def load(manager: PluginManager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Loads a plugin with these objects of one hook."""
    monkeypatch.syspath_prepend(str(tmp_path))
    points: list[EntryPoint] = []

    def load(
        objects: str,
        hook: str = "pages",
        manifest: str = FILES,
        name: str = "mine",
        *,
        later: bool = False,
    ) -> None:
        """``later``: together with the next one."""
        (tmp_path / f"{name}_files").mkdir(exist_ok=True)
        declared = manifest.replace("{name}", name)
        source = MODULE.format(name=name, hook=hook, objects=objects, manifest=declared)
        points.append(write_module(tmp_path, name, source))
        if not later:
            manager.load(points)

    yield load
    for point in points:
        sys.modules.pop(point.name, None)


def reason(manager: PluginManager) -> str:
    (refusal,) = manager.refused
    assert "\n" not in refusal.reason
    return refusal.reason


def test_sound_pages_and_fills_are_accepted(manager: PluginManager, load: Load) -> None:
    load(
        'page("/mine"), page("/mine/{code}"), page("/mine/{code}/join", takes_forms=True)',
        later=True,
    )
    load("Fill()", "slots", name="filling", later=True)
    load(BLOCK, "blocks", name="first", later=True)
    load(BLOCK, "blocks", name="second")
    assert manager.refused == []
    assert set(manager.loaded) == {"mine", "filling", "first", "second"}


@pytest.mark.parametrize("objects", PAGES)
def test_a_page_that_cannot_be_served_is_refused(
    manager: PluginManager, load: Load, objects: str
) -> None:
    load(objects)
    assert PAGES[objects] in reason(manager)


@pytest.mark.parametrize("objects", BLOCKS)
def test_a_kind_of_blocks_that_no_form_can_show_is_refused(
    manager: PluginManager, load: Load, objects: str
) -> None:
    load(objects, "blocks")
    assert BLOCKS[objects] in reason(manager)


@pytest.mark.parametrize("objects", FILLS)
def test_a_fill_that_does_not_fit_its_slot_is_refused(
    manager: PluginManager, load: Load, objects: str
) -> None:
    load(objects, "slots")
    assert FILLS[objects] in reason(manager)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (('page("/mine/{code}")', "pages"), ('page("/mine/new")', "pages")),
        (('page("/mine/{code}")', "pages"), ("route", "routes")),
        (("route", "routes"), ('page("/mine/{code}")', "pages")),
    ],
)
def test_the_first_of_two_plugins_with_one_address_gets_it(
    manager: PluginManager, load: Load, first: tuple[str, str], second: tuple[str, str]
) -> None:
    load(*first, name="first", later=True)
    load(*second, name="second")
    assert list(manager.loaded) == ["first"]
    assert "/mine/" in reason(manager)


def test_pages_and_slots_need_the_folder_of_their_templates(
    manager: PluginManager, load: Load
) -> None:
    load("Fill()", "slots", manifest="")
    assert "has no `files` in its manifest" in reason(manager)


@pytest.mark.parametrize("source", TEMPLATES)
def test_a_template_that_cannot_be_compiled_is_refused(
    manager: PluginManager, load: Load, tmp_path: Path, source: str
) -> None:
    folder = tmp_path / "mine_files" / "templates"
    folder.mkdir(parents=True)
    (folder / "mine.html").write_text(source)
    load("Fill()", "slots")
    assert TEMPLATES[source] in reason(manager)


def test_a_static_file_of_another_type_is_refused(
    manager: PluginManager, load: Load, tmp_path: Path
) -> None:
    folder = tmp_path / "mine_files" / "static"
    folder.mkdir(parents=True)
    (folder / "page.html").write_text("<script>attack()</script>")
    load("Fill()", "slots")
    assert "its static file page.html has none of the types" in reason(manager)


def test_a_static_file_outside_of_the_folder_is_refused(
    manager: PluginManager, load: Load, tmp_path: Path
) -> None:
    folder = tmp_path / "mine_files" / "static"
    folder.mkdir(parents=True)
    (tmp_path / "secret.json").write_text("{}")
    (folder / "mine.json").symlink_to(tmp_path / "secret.json")
    load("Fill()", "slots")
    assert "is outside of its folder" in reason(manager)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_that_could_run_code_is_refused(
    manager: PluginManager, load: Load, policy: str
) -> None:
    load("Fill()", "slots", manifest=f"{FILES}, csp={{{policy}}}")
    assert POLICIES[policy] in reason(manager)
