"""Statements that change quotas. Each checks in its WHERE that enough is left."""

from typing import Any

from sqlalchemy import and_, bindparam, delete, or_, select, update

from adapters.database.tables.claims import claims, quota_uses, quotas

UNITS: Any = bindparam("units")
_most: Any = bindparam("most")

COUNTER = (quotas.c.key == bindparam("of_key"), quotas.c.shard == bindparam("of_shard"))

TAKE = (
    update(quotas)
    .where(*COUNTER, quotas.c.taken + UNITS <= _most)
    .values({"taken": quotas.c.taken + UNITS, "limit": _most})
)

TAKE_AGAIN = (
    update(quotas)
    .where(*COUNTER, quotas.c.taken + UNITS <= quotas.c.limit)
    .values(taken=quotas.c.taken + UNITS)
)

GIVE_BACK = update(quotas).where(*COUNTER).values(taken=quotas.c.taken - UNITS)

TAKEN = select(quotas.c.shard, quotas.c.taken).where(quotas.c.key == bindparam("of_key"))

OF_PERSON = (quota_uses.c.key == bindparam("of_key"), quota_uses.c.person == bindparam("of_person"))

USE = (
    update(quota_uses)
    .where(*OF_PERSON, quota_uses.c.taken + UNITS <= _most)
    .values(taken=quota_uses.c.taken + UNITS)
    .returning(quota_uses.c.id)
)

USED = select(quota_uses.c.taken).where(*OF_PERSON)

USE_AGAIN = (
    update(quota_uses)
    .where(quota_uses.c.id == bindparam("of_use"), quota_uses.c.taken + UNITS <= _most)
    .values(taken=quota_uses.c.taken + UNITS)
)

GIVE_USE_BACK = (
    update(quota_uses)
    .where(quota_uses.c.id == bindparam("of_use"))
    .values(taken=quota_uses.c.taken - UNITS)
)

OF_ORDER = claims.c.order_id == bindparam("of_order")

DELETE_CLAIMS = delete(claims).where(OF_ORDER)

TAKE_CLAIMS = update(claims).where(OF_ORDER, claims.c.state == "held").values(state="taken")

RELEASE_CLAIMS = (
    update(claims)
    .where(
        OF_ORDER,
        or_(
            claims.c.state == "held",
            and_(
                claims.c.state == "taken",
                claims.c.give_back.in_(bindparam("given_back", expanding=True)),
            ),
        ),
    )
    .values(state="released")
    .returning(*claims.c)
)

CLAIM_AGAIN = (
    update(claims)
    .where(OF_ORDER, claims.c.state == "released")
    .values(state="taken")
    .returning(*claims.c)
)
