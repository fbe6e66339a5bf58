"""What is left of offers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import LargeBinary, Text, bindparam, func, literal, select, union_all

from adapters.database.claims.persons import person_index
from adapters.database.engine import Database
from adapters.database.tables.claims import quota_uses, quotas
from core.domain.claims import Claim
from ports.claims import Left
from ports.encryption import Encryption

_keys = bindparam("keys", expanding=True, type_=Text)
_persons = bindparam("persons", expanding=True, type_=LargeBinary)

TAKEN = union_all(
    select(quotas.c.key, literal(b"", LargeBinary).label("person"), func.sum(quotas.c.taken))
    .where(quotas.c.key.in_(_keys))
    .group_by(quotas.c.key),
    select(quota_uses.c.key, quota_uses.c.person, quota_uses.c.taken).where(
        quota_uses.c.key.in_(_keys), quota_uses.c.person.in_(_persons)
    ),
)


@dataclass(frozen=True, slots=True)
class SqlClaimsLeft:
    """`ports.claims.ClaimsLeft`."""

    database: Database
    vault: Encryption

    async def __call__(self, claims: Sequence[Claim]) -> Left:
        persons = {each.person: person_index(self.vault, each.person) for each in claims}
        values = {"keys": [each.quota for each in claims], "persons": list(persons.values())}
        taken: Counter[tuple[str, bytes]] = Counter()
        async with self.database.reads.connect() as connection:
            for key, person, units in await connection.execute(TAKEN, values):
                taken[key, bytes(person)] = int(units)
        left: dict[tuple[str, str], int] = {}
        for claim in claims:
            for most, person, index in (
                (claim.limit, "", b""),
                (claim.per_person, claim.person, persons[claim.person]),
            ):
                if most is not None:
                    rest = max(most - taken[claim.quota, index], 0)
                    left[claim.quota, person] = min(rest, left.get((claim.quota, person), rest))
        return left
