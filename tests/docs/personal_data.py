"""Renders the columns with personal data: `python -m tests.docs.personal_data`."""

from pathlib import Path

from adapters.database.privacy.shop_records import fields
from core.domain.privacy.inventory import Pii

PAGE = Path(__file__).parents[2] / "docs" / "auditor" / "personal-data.md"

INTRODUCTION = """\
# Personal data

This page is generated from the declarations of the columns. Every other column declares the
reason why it holds no personal data. The legal basis and the retention of each purpose:
[privacy](privacy.md).

| column | kind | data subject | purpose | when erased | in the bundle | encrypted |
|---|---|---|---|---|---|---|
"""


def rendered() -> str:
    rows = [
        f"| `{each.place}` | {pii.category} | {pii.data_subject} | {pii.purpose} |"
        f" {pii.on_erase} | {'yes' if pii.export else pii.reason} |"
        f" {'yes' if pii.encrypted else 'no'} |"
        for each in sorted(fields(), key=lambda field: field.place)
        if isinstance(pii := each.classification, Pii)
    ]
    return INTRODUCTION + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(rendered(), encoding="utf-8")
