"""The order in which plugins are loaded, by what they require of each other."""

from collections.abc import Collection, Mapping

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from adapters.plugins.answers.checks import code_of, mapping_of, text_of
from entrepot.hookspecs import Manifest
from entrepot.plugin_manifest import PluginRefused

MAX_REQUIREMENTS = 50


def check_requirements(manifest: Manifest) -> None:
    """Raises `PluginRefused` if ``requires`` has no names with version ranges."""
    for name, wanted in mapping_of(manifest.requires, "requires", most=MAX_REQUIREMENTS).items():
        code_of(name, "a required plugin")
        try:
            SpecifierSet(text_of(wanted, "a required version"))
        except InvalidSpecifier as error:
            raise PluginRefused(f"requires {name} “{wanted}”, which is no version range") from error


def load_order(manifests: Mapping[str, Manifest]) -> list[str]:
    """The names, each after those that it requires, else by name.

    A plugin with a circle or a missing requirement stands at the end: `missing` says why.
    """
    order: list[str] = []
    left = sorted(manifests)
    while ready := [each for each in left if set(manifests[each].requires) <= set(order)]:
        order.append(ready[0])
        left.remove(ready[0])
    return order + left


def missing(
    manifest: Manifest, loaded: Mapping[str, Manifest], known: Collection[str]
) -> str | None:
    """Why the plugins in ``loaded`` do not suffice, in one line; None if they do.

    ``known`` are the plugins that could be imported.
    """
    for name, wanted in sorted(manifest.requires.items()):
        if name in loaded:
            if not _has_version(loaded[name].version, wanted):
                return (
                    f"requires {name} {wanted}, and {loaded[name].version} is installed: "
                    f"install another version of one of them"
                )
        elif name in known:
            return f"requires {name}, which is not loaded: see its own reason"
        else:
            return f"requires {name} {wanted}, which is not installed"
    return None


def circle(name: str, manifests: Mapping[str, Manifest]) -> tuple[str, ...]:
    """The plugins that require each other in a circle through ``name``; empty if none do."""

    def walk(each: str, path: tuple[str, ...]) -> tuple[str, ...]:
        for other in sorted(manifests[each].requires if each in manifests else ()):
            if other == name:
                return (*path, name)
            if other not in path and (found := walk(other, (*path, other))):
                return found
        return ()

    return walk(name, (name,))


def _has_version(version: str, wanted: str) -> bool:
    try:
        return SpecifierSet(wanted).contains(Version(version), prereleases=True)
    except InvalidVersion:
        return False
