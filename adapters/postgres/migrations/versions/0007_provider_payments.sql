ALTER TABLE providers
    ADD COLUMN billing_model TEXT DEFAULT 'SELF_BILLING' NOT NULL,
    ADD COLUMN supplier_number TEXT,
    ADD COLUMN supplier_site TEXT;

CREATE TABLE pro_formas (
    id UUID NOT NULL,
    number TEXT NOT NULL,
    order_id UUID NOT NULL,
    provider_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    lines JSONB NOT NULL,
    vat_percent NUMERIC(5, 2) NOT NULL,
    due_days INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    contest JSONB,
    explanation TEXT,
    sent_at TIMESTAMP WITH TIME ZONE,
    answered_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pro_formas_pkey PRIMARY KEY (id),
    CONSTRAINT pro_formas_number_key UNIQUE (number),
    CONSTRAINT pro_formas_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id),
    CONSTRAINT pro_formas_provider_id_fkey FOREIGN KEY(provider_id) REFERENCES providers (id),
    CONSTRAINT pro_formas_state_check CHECK (state IN ('DRAFT', 'SENT', 'SIGNED', 'CONTESTED', 'VOID'))
);

CREATE INDEX pro_formas_order_id_idx ON pro_formas (order_id);

CREATE TABLE provider_payments (
    id UUID NOT NULL,
    order_id UUID NOT NULL,
    provider_id UUID NOT NULL,
    wcf_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    amount NUMERIC(12, 2) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    state TEXT NOT NULL,
    hold_reason TEXT,
    supplier_site TEXT,
    tax_code TEXT,
    account TEXT,
    erp_invoice_id TEXT,
    requested_at TIMESTAMP WITH TIME ZONE,
    due_on DATE,
    paid_at TIMESTAMP WITH TIME ZONE,
    reference TEXT,
    failure TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT provider_payments_pkey PRIMARY KEY (id),
    CONSTRAINT provider_payments_order_id_key UNIQUE (order_id),
    CONSTRAINT provider_payments_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id),
    CONSTRAINT provider_payments_provider_id_fkey FOREIGN KEY(provider_id) REFERENCES providers (id),
    CONSTRAINT provider_payments_wcf_id_fkey FOREIGN KEY(wcf_id) REFERENCES wcfs (id),
    CONSTRAINT provider_payments_state_check CHECK (state IN ('HELD', 'AUTHORIZED', 'REQUESTED', 'PAID', 'FAILED')),
    CONSTRAINT provider_payments_amount_check CHECK (amount >= 0)
);

-- I7: a payment is on its way only with an accepted closing form of its order, and not while a claim holds it.
CREATE FUNCTION payment_needs_acceptance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM wcfs WHERE id = NEW.wcf_id AND order_id = NEW.order_id
                   AND state IN ('SIGNED_NO_RESERVES', 'RESOLVED', 'FORCED')) THEN
        RAISE EXCEPTION 'the payment of order % needs an accepted closing form', NEW.order_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM claims WHERE order_id = NEW.order_id
               AND state IN ('CREATED', 'UNDER_INVESTIGATION', 'VALIDATED')) THEN
        RAISE EXCEPTION 'the payment of order % is held by a claim', NEW.order_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payment_needs_acceptance BEFORE INSERT OR UPDATE OF state ON provider_payments
    FOR EACH ROW WHEN (NEW.state IN ('AUTHORIZED', 'REQUESTED')) EXECUTE FUNCTION payment_needs_acceptance();

-- The other way round: who opens a claim holds the payment in the same transaction.
CREATE FUNCTION claim_stops_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM provider_payments WHERE order_id = NEW.order_id AND state IN ('AUTHORIZED', 'REQUESTED')) THEN
        RAISE EXCEPTION 'the claim % has to hold the payment of order %', NEW.id, NEW.order_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER claim_stops_payment AFTER INSERT OR UPDATE OF state ON claims
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state IN ('CREATED', 'UNDER_INVESTIGATION', 'VALIDATED')) EXECUTE FUNCTION claim_stops_payment();
