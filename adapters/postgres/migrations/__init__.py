"""Schema migrations (Alembic). They run as the owner of the database; workers only ever get `field_service_rw`."""
