"""Effects expire: workers may remove old ones, and find them without reading the whole table."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

GROUP = "field_service_rw"


def upgrade() -> None:
    """The only table workers may delete from."""
    op.create_index("effects_by_age", "effects", ["created_at"], postgresql_using="brin")
    op.execute(f"GRANT DELETE ON effects TO {GROUP}")


def downgrade() -> None:
    """Effects are kept for good again."""
    op.execute(f"REVOKE DELETE ON effects FROM {GROUP}")
    op.drop_index("effects_by_age", "effects")
