"""A claim holds the money of the provider it is against: who came instead of one that did not is paid."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

OPEN = "('CREATED', 'UNDER_INVESTIGATION', 'VALIDATED')"


def upgrade() -> None:
    """A claim against nobody in particular holds it as before."""
    _functions(
        of_payment="AND (provider_id IS NULL OR provider_id = NEW.provider_id)",
        of_claim="AND (NEW.provider_id IS NULL OR provider_id = NEW.provider_id)",
    )


def downgrade() -> None:
    """Any claim of the order holds it."""
    _functions(of_payment="", of_claim="")


def _functions(*, of_payment: str, of_claim: str) -> None:
    op.execute(
        f"""CREATE OR REPLACE FUNCTION payment_needs_acceptance() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT FROM wcfs WHERE id = NEW.wcf_id AND order_id = NEW.order_id
                           AND state IN ('SIGNED_NO_RESERVES', 'RESOLVED', 'FORCED')) THEN
                RAISE EXCEPTION 'the payment of order % needs an accepted closing form', NEW.order_id
                    USING ERRCODE = 'restrict_violation';
            END IF;
            IF EXISTS (SELECT FROM claims WHERE order_id = NEW.order_id AND state IN {OPEN} {of_payment}) THEN
                RAISE EXCEPTION 'the payment of order % is held by a claim', NEW.order_id
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$"""
    )
    op.execute(
        f"""CREATE OR REPLACE FUNCTION claim_stops_payment() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM provider_payments WHERE order_id = NEW.order_id
                       AND state IN ('AUTHORIZED', 'REQUESTED') {of_claim}) THEN
                RAISE EXCEPTION 'the claim % has to hold the payment of order %', NEW.id, NEW.order_id
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NULL;
        END $$"""
    )
