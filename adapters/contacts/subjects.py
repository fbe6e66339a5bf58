"""The data subject that staff enter as an id, an email address or a phone number."""

from uuid import UUID

from adapters.contacts.normalisation import contact_or_text
from core.domain.privacy.records import Subject


def subject_named(person: str) -> Subject:
    """Return the data subject of a customer id, an email address or a mobile number.

    The caller has verified that the contact belongs to the person.
    """
    try:
        return Subject(customers=frozenset({UUID(person)}))
    except ValueError:
        return Subject(contacts=frozenset({contact_or_text(person)}))
