-- The first schema. Written for PostgreSQL 15 and later.
-- Exclusion over (team, day, quarter-hours) needs equality of scalars in a GiST index.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE business_units (
    source_system TEXT NOT NULL,
    external_id TEXT NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    CONSTRAINT business_units_pkey PRIMARY KEY (source_system, external_id)
);

CREATE TABLE effects (
    key TEXT NOT NULL,
    task_type TEXT NOT NULL,
    result JSONB NOT NULL,
    events JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT effects_pkey PRIMARY KEY (key)
);

CREATE INDEX effects_unpublished ON effects (created_at) WHERE published_at IS NULL;

CREATE TABLE inbox (
    consumer TEXT NOT NULL,
    message_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    order_key TEXT NOT NULL,
    raw BYTEA NOT NULL,
    reception TEXT NOT NULL,
    change JSONB,
    messages JSONB NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT inbox_pkey PRIMARY KEY (consumer, message_id)
);

CREATE INDEX inbox_order_key_idx ON inbox (order_key);

CREATE TABLE issued_numbers (
    series TEXT NOT NULL,
    owner UUID NOT NULL,
    year INTEGER NOT NULL,
    value INTEGER NOT NULL,
    CONSTRAINT issued_numbers_pkey PRIMARY KEY (series, owner),
    CONSTRAINT issued_numbers_series_year_value_key UNIQUE (series, year, value)
);

CREATE TABLE places (
    country_code VARCHAR(2) NOT NULL,
    postal_prefix TEXT NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    lng DOUBLE PRECISION NOT NULL,
    CONSTRAINT places_pkey PRIMARY KEY (country_code, postal_prefix)
);

CREATE TABLE providers (
    id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    name TEXT NOT NULL,
    tier INTEGER NOT NULL,
    quality JSONB NOT NULL,
    preferences JSONB NOT NULL,
    rank TEXT NOT NULL,
    main_provider_id UUID,
    status TEXT NOT NULL,
    risk_status TEXT NOT NULL,
    contract_signed BOOLEAN NOT NULL,
    documents_valid BOOLEAN NOT NULL,
    email TEXT,
    phone TEXT,
    device TEXT,
    CONSTRAINT providers_pkey PRIMARY KEY (id),
    CONSTRAINT providers_tier_check CHECK (tier BETWEEN 1 AND 3),
    CONSTRAINT providers_sub_has_main_check CHECK (rank = 'MAIN' OR main_provider_id IS NOT NULL),
    CONSTRAINT providers_main_provider_id_fkey FOREIGN KEY(main_provider_id) REFERENCES providers (id)
);

CREATE TABLE service_catalogue (
    source_system TEXT NOT NULL,
    sku TEXT NOT NULL,
    service_code TEXT NOT NULL,
    category TEXT NOT NULL,
    service_type TEXT NOT NULL,
    urgency TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    CONSTRAINT service_catalogue_pkey PRIMARY KEY (source_system, sku)
);

CREATE TABLE service_orders (
    id UUID NOT NULL,
    source_system VARCHAR(50) NOT NULL,
    external_order_id VARCHAR(255) NOT NULL,
    sales_channel VARCHAR(50) NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    store_code VARCHAR(50),
    customer_data JSONB NOT NULL,
    products JSONB NOT NULL,
    service_type VARCHAR(100) NOT NULL,
    raw_payload JSONB NOT NULL,
    system_metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now(),
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now(),
    CONSTRAINT service_orders_pkey PRIMARY KEY (id),
    CONSTRAINT service_orders_source_system_external_order_id_key UNIQUE (source_system, external_order_id)
);

CREATE INDEX idx_multi_tenant ON service_orders (country_code, bu_code, store_code);

CREATE INDEX idx_sales_channel ON service_orders (sales_channel);

CREATE INDEX idx_source_system ON service_orders (source_system, external_order_id);

CREATE TABLE stores (
    code TEXT NOT NULL,
    bu_code TEXT NOT NULL,
    email TEXT,
    CONSTRAINT stores_pkey PRIMARY KEY (code)
);

CREATE TABLE notifications (
    id TEXT NOT NULL,
    order_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    template TEXT NOT NULL,
    recipient TEXT NOT NULL,
    channel TEXT NOT NULL,
    message_id TEXT NOT NULL,
    status TEXT NOT NULL,
    CONSTRAINT notifications_pkey PRIMARY KEY (id),
    CONSTRAINT notifications_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id)
);

CREATE INDEX notifications_order_id_idx ON notifications (order_id);

CREATE TABLE order_events (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    id UUID NOT NULL,
    order_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    what TEXT NOT NULL,
    source TEXT,
    target TEXT,
    actor TEXT NOT NULL,
    reason TEXT,
    detail JSONB NOT NULL,
    event_id UUID,
    effect_key TEXT NOT NULL,
    CONSTRAINT order_events_pkey PRIMARY KEY (seq),
    CONSTRAINT order_events_id_key UNIQUE (id),
    CONSTRAINT order_events_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id)
);

CREATE INDEX order_events_order_id_idx ON order_events (order_id);

CREATE TABLE order_progress (
    order_id UUID NOT NULL,
    order_number TEXT NOT NULL,
    state TEXT NOT NULL,
    service_code TEXT NOT NULL,
    category TEXT NOT NULL,
    urgency TEXT NOT NULL,
    requested_date DATE,
    requested_shift TEXT,
    delivery_date DATE,
    delivery_status TEXT,
    payment_status TEXT,
    provider_total NUMERIC(12, 2),
    frozen BOOLEAN DEFAULT false NOT NULL,
    cancellation JSONB,
    issues JSONB NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT order_progress_pkey PRIMARY KEY (order_id),
    CONSTRAINT order_progress_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id),
    CONSTRAINT order_progress_order_number_key UNIQUE (order_number)
);

CREATE INDEX order_progress_state_idx ON order_progress (state);

CREATE TABLE provider_zones (
    provider_id UUID NOT NULL,
    postal_prefix TEXT NOT NULL,
    kind TEXT NOT NULL,
    CONSTRAINT provider_zones_pkey PRIMARY KEY (provider_id, postal_prefix),
    CONSTRAINT provider_zones_provider_id_fkey FOREIGN KEY(provider_id) REFERENCES providers (id)
);

CREATE TABLE visits (
    id UUID NOT NULL,
    order_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    kind TEXT NOT NULL,
    service_type TEXT NOT NULL,
    duration_min INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    crew_size INTEGER NOT NULL,
    required_certs JSONB NOT NULL,
    planned_start TIMESTAMP WITH TIME ZONE,
    planned_end TIMESTAMP WITH TIME ZONE,
    slot_label TEXT,
    state TEXT NOT NULL,
    continues UUID,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT visits_pkey PRIMARY KEY (id),
    CONSTRAINT visits_order_id_sequence_key UNIQUE (order_id, sequence),
    CONSTRAINT visits_duration_check CHECK (duration_min BETWEEN 15 AND 960),
    CONSTRAINT visits_crew_check CHECK (crew_size >= 1),
    CONSTRAINT visits_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id),
    CONSTRAINT visits_continues_fkey FOREIGN KEY(continues) REFERENCES visits (id)
);

CREATE INDEX visits_order_id_idx ON visits (order_id);

CREATE TABLE work_teams (
    id UUID NOT NULL,
    provider_id UUID NOT NULL,
    name TEXT NOT NULL,
    base_lat DOUBLE PRECISION NOT NULL,
    base_lng DOUBLE PRECISION NOT NULL,
    status TEXT NOT NULL,
    crew_size INTEGER NOT NULL,
    working_days JSONB NOT NULL,
    shift_start_q INTEGER NOT NULL,
    shift_end_q INTEGER NOT NULL,
    max_jobs_day INTEGER NOT NULL,
    max_jobs_week INTEGER NOT NULL,
    max_minutes_day INTEGER NOT NULL,
    max_minutes_week INTEGER NOT NULL,
    certificates JSONB NOT NULL,
    absences JSONB NOT NULL,
    CONSTRAINT work_teams_pkey PRIMARY KEY (id),
    CONSTRAINT work_teams_provider_id_fkey FOREIGN KEY(provider_id) REFERENCES providers (id)
);

CREATE INDEX work_teams_provider_id_idx ON work_teams (provider_id);

CREATE TABLE assignment_runs (
    id UUID NOT NULL,
    visit_id UUID NOT NULL,
    order_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    funnel JSONB NOT NULL,
    facts JSONB NOT NULL,
    ranking JSONB NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT assignment_runs_pkey PRIMARY KEY (id),
    CONSTRAINT assignment_runs_visit_id_fkey FOREIGN KEY(visit_id) REFERENCES visits (id),
    CONSTRAINT assignment_runs_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id)
);

CREATE INDEX assignment_runs_order_id_idx ON assignment_runs (order_id);

CREATE INDEX assignment_runs_visit_id_idx ON assignment_runs (visit_id);

CREATE TABLE bookings (
    id UUID NOT NULL,
    visit_id UUID NOT NULL,
    order_id UUID NOT NULL,
    team_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    day DATE NOT NULL,
    start_q INTEGER NOT NULL,
    end_q INTEGER NOT NULL,
    travel_q INTEGER NOT NULL,
    occupied INT4RANGE GENERATED ALWAYS AS (int4range(start_q, end_q + travel_q)) STORED,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT bookings_pkey PRIMARY KEY (id),
    CONSTRAINT bookings_quarters_check CHECK (0 <= start_q AND start_q < end_q AND end_q <= 96 AND travel_q >= 0),
    CONSTRAINT bookings_overlap EXCLUDE USING gist (team_id WITH =, day WITH =, occupied WITH &&) WHERE (state IN ('PRE_BOOKED', 'CONFIRMED')),
    CONSTRAINT bookings_visit_id_fkey FOREIGN KEY(visit_id) REFERENCES visits (id),
    CONSTRAINT bookings_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id),
    CONSTRAINT bookings_team_id_fkey FOREIGN KEY(team_id) REFERENCES work_teams (id)
);

CREATE INDEX bookings_order_id_idx ON bookings (order_id);

CREATE INDEX bookings_visit_id_idx ON bookings (visit_id);

CREATE TABLE executions (
    id UUID NOT NULL,
    visit_id UUID NOT NULL,
    order_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    dispatched_at TIMESTAMP WITH TIME ZONE NOT NULL,
    provider_id UUID,
    team_id UUID,
    checked_in_at TIMESTAMP WITH TIME ZONE,
    checked_out_at TIMESTAMP WITH TIME ZONE,
    completion_status TEXT,
    reason TEXT,
    record JSONB,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT executions_pkey PRIMARY KEY (id),
    CONSTRAINT executions_visit_id_fkey FOREIGN KEY(visit_id) REFERENCES visits (id),
    CONSTRAINT executions_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id),
    CONSTRAINT executions_provider_id_fkey FOREIGN KEY(provider_id) REFERENCES providers (id),
    CONSTRAINT executions_team_id_fkey FOREIGN KEY(team_id) REFERENCES work_teams (id)
);

CREATE INDEX executions_order_id_idx ON executions (order_id);

CREATE INDEX executions_visit_id_idx ON executions (visit_id);

CREATE TABLE offers (
    id UUID NOT NULL,
    visit_id UUID NOT NULL,
    order_id UUID NOT NULL,
    provider_id UUID NOT NULL,
    team_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    mode TEXT NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    state TEXT NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    rejection_reason TEXT,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT offers_pkey PRIMARY KEY (id),
    CONSTRAINT offers_visit_id_fkey FOREIGN KEY(visit_id) REFERENCES visits (id),
    CONSTRAINT offers_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id),
    CONSTRAINT offers_provider_id_fkey FOREIGN KEY(provider_id) REFERENCES providers (id),
    CONSTRAINT offers_team_id_fkey FOREIGN KEY(team_id) REFERENCES work_teams (id)
);

CREATE INDEX offers_open ON offers (team_id) WHERE state = 'PENDING';

CREATE INDEX offers_order_id_idx ON offers (order_id);

CREATE INDEX offers_visit_id_idx ON offers (visit_id);

CREATE TABLE assignments (
    id UUID NOT NULL,
    visit_id UUID NOT NULL,
    order_id UUID NOT NULL,
    provider_id UUID NOT NULL,
    team_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    mode TEXT NOT NULL,
    method TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    offer_id UUID,
    score DOUBLE PRECISION,
    state TEXT NOT NULL,
    agreed_price NUMERIC(12, 2),
    justification TEXT,
    cancel_reason TEXT,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT assignments_pkey PRIMARY KEY (id),
    CONSTRAINT assignments_visit_id_fkey FOREIGN KEY(visit_id) REFERENCES visits (id),
    CONSTRAINT assignments_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id),
    CONSTRAINT assignments_provider_id_fkey FOREIGN KEY(provider_id) REFERENCES providers (id),
    CONSTRAINT assignments_team_id_fkey FOREIGN KEY(team_id) REFERENCES work_teams (id),
    CONSTRAINT assignments_offer_id_fkey FOREIGN KEY(offer_id) REFERENCES offers (id)
);

CREATE UNIQUE INDEX assignments_accepted ON assignments (visit_id) WHERE state = 'ACCEPTED';

CREATE INDEX assignments_order_id_idx ON assignments (order_id);

CREATE INDEX assignments_visit_id_idx ON assignments (visit_id);

CREATE TABLE tv_outcomes (
    id UUID NOT NULL,
    number TEXT NOT NULL,
    visit_id UUID NOT NULL,
    execution_id UUID NOT NULL,
    order_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    outcome TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    modifications JSONB NOT NULL,
    reason TEXT,
    scope_change TEXT NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT tv_outcomes_pkey PRIMARY KEY (id),
    CONSTRAINT tv_outcomes_number_key UNIQUE (number),
    CONSTRAINT tv_outcomes_visit_id_fkey FOREIGN KEY(visit_id) REFERENCES visits (id),
    CONSTRAINT tv_outcomes_execution_id_fkey FOREIGN KEY(execution_id) REFERENCES executions (id),
    CONSTRAINT tv_outcomes_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id)
);

CREATE INDEX tv_outcomes_order_id_idx ON tv_outcomes (order_id);

CREATE INDEX tv_outcomes_visit_id_idx ON tv_outcomes (visit_id);

CREATE TABLE wcfs (
    id UUID NOT NULL,
    number TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    visit_id UUID NOT NULL,
    execution_id UUID NOT NULL,
    order_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    template TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    document_ref TEXT,
    sha256 TEXT,
    agreement_id TEXT,
    state TEXT NOT NULL,
    reservations JSONB NOT NULL,
    rating INTEGER,
    sent_at TIMESTAMP WITH TIME ZONE,
    signed_at TIMESTAMP WITH TIME ZONE,
    soft_deadline TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT wcfs_pkey PRIMARY KEY (id),
    CONSTRAINT wcfs_execution_id_sequence_key UNIQUE (execution_id, sequence),
    CONSTRAINT wcfs_number_key UNIQUE (number),
    CONSTRAINT wcfs_visit_id_fkey FOREIGN KEY(visit_id) REFERENCES visits (id),
    CONSTRAINT wcfs_execution_id_fkey FOREIGN KEY(execution_id) REFERENCES executions (id),
    CONSTRAINT wcfs_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id)
);

CREATE INDEX wcfs_order_id_idx ON wcfs (order_id);

CREATE INDEX wcfs_visit_id_idx ON wcfs (visit_id);

CREATE TABLE agreements (
    id TEXT NOT NULL,
    order_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    kind TEXT NOT NULL,
    wcf_id UUID,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    signed_ref TEXT,
    signed_sha256 TEXT,
    audit_ref TEXT,
    audit_sha256 TEXT,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT agreements_pkey PRIMARY KEY (id),
    CONSTRAINT agreements_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id),
    CONSTRAINT agreements_wcf_id_fkey FOREIGN KEY(wcf_id) REFERENCES wcfs (id)
);

CREATE INDEX agreements_order_id_idx ON agreements (order_id);

CREATE TABLE claims (
    id UUID NOT NULL,
    order_id UUID NOT NULL,
    visit_id UUID NOT NULL,
    wcf_id UUID,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    category TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT claims_pkey PRIMARY KEY (id),
    CONSTRAINT claims_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id),
    CONSTRAINT claims_visit_id_fkey FOREIGN KEY(visit_id) REFERENCES visits (id),
    CONSTRAINT claims_wcf_id_fkey FOREIGN KEY(wcf_id) REFERENCES wcfs (id)
);

CREATE INDEX claims_order_id_idx ON claims (order_id);

CREATE INDEX claims_visit_id_idx ON claims (visit_id);

-- The document as received is evidence: it is written once.
CREATE FUNCTION keep_raw_payload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'raw_payload of service order % never changes', OLD.id USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER raw_payload_is_immutable BEFORE UPDATE OF raw_payload ON service_orders
    FOR EACH ROW WHEN (OLD.raw_payload IS DISTINCT FROM NEW.raw_payload) EXECUTE FUNCTION keep_raw_payload();

-- So is a signed document: its reference and fingerprint are written once.
CREATE FUNCTION keep_signed_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the signed document of agreement % never changes', OLD.id USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER signed_document_is_immutable BEFORE UPDATE ON agreements
    FOR EACH ROW WHEN (OLD.signed_sha256 IS NOT NULL
        AND (OLD.signed_sha256, OLD.signed_ref, OLD.audit_sha256, OLD.audit_ref)
            IS DISTINCT FROM (NEW.signed_sha256, NEW.signed_ref, NEW.audit_sha256, NEW.audit_ref))
    EXECUTE FUNCTION keep_signed_document();
