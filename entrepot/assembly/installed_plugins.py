"""What the installed plugins declare, for operators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from entrepot.plugin_manager import PluginManager
from entrepot.settings import Settings
from ports.plugins import InstalledPlugin


@dataclass(frozen=True, slots=True)
class DeclaredPlugins:
    """`ports.plugins.InstalledPlugins` by the manifests."""

    plugins: PluginManager
    settings: Settings

    @property
    def decided_by_settings(self) -> bool:
        return "plugins_disabled" in self.settings.model_fields_set

    def list(self) -> Sequence[InstalledPlugin]:
        return [
            InstalledPlugin(
                name=name,
                version=manifest.version,
                api=manifest.api,
                requires=dict(manifest.requires),
                uninstall=manifest.uninstall,
                required=name in self.settings.plugins_required,
            )
            for name, manifest in sorted(self.plugins.manifests.items())
        ]

    def refused_by(self, api: str) -> Mapping[str, str]:
        version = Version(api)
        wrong = {
            name: f"supports plugin API {manifest.api}, and not {api}"
            for name, manifest in self.plugins.manifests.items()
            if not SpecifierSet(manifest.api).contains(version, prereleases=True)
        }
        dependent = {
            name: f"requires {other}, which would be refused"
            for name, manifest in self.plugins.manifests.items()
            for other in sorted(manifest.requires)
            if other in wrong
        }
        refused = {each.name: each.reason for each in self.plugins.refused}
        return dict(sorted({**dependent, **wrong, **refused}.items()))
