"""What is known of people, as the documentation shows it: `python -m tests.docs.personal_data`."""

from pathlib import Path

from adapters.database.privacy.shop import fields
from core.domain.privacy.inventory import Pii

PAGE = Path(__file__).parents[2] / "docs" / "personal-data.md"

INTRODUCTION = """\
# Personal data

Rendered from what the columns say of themselves; every other column is known to hold none, and
says why. What its purpose rests on, and how long it is kept: [privacy](privacy.md).

| column | kind | whose | purpose | when erased | in the bundle | sealed |
|---|---|---|---|---|---|---|
"""


def rendered() -> str:
    rows = [
        f"| `{each.place}` | {holds.category} | {holds.whose} | {holds.purpose} |"
        f" {holds.on_erase} | {'yes' if holds.export else holds.reason} |"
        f" {'yes' if holds.sealed else 'no'} |"
        for each in sorted(fields(), key=lambda field: field.place)
        for holds in (each.holds,)
        if isinstance(holds, Pii)
    ]
    return INTRODUCTION + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(rendered(), encoding="utf-8")
