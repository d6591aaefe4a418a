"""A rework order names the order whose work it mends."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Orders known before mend nothing."""
    op.add_column("order_progress", sa.Column("parent_order_id", sa.Uuid, nullable=True))
    op.create_foreign_key(
        "order_progress_parent_order_id_fkey", "order_progress", "order_progress", ["parent_order_id"], ["order_id"]
    )
    op.create_index("order_progress_parent_order_id_idx", "order_progress", ["parent_order_id"])


def downgrade() -> None:
    """Reworks stay orders of their own."""
    op.drop_column("order_progress", "parent_order_id")
