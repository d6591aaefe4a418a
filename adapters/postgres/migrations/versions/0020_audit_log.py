"""The audit log: added to, never changed; entries go after seven years and not before, whoever asks."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

CREATE = """
CREATE TABLE audit_log (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    who TEXT NOT NULL,
    roles TEXT NOT NULL,
    what TEXT NOT NULL,
    about TEXT,
    order_id UUID,
    country_code VARCHAR(2),
    bu_code VARCHAR(50),
    allowed BOOLEAN NOT NULL,
    reason TEXT,
    CONSTRAINT audit_log_pkey PRIMARY KEY (seq)
);
CREATE INDEX audit_log_by_time ON audit_log (at);
CREATE INDEX audit_log_by_order ON audit_log (order_id) WHERE order_id IS NOT NULL;
CREATE FUNCTION keep_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '7 years' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is kept for seven years as it was written' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_log_is_kept BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION keep_audit_log();
CREATE TRIGGER audit_log_is_not_emptied BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_log();
CREATE FUNCTION forget_audit() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM audit_log WHERE seq IN (
        SELECT seq FROM audit_log WHERE at < now() - interval '7 years' ORDER BY at LIMIT 5000) RETURNING 1)
    SELECT count(*) FROM gone
$$;
"""


def upgrade() -> None:
    """What happened before is in the orders' timelines."""
    op.get_bind().connection.cursor().execute(CREATE)


def downgrade() -> None:
    """What was logged is lost."""
    op.execute("DROP TABLE audit_log")
    op.execute("DROP FUNCTION keep_audit_log(), forget_audit()")
