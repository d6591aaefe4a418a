"""Claims are investigated, decided, settled and closed; what was found speaks for or against a provider."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = (
    "number TEXT",
    "provider_id UUID",
    "cause TEXT",
    "owner TEXT",
    "impact TEXT",
    "counts BOOLEAN DEFAULT false NOT NULL",
    "compensation NUMERIC(12, 2)",
    "rework_order_id UUID",
    "decided_at TIMESTAMP WITH TIME ZONE",
    "closed_at TIMESTAMP WITH TIME ZONE",
)
CONSTRAINTS = (
    "claims_number_key UNIQUE (number)",
    "claims_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id)",
    "claims_rework_order_id_fkey FOREIGN KEY (rework_order_id) REFERENCES service_orders (id)",
    "claims_state_check CHECK (state IN ('CREATED', 'UNDER_INVESTIGATION', 'VALIDATED', 'REJECTED', 'RESOLVED', 'CLOSED'))",
)


def upgrade() -> None:
    """Claims opened before stay open until somebody investigates them."""
    op.execute("ALTER TABLE claims " + ", ".join(f"ADD COLUMN {column}" for column in COLUMNS))
    op.execute("ALTER TABLE claims " + ", ".join(f"ADD CONSTRAINT {constraint}" for constraint in CONSTRAINTS))
    op.execute("CREATE INDEX claims_provider_id_idx ON claims (provider_id)")


def downgrade() -> None:
    """Findings are lost, claims stay."""
    op.execute("ALTER TABLE claims DROP CONSTRAINT claims_state_check")
    op.execute("ALTER TABLE claims " + ", ".join(f"DROP COLUMN {column.split()[0]}" for column in COLUMNS))
