"""What always holds: audit and events of every move, no personal data outside the database, validation and correction."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from workers.domain.errors import TenantMismatch
from workers.domain.orders import Address, Customer
from workers.runtime import registry
from workers.runtime.outcome import BpmnError, Failed
from workers.settings import MODELS
from workers.tasks import TASKS
from workers.tasks.validate_order import _facts

SECRETS = ("Paul Garnier", "paul@example.com", "+33639981234", "rue des Lilas")
PATH = (
    ("validate-order", {}),
    ("report-to-sales", {"status": "CREATED"}),
    ("schedule-service", {"visitKind": "MAIN", "serviceType": "INSTALLATION", "durationMin": 240, "crew": 2}),
    ("find-providers", {}),
)


def walk_to_the_end(world):
    world.done().do("publish-event", {"event": "execution.service.completed"}).sent()
    world.do("send-notification", {"template": "wcf-signature-request", "recipient": "customer"})
    world.signed(reservation1="scratch", severity1="MINOR").do("adobe-read-form-data").do("archive-document")
    row = {"reservation": "1", "action": "ACCEPTED_AS_IS", "cause": "PROVIDER"}
    world.do("resolve-reservations", wcfReview={"resolutions": [row]})
    return world.do("report-to-sales", status="COMPLETED").do("close-order")


def test_no_personal_data_leaves_the_database(world):
    """I13: neither process variables nor events nor the timeline nor effects hold name, contact or street."""
    walk_to_the_end(world)
    events = json.dumps([[e.topic, e.key, e.payload, dict(e.headers)] for e in world.env.bus.published], default=str)
    timeline = json.dumps([[e.what, e.detail, e.reason] for e in world.view().timeline], default=str)
    kept = world.rows()
    tables = json.dumps([kept["effects"], kept["order_events"], kept["notifications"]], default=str)
    for text in (json.dumps(world.vars, default=str), events, timeline, tables):
        assert not [secret for secret in SECRETS if secret in text]
    assert any(secret in json.dumps(kept["service_orders"], default=str) for secret in SECRETS)


def test_every_move_has_its_line_and_its_event(world):
    """I3: a move leaves an audit row with the id of the event that tells it, in the same transaction."""
    walk_to_the_end(world)
    moves = [row[0] for row in world.rows()["order_events"] if row[0]["what"] == "moved"]
    told = {str(e.event_id): e.payload for e in world.env.bus.published if e.topic.endswith("status_changed")}
    assert [(told[m["event_id"]]["from"], told[m["event_id"]]["to"]) for m in moves] == [
        (m["source"], m["target"]) for m in moves
    ]
    assert len(told) == len(moves) == 8
    assert all(told[move["event_id"]]["by"] == move["actor"] for move in moves)


def test_the_envelope_of_an_event(world):
    """Every event of ours carries id, time, version, correlation, cause and tenant."""
    world.created()
    event = next(e for e in world.env.bus.published if e.topic == "projects.service_order.created")
    assert event.payload["eventId"] == str(event.event_id)
    assert event.payload["occurredAt"] == "2027-01-11T09:00:00.000+00:00"
    assert (event.payload["countryCode"], event.payload["buCode"]) == ("FR", "FR-HOME")
    assert event.payload["correlationId"] == event.headers["correlation-id"] == "pyxis:8841207"
    assert event.payload["causationId"].startswith("validate-order:")
    assert event.payload["schemaVersion"] == 1


def test_nothing_below_the_team_is_known(world):
    """I16: no column of the database names a technician."""
    columns = {key for rows in world.rows().values() for row in rows for key in row[0]}
    walk_to_the_end(world)
    assert not [name for name in columns if "technician" in name or "employee" in name]


FOR_EVERYBODY = {"list-ending-documents"}
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
LISTENERS = {
    node.get("type")
    for path in (MODELS / "bpmn").glob("*.bpmn")
    for node in etree.parse(path).iter(f"{ZEEBE}taskListener", f"{ZEEBE}taskDefinition")
    if node.tag == f"{ZEEBE}taskListener" or path.stem == "task-escalation"
}


@pytest.mark.parametrize("task_type", TASKS)
def test_every_task_checks_the_tenant(task_type):
    """I12: each task reads country and unit and whose they are, the order's or the provider's, and may raise TENANT_MISMATCH.

    A listener's job cannot throw an error into the model, and a ladder has nobody who would catch one: there a stranger's task is
    an incident.
    """
    if task_type in FOR_EVERYBODY:
        return
    definition = registry[task_type]
    read = set(definition.fetch_variables)
    assert {"countryCode", "buCode"} <= read
    assert read & {"serviceOrderId", "providerId"}
    assert TenantMismatch in definition.options.raises or task_type in LISTENERS


@pytest.mark.parametrize("task_type", TASKS)
def test_every_task_is_told_in_one_line(task_type):
    """The table of tasks, templates and documentation use the handler's first line."""
    assert len(registry[task_type].summary) > 20


def test_a_task_that_checks_refuses_before_it_acts(world):
    """I12: with another country in the variables nothing is changed by any step of the way."""
    for task, variables in PATH:
        if task == "validate-order":
            world.order()
        outcome = world.run(task, **variables, countryCode="ES")
        assert isinstance(outcome, BpmnError), task
        assert outcome.code == "TENANT_MISMATCH"
        world.do(task, **variables)


def test_an_order_is_corrected_in_two_rounds(world):
    """The first correction is kept although the order is still invalid; the second makes it valid."""
    nobody = Customer(id="C-2", name="Nina Roux")
    place = Address(street="rue", postal_code="7000", city="Lille", country="FR")
    world.order(customer=nobody, address=place)
    outcome = world.run("validate-order")
    assert isinstance(outcome, BpmnError)
    codes = [issue["code"] for issue in json.loads(outcome.variables)["validationErrors"]]
    assert codes == ["MISSING_CONTACT", "INVALID_POSTAL_CODE"]
    outcome = world.run("validate-order", correction={"decision": "RETRY", "email": "nina@example.com", "phone": ""})
    assert [issue["code"] for issue in json.loads(outcome.variables)["validationErrors"]] == ["INVALID_POSTAL_CODE"]
    world.do(
        "validate-order",
        correction={"decision": "RETRY", "postalCode": "59000", "quantities": [{"lineId": "1", "quantity": 2}]},
    )
    assert world.state == "CREATED"
    assert world.vars["facts"]["total"] == 4880.0
    lines = [entry.detail["fields"] for entry in world.view().timeline if entry.what == "corrected by an operator"]
    assert lines == [["email"], ["postal_code", "quantity of line 1"]]


def test_an_operator_rejects(world):
    """A rejected order is REJECTED, and sales hears which fields were wrong."""
    world.order(customer=Customer(id="C-2", name="Nina Roux")).run("validate-order")
    world.do("report-to-sales", status="REJECTED", reason="DATA_NOT_OBTAINABLE")
    assert world.state == "REJECTED"


def test_the_second_journey_of_an_order_ends(world):
    """I1: an order that is past RECEIVED is somebody else's: DUPLICATE_ORDER."""
    world.created()
    outcome = world.run("validate-order")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "DUPLICATE_ORDER"


@pytest.mark.parametrize(
    ("task", "headers", "words"),
    [
        ("send-notification", {"template": "birthday", "recipient": "customer"}, "no 'birthday'"),
        ("send-notification", {"template": "job-ofer", "recipient": "provider"}, "Did you mean 'job-offer'?"),
        ("send-notification", {"template": "job-offer", "recipient": "customer"}, "to one of provider"),
        ("publish-event", {"event": "execution.service.complete"}, "Unknown event"),
        ("publish-message", {"message": "m", "key": "customerId"}, "customerId"),
        ("publish-message", {"message": "m", "key": "visitId"}, "not set"),
    ],
)
def test_a_mistake_in_the_model_is_an_incident_with_words(world, task, headers, words):
    """A header that names nothing we know ends in an incident that says what is known, not in retries."""
    outcome = world.created().run(task, headers)
    assert isinstance(outcome, Failed)
    assert outcome.retries == 0
    assert words in outcome.message


def test_an_order_of_ours_is_reported_to_nobody(world):
    """A sale no system made is noted as not told."""
    world.env.resources[next(key for key in world.env.resources if "SalesSystem" in str(key))] = {}
    world.created().do("report-to-sales", status="CREATED")
    assert world.view().timeline[-1].detail == {"status": "CREATED", "told": False}


def test_a_message_carries_what_the_model_names(world):
    """`publish-message` copies the named variables, keyed as the header says, with the effect key as message id."""
    wish = {"reason": "NO", "origin": "PLATFORM"}
    headers = {"message": "cancellation-requested", "key": "orderKey", "ttl": "PT1H", "variables": "cancellation, fee"}
    world.created().do("publish-message", headers, cancellation=wish)
    (message,) = world.broker.messages.values()
    assert message.correlation_key == "pyxis:8841207"
    assert message.variables == {"cancellation": wish, "fee": None}
    assert message.ttl.total_seconds() == 3600


def test_facts_of_a_valid_survey(world):
    """A survey of this order that said YES less than ninety days ago counts; later it does not."""
    world.surveyed()
    with world.unit() as effect:
        order = effect.unit.orders.get(world.vars["serviceOrderId"])
        assert _facts(effect.unit, order).valid_tv is True
        effect.store({})
    world.clock.forward(days=90)
    with world.unit() as effect:
        assert _facts(effect.unit, order).valid_tv is False
        effect.store({})
