"""Contracts of customers and providers, who signs them for us, and agreements about them."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATES = "'DRAFT', 'PENDING_SIGNATURE', 'SIGNED', 'DECLINED', 'EXPIRED', 'VOIDED', 'WAIVED', 'SUPERSEDED'"
CREATE = f"""
CREATE TABLE signatories (
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    CONSTRAINT signatories_pkey PRIMARY KEY (country_code, bu_code)
);
CREATE TABLE contracts (
    id UUID NOT NULL,
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    order_id UUID,
    provider_id UUID,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    template TEXT NOT NULL,
    bundle JSONB NOT NULL,
    document_ref TEXT,
    sha256 TEXT,
    scan_ref TEXT,
    agreement_id TEXT,
    state TEXT NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    signed_at TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT contracts_pkey PRIMARY KEY (id),
    CONSTRAINT contracts_number_key UNIQUE (number),
    CONSTRAINT contracts_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id),
    CONSTRAINT contracts_provider_id_fkey FOREIGN KEY(provider_id) REFERENCES providers (id),
    CONSTRAINT contracts_kind_check CHECK (kind IN ('CUSTOMER_CONTRACT', 'PROVIDER_CONTRACT')),
    CONSTRAINT contracts_state_check CHECK (state IN ({STATES})),
    CONSTRAINT contracts_party_check CHECK ((order_id IS NULL) <> (provider_id IS NULL))
);
CREATE INDEX contracts_order_id_idx ON contracts (order_id);
CREATE INDEX contracts_provider_id_idx ON contracts (provider_id);
ALTER TABLE agreements ALTER order_id DROP NOT NULL;
ALTER TABLE agreements ADD contract_id UUID CONSTRAINT agreements_contract_id_fkey REFERENCES contracts (id);
ALTER TABLE agreements ADD CONSTRAINT agreements_state_check CHECK (state IN ({STATES}));
"""


def upgrade() -> None:
    """What was sent before was a closing form."""
    op.execute(CREATE)


def downgrade() -> None:
    """Contracts go, their signed documents stay in the store."""
    op.execute("DELETE FROM agreements WHERE contract_id IS NOT NULL")
    op.execute("ALTER TABLE agreements DROP CONSTRAINT agreements_state_check, DROP contract_id")
    op.execute("ALTER TABLE agreements ALTER order_id SET NOT NULL")
    op.execute("DROP TABLE contracts, signatories")
