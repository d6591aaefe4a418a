"""The ledger of messages: from the decision to send to the last receipt; channels that are not to be used."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
STATUSES = "'deferred', 'sent', 'sent-before', 'refused', 'not-needed', 'delivered', 'read', 'undelivered', 'expired', 'rejected'"
# Column -> its value in rows that were there before.
TEXTS = {"group_id": "id", "notice": "'APPOINTMENT'", "role": "'ops'", "address_key": "''"}
INSTANTS = {"created_at": "sent_at", "updated_at": "sent_at"}
REFERENCES = ("visit_id", "offer_id", "wcf_id", "negotiation_id", "provider_id")
NEW = (
    *TEXTS,
    *INSTANTS,
    "due_at",
    "only_if_unread",
    "keep_one",
    "spares",
    *REFERENCES,
    "agreement_id",
    "details",
    "version",
)


def upgrade() -> None:
    """Messages sent before count as sent, each for itself."""
    for kind, columns in ((sa.Text(), TEXTS), (INSTANT, INSTANTS)):
        for name, before in columns.items():
            op.add_column("notifications", sa.Column(name, kind, nullable=True))
            op.execute(f"UPDATE notifications SET {name} = {before}")
            op.alter_column("notifications", name, nullable=False)
    for name in ("only_if_unread", "keep_one"):
        op.add_column("notifications", sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
        op.alter_column("notifications", name, server_default=None)
    for name, empty in (("spares", "[]"), ("details", "{}")):
        op.add_column("notifications", sa.Column(name, JSONB, nullable=False, server_default=empty))
        op.alter_column("notifications", name, server_default=None)
    op.add_column("notifications", sa.Column("due_at", INSTANT, nullable=True))
    op.add_column("notifications", sa.Column("agreement_id", sa.Text, nullable=True))
    for name in REFERENCES:
        op.add_column("notifications", sa.Column(name, sa.Uuid, nullable=True))
    op.add_column("notifications", sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    op.alter_column("notifications", "sent_at", nullable=True)
    op.create_check_constraint("notifications_status_check", "notifications", f"status IN ({STATUSES})")
    op.create_index("notifications_group_id_idx", "notifications", ["group_id"])
    op.create_index("notifications_address_key_idx", "notifications", ["address_key"])
    op.create_index(
        "notifications_message_id_idx", "notifications", ["message_id"], postgresql_where=sa.text("message_id <> ''")
    )
    op.create_table(
        "suppressions",
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("address_key", sa.Text, primary_key=True),
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("bu_code", sa.String(50), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("noted_at", INSTANT, nullable=False),
        sa.CheckConstraint("scope IN ('ALL', 'SURVEY')", name="suppressions_scope_check"),
        sa.CheckConstraint("reason IN ('OPTED_OUT', 'BOUNCED')", name="suppressions_reason_check"),
    )


def downgrade() -> None:
    """What was deferred and never sent is forgotten."""
    op.drop_table("suppressions")
    op.drop_index("notifications_address_key_idx", "notifications")
    op.drop_index("notifications_message_id_idx", "notifications")
    op.drop_index("notifications_group_id_idx", "notifications")
    op.drop_constraint("notifications_status_check", "notifications")
    op.execute("DELETE FROM notifications WHERE sent_at IS NULL")
    op.alter_column("notifications", "sent_at", nullable=False)
    for name in NEW:
        op.drop_column("notifications", name)
