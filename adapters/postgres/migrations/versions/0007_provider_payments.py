"""Providers are paid: pro formas, payments, and I7 held by triggers."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Providers known before bill by self-billing and get their supplier number from the ERP's master data."""
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.cursor().execute(statements)  # through the driver: it has % in it


def downgrade() -> None:
    """Payments that were announced stay announced in the ERP."""
    op.execute("DROP TRIGGER claim_stops_payment ON claims; DROP TABLE provider_payments, pro_formas")
    op.execute("DROP FUNCTION payment_needs_acceptance(), claim_stops_payment()")
    op.execute(
        "ALTER TABLE providers DROP COLUMN billing_model, DROP COLUMN supplier_number, DROP COLUMN supplier_site"
    )
