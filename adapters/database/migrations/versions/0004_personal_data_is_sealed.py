"""What is personal is sealed under a key for each person, and found by blind indexes."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from adapters.database.sealing import Sealing

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "logins",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("login_index", sa.LargeBinary(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("role", "login_index", name=op.f("pk_logins")),
    )
    op.create_index(op.f("ix_logins_owner_id"), "logins", ["owner_id"])
    sealing: Sealing | None = context.config.attributes["sealing"]
    op.execute("DELETE FROM idempotency_keys")
    people = {
        **_person_of_each("customers", ("login", "name"), sealing),
        **_person_of_each("staff", ("login", "name"), sealing),
    }
    _logins(sealing)
    _rows(sealing, people)


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")


def _person_of_each(table: str, names: tuple[str, ...], sealing: Sealing | None) -> dict[Any, Any]:
    """Customers and colleagues: a person each, and their texts sealed."""
    _add(table, names)
    bind, people = op.get_bind(), {}
    known = sa.table(table, *(sa.column(name, sa.Text()) for name in names), *_own(names))
    for row in bind.execute(sa.select(known.c.id, *(known.c[name] for name in names))).all():
        assert sealing is not None
        person = people[row.id] = sealing.new_person()
        values = {
            f"{name}_sealed": sealing.seal(person, f"{table}.{name}", row.id, getattr(row, name))
            for name in names
        }
        _update(known, row.id, {"person": person, **values})
        role = "staff" if table == "staff" else "customer"
        sealing.logins += [
            {"role": role, "login_index": index, "owner_id": row.id}
            for index in sealing.indexes("login", row.login)
        ]
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"uq_{table}_login"), type_="unique")
        for name in names:
            batch.drop_column(name)
            batch.alter_column(
                f"{name}_sealed",
                new_column_name=name,
                existing_type=sa.LargeBinary(),
                nullable=False,
            )
    op.create_index(op.f(f"ix_{table}_person"), table, ["person"])
    return people


def _logins(sealing: Sealing | None) -> None:
    if sealing is not None and sealing.logins:
        table = sa.table(
            "logins",
            sa.column("role", sa.Text()),
            sa.column("login_index", sa.LargeBinary()),
            sa.column("owner_id", sa.Uuid()),
        )
        op.get_bind().execute(sa.insert(table), sealing.logins)


def _rows(sealing: Sealing | None, people: dict[Any, Any]) -> None:
    _add("addresses", ("address",), person=False)
    _seal(sealing, "addresses", ("address",), lambda row: people[row.customer_id], person=False)
    with op.batch_alter_table("addresses") as batch:
        batch.alter_column("address", existing_type=sa.LargeBinary(), nullable=False)

    def guest(row: Any) -> Any:
        assert sealing is not None
        return people.get(row.customer_id) or sealing.new_person()

    _add("carts", ("delivery",), ("contact_index",))
    _seal(sealing, "carts", ("delivery",), guest, indexes=_of_cart)
    _add("orders", ("contact", "address"), ("contact_index", "phone_index"))
    of_order = _seal(sealing, "orders", ("contact", "address"), guest, indexes=_of_order)
    op.drop_index(op.f("ix_shipments_tracking_number"), "shipments")
    _add("shipments", ("tracking_number",), ("tracking_index",), person=False)
    _seal(
        sealing,
        "shipments",
        ("tracking_number",),
        lambda row: of_order[row.order_id],
        indexes=_of_shipment,
        person=False,
    )
    written = ("note", "answer", "tracking_number")
    _add("returns", written)
    _seal(sealing, "returns", written, lambda row: of_order[row.order_id])
    op.add_column(
        "notifications", sa.Column("reference", sa.Text(), nullable=False, server_default="")
    )
    _add("notifications", ("body",))
    _seal(sealing, "notifications", ("body",), lambda _row: sealing and sealing.new_person())
    op.create_index(op.f("ix_notifications_reference"), "notifications", ["reference"])
    op.drop_column("idempotency_keys", "body")
    op.add_column("idempotency_keys", sa.Column("body", sa.LargeBinary()))


def _of_cart(sealing: Sealing, row: Any) -> dict[str, Any]:
    contact = row.delivery["contact"] if row.delivery else ""
    return {"contact_index": sealing.index("contact", contact)}


def _of_order(sealing: Sealing, row: Any) -> dict[str, Any]:
    return {
        "contact_index": sealing.index("contact", row.contact),
        "phone_index": sealing.index("phone", row.address["phone"]),
    }


def _of_shipment(sealing: Sealing, row: Any) -> dict[str, Any]:
    return {"tracking_index": sealing.index("tracking", row.tracking_number)}


KINDS: dict[str, Any] = {
    "address": sa.JSON(),
    "delivery": sa.JSON(),
    "body": sa.LargeBinary(),
}
LINKS = {
    "addresses": ("customer_id",),
    "carts": ("customer_id",),
    "orders": ("customer_id",),
    "shipments": ("order_id",),
    "returns": ("order_id",),
}


def _add(
    table: str, names: tuple[str, ...], indexes: tuple[str, ...] = (), *, person: bool = True
) -> None:
    if person:
        op.add_column(table, sa.Column("person", sa.Uuid()))
    for name in (*(f"{name}_sealed" for name in names), *indexes):
        op.add_column(table, sa.Column(name, sa.LargeBinary()))


def _seal(
    sealing: Sealing | None,
    table: str,
    names: tuple[str, ...],
    person_of: Callable[[Any], Any],
    indexes: Callable[[Sealing, Any], dict[str, Any]] = lambda _sealing, _row: {},
    *,
    person: bool = True,
) -> dict[Any, Any]:
    """Seal some columns of each row under a person's key; who that was, by row."""
    bind, people = op.get_bind(), {}
    texts = (sa.column(name, KINDS.get(name, sa.Text())) for name in names)
    links = (sa.column(name, sa.Uuid()) for name in LINKS.get(table, ()))
    known = sa.table(table, *texts, *links, *_own(names, indexed=True))
    for row in bind.execute(
        sa.select(*(known.c[each] for each in ("id", *names, *LINKS.get(table, ()))))
    ):
        assert sealing is not None
        if table == "carts" and row.delivery is None:
            continue
        owner = people[row.id] = person_of(row)
        values = {
            f"{name}_sealed": sealing.seal(owner, f"{table}.{name}", row.id, getattr(row, name))
            for name in names
        }
        values |= indexes(sealing, row)
        _update(known, row.id, {**values, **({"person": owner} if person else {})})
    for name in names:
        op.drop_column(table, name)
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {name}_sealed TO {name}")
    for name in ("person",) * person + tuple(
        each for each in ("contact_index", "phone_index", "tracking_index") if _has(table, each)
    ):
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])
    return people


def _has(table: str, name: str) -> bool:
    return any(each["name"] == name for each in sa.inspect(op.get_bind()).get_columns(table))


def _own(names: tuple[str, ...], *, indexed: bool = False) -> list[sa.ColumnClause[Any]]:
    found: list[sa.ColumnClause[Any]] = [
        sa.column("id", sa.Uuid()),
        sa.column("person", sa.Uuid()),
    ]
    found += [sa.column(f"{name}_sealed", sa.LargeBinary()) for name in names]
    if indexed:
        for name in ("contact_index", "phone_index", "tracking_index"):
            found.append(sa.column(name, sa.LargeBinary()))
    return found


def _update(table: sa.TableClause, row: Any, values: dict[str, Any]) -> None:
    op.get_bind().execute(sa.update(table).where(table.c.id == row).values(values))
