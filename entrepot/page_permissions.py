"""An admin page needs a permission that the manifest of its plugin declares."""

from collections.abc import Sequence

from adapters.plugins.answers.admin_pages import AdminPageDescription
from entrepot.hookspecs import Manifest
from entrepot.plugin_manifest import PluginRefused


def check_page_permissions(manifest: Manifest, pages: Sequence[AdminPageDescription]) -> None:
    """Raises `PluginRefused`: without a declared permission, no role could be given the page."""
    declared = {each.code for each in manifest.permissions}
    for page in pages:
        for permission in sorted(page.permissions - declared):
            raise PluginRefused(
                f"its admin page “{page.code}” needs the permission “{permission}”: "
                "declare it in the manifest"
            )
