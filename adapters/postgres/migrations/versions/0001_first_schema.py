"""First schema: orders, visits, providers, closing documents, effect ledger, inbox."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Runs the SQL beside this file."""
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # Through the driver: SQLAlchemy would take the % of the trigger's message for a placeholder.
    op.get_bind().connection.cursor().execute(statements)


def downgrade() -> None:
    """There is nothing before the first schema: drop the database instead."""
    raise RuntimeError("Expected a schema to go back to, but 0001 is the first one. Drop the database instead.")
