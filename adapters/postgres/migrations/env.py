"""Alembic's way in: one transaction over the connection that `migrate` opened."""

from alembic import context

from adapters.postgres.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
