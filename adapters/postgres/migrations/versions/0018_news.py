"""Quotes of sellers, and a catalogue that is told by events: when each was told, so that older news changes nothing."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

CREATE = """
CREATE TABLE pre_estimations (
    id TEXT NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    value NUMERIC(12, 2) NOT NULL,
    currency TEXT NOT NULL,
    confidence TEXT NOT NULL,
    categories JSONB NOT NULL,
    notes TEXT,
    valid_until DATE,
    told_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pre_estimations_pkey PRIMARY KEY (id, country_code, bu_code)
);
ALTER TABLE service_catalogue ADD told_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE service_catalogue ADD deprecated BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE service_catalogue ADD requires_tv BOOLEAN;
ALTER TABLE service_catalogue ADD names JSONB DEFAULT '{}' NOT NULL;
"""


def upgrade() -> None:
    """Services of before were told by nobody: the first news replaces them."""
    op.execute(CREATE)


def downgrade() -> None:
    """Quotes are lost; services stay as they were told last."""
    op.execute("ALTER TABLE service_catalogue DROP told_at, DROP deprecated, DROP requires_tv, DROP names")
    op.execute("DROP TABLE pre_estimations")
