"""Rights of the group role that dynamic users inherit. The audit may be read and added to, never changed."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GROUP = "field_service_rw"
# Reading the catalogue of migrations lets `fsm check` say that the schema is behind.
READ_ONLY = ("alembic_version",)
APPEND_ONLY = ("order_events", "issued_numbers")


def upgrade() -> None:
    """Makes the group when an administrator did not, and grants what the workers need."""
    op.execute(
        f"""DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{GROUP}') THEN CREATE ROLE {GROUP} NOLOGIN; END IF;
        END $$"""
    )
    op.execute(f"GRANT USAGE ON SCHEMA public TO {GROUP}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {GROUP}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {GROUP}")
    op.execute(f"REVOKE UPDATE ON {', '.join(APPEND_ONLY)} FROM {GROUP}")
    op.execute(f"REVOKE INSERT, UPDATE ON {', '.join(READ_ONLY)} FROM {GROUP}")
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE ON TABLES TO {GROUP}")
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {GROUP}")


def downgrade() -> None:
    """Takes the rights back; the role stays, because users may be members of it."""
    op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {GROUP}")
    op.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {GROUP}")
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {GROUP}")
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {GROUP}")
