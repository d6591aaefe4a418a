"""Go checks, exceptions with two people, contract and go status: unpaid, undelivered or unsigned is not begun."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

GO_WORDS = (
    "'PENDING', 'OK', 'NOT_OK_PAYMENT', 'NOT_OK_DELIVERY', 'NOT_OK_BOTH', 'NOT_OK_CONTRACT', "
    "'MANUALLY_OVERRIDDEN', 'NOT_NEEDED'"
)
CLEARED = "go_status IN ('OK', 'MANUALLY_OVERRIDDEN', 'NOT_NEEDED')"
SETTLED = "contract_status IN ('SIGNED', 'WAIVED', 'NOT_NEEDED')"
UNDER_WAY = "('DISPATCHED', 'IN_PROGRESS', 'ON_HOLD')"

TABLES = """
CREATE TABLE go_checks (
    id UUID NOT NULL,
    visit_id UUID NOT NULL,
    order_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    run INTEGER NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    contract_status TEXT NOT NULL,
    payment_status TEXT NOT NULL,
    delivery_status TEXT NOT NULL,
    result TEXT NOT NULL,
    open_products JSONB NOT NULL,
    reasons JSONB NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT go_checks_pkey PRIMARY KEY (id),
    CONSTRAINT go_checks_visit_id_fkey FOREIGN KEY(visit_id) REFERENCES visits (id),
    CONSTRAINT go_checks_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id),
    CONSTRAINT go_checks_visit_id_run_key UNIQUE (visit_id, run)
);
CREATE INDEX go_checks_order_id_idx ON go_checks (order_id);
CREATE INDEX go_checks_visit_id_idx ON go_checks (visit_id);

CREATE TABLE overrides (
    id UUID NOT NULL,
    order_id UUID NOT NULL,
    visit_id UUID,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    gate TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    justification TEXT NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    urgency TEXT,
    evidence TEXT,
    state TEXT NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT overrides_pkey PRIMARY KEY (id),
    CONSTRAINT overrides_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id),
    CONSTRAINT overrides_visit_id_fkey FOREIGN KEY(visit_id) REFERENCES visits (id),
    CONSTRAINT overrides_gate_check CHECK (gate IN ('GO', 'CONTRACT', 'WCF', 'CANCEL')),
    CONSTRAINT overrides_state_check CHECK (state IN ('PENDING', 'APPROVED', 'REJECTED')),
    CONSTRAINT overrides_justification_check CHECK (char_length(justification) >= 20),
    CONSTRAINT overrides_two_people_check CHECK (decided_by IS NULL OR decided_by <> requested_by),
    CONSTRAINT overrides_decided_check CHECK ((state = 'PENDING') = (decided_by IS NULL))
);
CREATE INDEX overrides_order_id_idx ON overrides (order_id);
"""

# A contract stands with the order, its visits elsewhere: what a check constraint cannot see, a trigger does.
SIGNED_BEFORE_ENTRY = """
CREATE FUNCTION visits_signed_before_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM order_progress WHERE order_id = NEW.order_id AND contract_status IN ('SIGNED', 'WAIVED', 'NOT_NEEDED')
    ) THEN
        RAISE EXCEPTION 'visit % is entered without a contract that is signed or waived', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'visits_signed_check';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER visits_signed BEFORE INSERT OR UPDATE OF state ON visits FOR EACH ROW
    WHEN (NEW.state = 'ON_SITE' AND NEW.kind <> 'TECHNICAL_VISIT') EXECUTE FUNCTION visits_signed_before_entry();
"""


def upgrade() -> None:
    """Work that is under way was let in by the rules of its time."""
    op.execute("ALTER TABLE order_progress ADD go_status TEXT DEFAULT 'PENDING' NOT NULL")
    op.execute("ALTER TABLE order_progress ADD contract_status TEXT DEFAULT 'NOT_NEEDED' NOT NULL")
    op.execute("ALTER TABLE order_progress ADD status_details JSONB DEFAULT '{}' NOT NULL")
    op.execute("ALTER TABLE visits ADD go_status TEXT DEFAULT 'PENDING' NOT NULL")
    op.execute(f"UPDATE order_progress SET go_status = 'NOT_NEEDED' WHERE state IN {UNDER_WAY}")
    op.execute("UPDATE visits SET go_status = 'NOT_NEEDED' WHERE state IN ('READY', 'ON_SITE')")
    op.execute(
        f"ALTER TABLE order_progress ADD CONSTRAINT order_progress_go_status_check CHECK (go_status IN ({GO_WORDS}))"
    )
    op.execute(
        "ALTER TABLE order_progress ADD CONSTRAINT order_progress_contract_status_check"
        " CHECK (contract_status IN ('NOT_NEEDED', 'PENDING', 'SIGNED', 'WAIVED', 'REFUSED'))"
    )
    op.execute(
        f"ALTER TABLE order_progress ADD CONSTRAINT order_progress_entry_check"
        f" CHECK (state NOT IN {UNDER_WAY} OR ({CLEARED} AND {SETTLED}))"
    )
    op.execute(f"ALTER TABLE visits ADD CONSTRAINT visits_go_status_check CHECK (go_status IN ({GO_WORDS}))")
    op.execute(f"ALTER TABLE visits ADD CONSTRAINT visits_entry_check CHECK (state <> 'ON_SITE' OR {CLEARED})")
    op.execute(TABLES)
    op.execute(SIGNED_BEFORE_ENTRY)


def downgrade() -> None:
    """Takes the rules away with their columns."""
    op.execute("DROP TRIGGER visits_signed ON visits")
    op.execute("DROP FUNCTION visits_signed_before_entry")
    op.execute("DROP TABLE overrides, go_checks")
    op.execute("ALTER TABLE visits DROP go_status CASCADE")
    op.execute("ALTER TABLE order_progress DROP go_status CASCADE, DROP contract_status CASCADE, DROP status_details")
