"""Alembic environment: migrations run on the connection that `upgrade` opened."""

from alembic import context

from adapters.database.migration import is_ours
from adapters.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=is_ours,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
