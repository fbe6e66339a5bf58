"""Alembic environment: migrations run on the connection that `upgrade` opened.

The attributes have the tables and the version table of a plugin, if its migrations run.
"""

from alembic import context

from adapters.database.migration import is_ours
from adapters.database.tables import metadata

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes.get("metadata", metadata),
    include_object=attributes.get("include_object", is_ours),
    version_table=attributes.get("version_table", "alembic_version"),
    on_version_apply=attributes.get("on_version_apply"),
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
