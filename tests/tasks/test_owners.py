"""Whose something is: the chain child -> order -> tenant, followed in the real database."""

from __future__ import annotations

from uuid import UUID, uuid4

from adapters.postgres.owners import PostgresOwners
from adapters.postgres.ownership import KINDS
from workers.domain.callers import Kind
from workers.domain.scope import FIELDS
from workers.runtime import registry


def test_a_child_belongs_to_the_tenant_of_its_order(world):
    """Visit and offer have the order's country, business unit and store, and the provider they were given to."""
    world.created().scheduled().ranked().offered().answered().assigned()
    owners = PostgresOwners(world.database)
    order = owners.owner(Kind.ORDER, UUID(world.vars["serviceOrderId"]))
    assert (order.country_code, order.bu_code, order.provider_id) == ("FR", "FR-HOME", None)
    for kind, name in ((Kind.VISIT, "visitId"), (Kind.OFFER, "offerId")):
        owner = owners.owner(kind, UUID(world.vars[name]))
        assert (owner.country_code, owner.bu_code, owner.store_code) == (
            order.country_code,
            order.bu_code,
            order.store_code,
        )
        assert owner.provider_id == UUID(world.vars["providerId"])


def test_a_visit_nobody_has_is_no_providers(world):
    """Before an assignment, and after it was withdrawn."""
    world.created().scheduled()
    assert PostgresOwners(world.database).owner(Kind.VISIT, UUID(world.vars["visitId"])).provider_id is None


def test_every_kind_can_be_asked_for(world):
    """What does not exist has no owner."""
    assert {kind: PostgresOwners(world.database).owner(kind, uuid4()) for kind in Kind} == dict.fromkeys(KINDS)


def test_every_id_a_task_takes_is_one_we_can_follow():
    """A new field of an input that looks like an id is followed to its tenant, or stands here with the reason it is not."""
    none = {
        "service_order_id": "the scope itself",
        "transient_document_id": "made by our own account at the signature service minutes before",
        "document_ref": "must be the document of the paper",
        "scan_ref": "a code that says nothing without its order",
        "order_key": "must be the key of the order",
    }
    for definition in registry.values():
        for name in definition.input.model_fields:
            looks = name.endswith(("_id", "_ids", "_ref", "_key", "_bundle"))
            assert not looks or name in FIELDS or name in none, f"{definition.type}: {name}"


def test_country_and_unit_are_mandatory_in_every_job():
    """But for the tasks that look after all tenants, which are named here."""
    everybody = {"list-ending-documents"}
    for definition in registry.values():
        fields = definition.input.model_fields
        told = all(name in fields and fields[name].is_required() for name in ("country_code", "bu_code"))
        assert told or definition.type in everybody, definition.type
