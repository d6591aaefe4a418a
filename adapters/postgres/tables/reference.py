"""Reference data: tenants, catalogue, providers and teams, places."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from adapters.postgres.tables.columns import MONEY, identity, instant, json, metadata, tenant, text, version

PROVIDER_STATES = "'REGISTERED', 'ACTIVE', 'UNAVAILABLE', 'SUSPENDED', 'DEACTIVATED'"

business_units = sa.Table(
    "business_units",
    metadata,
    sa.Column("source_system", sa.Text, primary_key=True),
    sa.Column("external_id", sa.Text, primary_key=True),
    *tenant(),
)

stores = sa.Table(
    "stores",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    text("bu_code"),
    text("email", nullable=True),
    text("name", nullable=True),
)

signatories = sa.Table(
    "signatories",
    metadata,
    sa.Column("country_code", sa.String(2), primary_key=True),
    sa.Column("bu_code", sa.String(50), primary_key=True),
    text("name"),
    text("email"),
)

service_catalogue = sa.Table(
    "service_catalogue",
    metadata,
    sa.Column("source_system", sa.Text, primary_key=True),
    sa.Column("sku", sa.Text, primary_key=True),
    text("service_code"),
    text("category"),
    text("service_type"),
    text("urgency"),
    sa.Column("minutes", sa.Integer, nullable=False),
    instant("told_at", nullable=True),
    sa.Column("deprecated", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("requires_tv", sa.Boolean),
    sa.Column("names", JSONB, nullable=False, server_default="{}"),
)

pre_estimations = sa.Table(
    "pre_estimations",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("country_code", sa.String(2), primary_key=True),
    sa.Column("bu_code", sa.String(50), primary_key=True),
    sa.Column("value", MONEY, nullable=False),
    text("currency"),
    text("confidence"),
    json("categories"),
    text("notes", nullable=True),
    sa.Column("valid_until", sa.Date),
    instant("told_at"),
)

places = sa.Table(
    "places",
    metadata,
    sa.Column("country_code", sa.String(2), primary_key=True),
    sa.Column("postal_prefix", sa.Text, primary_key=True),
    sa.Column("lat", sa.Double, nullable=False),
    sa.Column("lng", sa.Double, nullable=False),
)

providers = sa.Table(
    "providers",
    metadata,
    identity(),
    *tenant(),
    text("name"),
    sa.Column("tier", sa.Integer, nullable=False),
    json("quality"),
    json("preferences"),
    text("rank"),
    sa.Column("main_provider_id", sa.Uuid, sa.ForeignKey("providers.id")),
    text("status"),
    text("risk_status"),
    sa.Column("contract_signed", sa.Boolean, nullable=False),
    sa.Column("documents_valid", sa.Boolean, nullable=False),
    text("email", nullable=True),
    text("phone", nullable=True),
    text("device", nullable=True),
    # How the provider is billed, and who it is in the ERP.
    sa.Column("billing_model", sa.Text, nullable=False, server_default="SELF_BILLING"),
    text("supplier_number", nullable=True),
    text("supplier_site", nullable=True),
    sa.Column("type", sa.Text, nullable=False, server_default="COMPANY"),
    version(),
    sa.CheckConstraint("tier BETWEEN 1 AND 3", name="tier"),
    sa.CheckConstraint("type IN ('COMPANY', 'INDEPENDENT')", name="type"),
    sa.CheckConstraint(f"status IN ({PROVIDER_STATES})", name="status"),
    sa.CheckConstraint("rank = 'MAIN' OR main_provider_id IS NOT NULL", name="sub_has_main"),
)

provider_zones = sa.Table(
    "provider_zones",
    metadata,
    sa.Column("provider_id", sa.Uuid, sa.ForeignKey("providers.id"), primary_key=True),
    sa.Column("postal_prefix", sa.Text, primary_key=True),
    text("kind"),
)

work_teams = sa.Table(
    "work_teams",
    metadata,
    identity(),
    sa.Column("provider_id", sa.Uuid, sa.ForeignKey("providers.id"), nullable=False, index=True),
    text("name"),
    sa.Column("base_lat", sa.Double, nullable=False),
    sa.Column("base_lng", sa.Double, nullable=False),
    text("status"),
    sa.Column("crew_size", sa.Integer, nullable=False),
    json("working_days"),
    sa.Column("shift_start_q", sa.Integer, nullable=False),
    sa.Column("shift_end_q", sa.Integer, nullable=False),
    sa.Column("max_jobs_day", sa.Integer, nullable=False),
    sa.Column("max_jobs_week", sa.Integer, nullable=False),
    sa.Column("max_minutes_day", sa.Integer, nullable=False),
    sa.Column("max_minutes_week", sa.Integer, nullable=False),
    json("certificates"),
    json("absences"),
)
