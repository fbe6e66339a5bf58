"""Checks the fields of a plugin against its name and the privacy notice."""

from collections.abc import Collection, Iterable

from adapters.plugins.answers.fields import FieldDescription
from core.domain.privacy.inventory import Pii
from entrepot.plugin_manifest import PluginRefused


def check_fields(
    plugin: str, descriptions: Iterable[FieldDescription], purposes: Collection[str]
) -> None:
    """Raises `PluginRefused`."""
    for each in descriptions:
        if not each.code.startswith(f"{plugin}."):
            name = each.code.rpartition(".")[2]
            raise PluginRefused(f"its field “{each.code}” must be called “{plugin}.{name}”")
        personal = each.field.personal
        if isinstance(personal, Pii) and personal.purpose not in purposes:
            raise PluginRefused(
                f"its field “{each.code}” has the purpose “{personal.purpose}”, which the privacy"
                f" notice does not have: use one of {', '.join(sorted(purposes))}"
            )
