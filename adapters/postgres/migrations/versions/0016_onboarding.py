"""Providers apply, hand in documents that end, and move between states; messages may be about a provider alone."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATES = "REGISTERED ACTIVE UNAVAILABLE SUSPENDED DEACTIVATED"
MOVES = {
    "REGISTERED": "ACTIVE",
    "ACTIVE": "UNAVAILABLE SUSPENDED DEACTIVATED",
    "UNAVAILABLE": "ACTIVE",
    "SUSPENDED": "ACTIVE DEACTIVATED",
}
CREATE = """
ALTER TABLE providers ADD type TEXT DEFAULT 'COMPANY' NOT NULL;
ALTER TABLE providers ADD version INTEGER DEFAULT 1 NOT NULL;
ALTER TABLE providers ADD CONSTRAINT providers_type_check CHECK (type IN ('COMPANY', 'INDEPENDENT'));
CREATE TABLE provider_applications (
    id UUID NOT NULL,
    number TEXT NOT NULL,
    provider_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT provider_applications_pkey PRIMARY KEY (id),
    CONSTRAINT provider_applications_number_key UNIQUE (number),
    CONSTRAINT provider_applications_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id),
    CONSTRAINT provider_applications_state_check CHECK (state IN ('OPEN', 'ACTIVATED', 'DECLINED', 'DROPPED'))
);
CREATE INDEX provider_applications_provider_id_idx ON provider_applications (provider_id);
CREATE UNIQUE INDEX provider_applications_open ON provider_applications (provider_id) WHERE state = 'OPEN';
CREATE TABLE provider_documents (
    id UUID NOT NULL,
    provider_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    kind TEXT NOT NULL,
    team_id UUID,
    reference TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    pages INTEGER NOT NULL,
    valid_until DATE,
    state TEXT NOT NULL,
    stage TEXT NOT NULL,
    looked_at DATE,
    reviewed_by TEXT,
    reviewed_at TIMESTAMP WITH TIME ZONE,
    remarks TEXT,
    uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT provider_documents_pkey PRIMARY KEY (id),
    CONSTRAINT provider_documents_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id),
    CONSTRAINT provider_documents_team_id_fkey FOREIGN KEY (team_id) REFERENCES work_teams (id),
    CONSTRAINT provider_documents_state_check
        CHECK (state IN ('UPLOADED', 'APPROVED', 'REJECTED', 'SUPERSEDED', 'EXPIRED')),
    CONSTRAINT provider_documents_stage_check CHECK (stage IN ('NONE', 'WARNED', 'REVIEWED', 'ENDED'))
);
CREATE INDEX provider_documents_provider_id_idx ON provider_documents (provider_id);
CREATE INDEX provider_documents_end ON provider_documents (valid_until) WHERE state = 'APPROVED';
CREATE TABLE provider_moves (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    provider_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    source TEXT,
    target TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT provider_moves_pkey PRIMARY KEY (seq),
    CONSTRAINT provider_moves_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id)
);
CREATE INDEX provider_moves_provider_id_idx ON provider_moves (provider_id);
REVOKE UPDATE ON provider_moves FROM field_service_rw;
ALTER TABLE notifications ALTER order_id DROP NOT NULL;
ALTER TABLE notifications ADD CONSTRAINT notifications_about_check
    CHECK (order_id IS NOT NULL OR provider_id IS NOT NULL);
ALTER TABLE stores ADD name TEXT;
"""


def upgrade() -> None:
    """Providers of before are companies, under contract and with their papers as they are marked."""
    op.execute(CREATE)
    known = ", ".join(f"'{state}'" for state in STATES.split())
    pairs = ", ".join(f"('{source}', '{target}')" for source in MOVES for target in MOVES[source].split())
    op.execute(f"ALTER TABLE providers ADD CONSTRAINT providers_status_check CHECK (status IN ({known}))")
    op.execute(
        f"""CREATE FUNCTION providers_moves() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (OLD.status, NEW.status) NOT IN ({pairs}) THEN
                RAISE EXCEPTION '% does not move from % to %', TG_TABLE_NAME, OLD.status, NEW.status
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'providers_moves_check';
            END IF;
            RETURN NEW;
        END $$"""
    )
    op.execute(
        "CREATE TRIGGER providers_moves BEFORE UPDATE OF status ON providers FOR EACH ROW"
        " WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION providers_moves()"
    )


def downgrade() -> None:
    """Applications and documents are lost, and what was told to providers without an order."""
    op.execute("DROP TRIGGER providers_moves ON providers")
    op.execute("DROP FUNCTION providers_moves")
    op.execute("ALTER TABLE providers DROP CONSTRAINT providers_status_check")
    op.execute("ALTER TABLE stores DROP name")
    op.execute("DELETE FROM notifications WHERE order_id IS NULL")
    op.execute("ALTER TABLE notifications DROP CONSTRAINT notifications_about_check, ALTER order_id SET NOT NULL")
    op.execute("DROP TABLE provider_moves, provider_documents, provider_applications")
    op.execute("ALTER TABLE providers DROP type, DROP version")
