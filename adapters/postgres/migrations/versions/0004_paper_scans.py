"""A work closing form signed on paper keeps the reference of its scan."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forms signed before have none."""
    op.add_column("wcfs", sa.Column("scan_ref", sa.Text, nullable=True))


def downgrade() -> None:
    """The scans themselves stay in the document store."""
    op.drop_column("wcfs", "scan_ref")
