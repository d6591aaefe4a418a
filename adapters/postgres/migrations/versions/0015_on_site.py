"""What a team reports when it arrives, and when it pauses: kept with the execution, never in the process."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Executions of before have neither."""
    op.add_column("executions", sa.Column("arrival", JSONB(none_as_null=True)))
    op.add_column("executions", sa.Column("pauses", JSONB, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Positions, hazards and pauses are lost."""
    op.drop_column("executions", "pauses")
    op.drop_column("executions", "arrival")
