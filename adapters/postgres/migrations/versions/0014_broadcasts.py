"""One question to several providers, the first yes wins; a visit may not be planned before a day."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """The rights of the workers' group come by default privileges."""
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("visit_id", sa.Uuid, sa.ForeignKey("visits.id"), nullable=False),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("service_orders.id"), nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("bu_code", sa.String(50), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("max_providers", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("winning_offer_id", sa.Uuid),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.CheckConstraint("state IN ('ACTIVE', 'CLOSED', 'EXPIRED')", name="broadcasts_state_check"),
        sa.CheckConstraint("(state = 'CLOSED') = (winning_offer_id IS NOT NULL)", name="broadcasts_winner_check"),
    )
    for column in ("visit_id", "order_id"):
        op.create_index(f"broadcasts_{column}_idx", "broadcasts", [column])
    active = sa.text("state = 'ACTIVE'")
    op.create_index("broadcasts_active", "broadcasts", ["visit_id"], unique=True, postgresql_where=active)
    op.add_column("offers", sa.Column("broadcast_id", sa.Uuid, sa.ForeignKey("broadcasts.id")))
    won = sa.text("state IN ('ACCEPTED', 'AUTO_ACCEPTED')")
    op.create_index("offers_won_once", "offers", ["broadcast_id"], unique=True, postgresql_where=won)
    op.add_column("visits", sa.Column("not_before", sa.Date))


def downgrade() -> None:
    """What was asked of several at once is lost."""
    op.drop_column("visits", "not_before")
    op.drop_index("offers_won_once", "offers")
    op.drop_column("offers", "broadcast_id")
    op.drop_table("broadcasts")
