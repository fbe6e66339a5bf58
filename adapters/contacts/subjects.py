"""The person that staff name by an id, an e-mail address or a phone number."""

from uuid import UUID

from adapters.contacts.normalisation import known_contact
from core.domain.privacy.records import Subject


def subject_named(person: str) -> Subject:
    """By customer's id, e-mail address or mobile number, which they have made sure is theirs."""
    try:
        return Subject(customers=frozenset({UUID(person)}))
    except ValueError:
        return Subject(contacts=frozenset({known_contact(person)}))
