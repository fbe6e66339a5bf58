"""Renders the permissions into the documentation: `python -m tests.docs.permissions`."""

import importlib
from pathlib import Path

from core.domain.permission_areas import SHOP_PERMISSIONS

PAGE = Path(__file__).parents[2] / "docs" / "operator" / "permissions.md"
MIGRATION = importlib.import_module("adapters.database.migrations.versions.0016_roles")

INTRODUCTION = """\
# Permissions

This page is generated from `core/domain/shop_permissions.py`. The columns show what the built-in
roles have at first; a shop can change it (see [roles](accounts.md#roles)).
"""
HEAD = """\
| permission | 中文 | English | meaning | manager | clerk | auditor |
|---|---|---|---|---|---|---|"""


def rendered() -> str:
    sections = [INTRODUCTION]
    for area in SHOP_PERMISSIONS:
        rows = []
        for each in area.permissions:
            roles = " | ".join(
                "yes" if each.code in permissions else ""
                for _code, _zh, _en, permissions in MIGRATION.BUILT_IN
            )
            label = " | ".join(each.label.in_language(language) for language in ("zh", "en"))
            meaning = each.description.in_language("en")
            rows.append(f"| `{each.code}` | {label} | {meaning} | {roles} |")
        title = area.label.in_language("en")
        sections.append("\n".join([f"## {title}\n", HEAD, *rows, ""]))
    return "\n".join(sections)


if __name__ == "__main__":
    PAGE.write_text(rendered(), encoding="utf-8")
