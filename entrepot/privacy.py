"""The public API for plugins that store personal data.

It has the port `PersonalDataProvider` with the values that it uses: the inventory of stored fields,
the records that it exports and the outcomes of an erasure. Importing it loads only the standard
library.
"""

from core.domain.privacy.inventory import (
    Category,
    Field,
    NotPersonal,
    OnErase,
    Pii,
    Store,
)
from core.domain.privacy.records import (
    Decision,
    ErasureFinding,
    Outcome,
    Page,
    Record,
    Subject,
)
from ports.privacy.data_providers import PersonalDataProvider, Rectification, Restriction, Retention

__all__ = [
    "Category",
    "Decision",
    "ErasureFinding",
    "Field",
    "NotPersonal",
    "OnErase",
    "Outcome",
    "Page",
    "PersonalDataProvider",
    "Pii",
    "Record",
    "Rectification",
    "Restriction",
    "Retention",
    "Store",
    "Subject",
]
