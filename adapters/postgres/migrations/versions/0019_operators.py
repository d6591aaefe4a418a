"""Operators, and the human tasks they do: priority, time, levels, who decided what and why."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
TENANT = (("country_code", sa.String(2)), ("bu_code", sa.String(50)))


def upgrade() -> None:
    """Tasks that were open before are not mirrored; those that open from now on are."""
    op.create_table(
        "operators",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("login", sa.Text, nullable=False),
        *(sa.Column(name, kind, nullable=False) for name, kind in TENANT),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("grade", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("language", "email", "phone")),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("present_until", INSTANT),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.UniqueConstraint("login", "country_code", "role", name="operators_login_country_code_role_key"),
        sa.CheckConstraint("grade IN ('MEMBER', 'SENIOR', 'LEAD', 'MANAGER')", name="operators_grade_check"),
    )
    op.create_table(
        "operator_tasks",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_task_key", sa.BigInteger, nullable=False),
        sa.Column("element_instance_key", sa.BigInteger, nullable=False),
        sa.Column("process_instance_key", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("process_id", "element_id", "type", "role")),
        *(sa.Column(name, kind, nullable=False) for name, kind in TENANT),
        sa.Column(
            "order_id", sa.Uuid, sa.ForeignKey("service_orders.id", name="operator_tasks_order_id_fkey"), nullable=True
        ),
        sa.Column("state", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("priority", "assignee")),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT),
        sa.Column("marks", JSONB, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("paused_at", INSTANT),
        sa.Column("paused_seconds", sa.Integer, nullable=False),
        sa.Column("closed_at", INSTANT),
        *(sa.Column(name, sa.Text) for name in ("closed_by", "decision", "resolution_notes")),
        sa.Column("within_sla", sa.Boolean),
        sa.Column("history", JSONB, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.CheckConstraint(
            "state IN ('OPEN', 'ASSIGNED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED')", name="operator_tasks_state_check"
        ),
        sa.CheckConstraint("level BETWEEN 0 AND 3", name="operator_tasks_level_check"),
        sa.CheckConstraint(
            "(state IN ('COMPLETED', 'CANCELLED')) = (closed_at IS NOT NULL)", name="operator_tasks_closed_check"
        ),
    )
    op.create_index("operator_tasks_order_id_idx", "operator_tasks", ["order_id"])
    op.create_index("operator_tasks_user_task_key_idx", "operator_tasks", ["user_task_key"])
    op.create_index(
        "operator_tasks_open_idx", "operator_tasks", ["assignee"], postgresql_where=sa.text("closed_at IS NULL")
    )


def downgrade() -> None:
    """Who decided what stays in the timelines of orders; levels and times are lost."""
    op.drop_table("operator_tasks")
    op.drop_table("operators")
