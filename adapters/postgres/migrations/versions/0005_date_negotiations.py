"""Negotiations of dates: three rounds at most (I15), one in progress per visit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """The rights of the workers' group come by default privileges."""
    op.create_table(
        "date_negotiations",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("offer_id", sa.Uuid, sa.ForeignKey("offers.id"), nullable=False),
        sa.Column("visit_id", sa.Uuid, sa.ForeignKey("visits.id"), nullable=False),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("service_orders.id"), nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("bu_code", sa.String(50), nullable=False),
        sa.Column("original_day", sa.Date, nullable=False),
        sa.Column("original_still_possible", sa.Boolean, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("rounds", JSONB(none_as_null=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("agreed_day", sa.Date),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.CheckConstraint("jsonb_array_length(rounds) BETWEEN 1 AND 3", name="date_negotiations_rounds_check"),
        sa.CheckConstraint(
            "state IN ('IN_PROGRESS', 'AGREED', 'ESCALATED', 'CANCELLED')", name="date_negotiations_state_check"
        ),
    )
    for column in ("offer_id", "visit_id", "order_id"):
        op.create_index(f"date_negotiations_{column}_idx", "date_negotiations", [column])
    op.create_index(
        "date_negotiations_open",
        "date_negotiations",
        ["visit_id"],
        unique=True,
        postgresql_where=sa.text("state = 'IN_PROGRESS'"),
    )


def downgrade() -> None:
    """What was negotiated is lost."""
    op.drop_table("date_negotiations")
