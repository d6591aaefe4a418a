"""One order as Datadog sees it: the platform's own processes report to Datadog's own test agent."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from confluent_kafka import Producer

from adapters.camunda.rest import CamundaRest
from adapters.children import Child, free_port
from workers import standins
from workers.bootstrap import build
from workers.cli.demo.stories import SHOPS, sales
from workers.cli.demo.world import move_clock
from workers.cli.deploy import deploy_models
from workers.standins import LocalStack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]
# W3C's example: the trace and the span of the sales system that wrote the record.
TRACE, SPAN = 0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7
TRACEPARENT = f"00-{TRACE:032x}-{SPAN:016x}-01"
# Another one, of the provider's app.
APP_TRACE, APP_SPAN = TRACE + 1, SPAN + 1
APP_TRACEPARENT = f"00-{APP_TRACE:032x}-{APP_SPAN:016x}-01"
CREATED_TOPIC = SHOPS["pyxis"].topics[0]
LOW_BITS = (1 << 64) - 1


class Seen(NamedTuple):
    """What the agent got, and what the processes logged."""

    spans: list[dict[str, Any]]
    logs: list[str]

    def named(self, name: str) -> list[dict[str, Any]]:
        """The spans of a name."""
        return [span for span in self.spans if span["name"] == name]


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Datadog's test agent in a process of its own."""
    port, log = free_port(), tmp_path_factory.mktemp("agent") / "agent.log"
    argv = [str(Path(sys.executable).with_name("ddapm-test-agent")), "--port", str(port)]
    disabled = {"OTLP_HTTP_PORT": str(free_port()), "OTLP_GRPC_PORT": str(free_port())}
    child = Child(argv, environment={**os.environ, **disabled}, log=log)
    address = f"http://127.0.0.1:{port}"
    child.wait_until(lambda: _answers(f"{address}/info"), seconds=60)
    yield address
    child.stop()


@pytest.fixture(scope="module")
def seen(agent: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """The traces of one order's first minutes, read when a provider has got an offer and accepted it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standins, "STACK_FILE", tmp_path_factory.mktemp("stack") / "stack.json")
        for name, value in _environment(agent).items():
            patch.setenv(name, value)
        with LocalStack() as stack:
            with build(stack.settings.model_copy(update={"tracing": False})) as platform:
                deploy_models(platform, stack.settings.models)
            stack.run()
            _sell(stack)
            _sign_contract(stack)
            _eventually(lambda: "send-offer" in _resources(agent))
            _accept(stack)
            _eventually(lambda: {"confirm-assignment", "offer-accepted"} <= _resources(agent))
            logs = [line for name in ("work", "intake") for line in stack.log_of(name).splitlines()]
            yield Seen(_spans(agent), logs)


def _environment(agent: str) -> dict[str, str]:
    return {
        "FSM_TRACING": "true",
        "FSM_LOG_FORMAT": "json",
        "DD_TRACE_AGENT_URL": agent,
        "DD_ENV": "test",
        "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false",
        "DD_REMOTE_CONFIGURATION_ENABLED": "false",
    }


def _sell(stack: LocalStack) -> None:
    (sale,) = sales(1, now=datetime.now(UTC))
    producer = Producer({"bootstrap.servers": stack.kafka.bootstrap_servers})
    document = json.dumps(sale.shop.created(sale.sold)).encode()
    producer.produce(CREATED_TOPIC, document, sale.topic_key, headers={"traceparent": TRACEPARENT})
    assert producer.flush(10) == 0


def _sign_contract(stack: LocalStack) -> None:
    """Two hours later the contract is sent; the customer signs it."""
    api = stack.settings.api.address
    _eventually(lambda: _answers(f"{api}/livez"))
    stack.adobe.webhooks.register(f"{api}/webhooks/adobe-sign")
    camunda = CamundaRest(stack.camunda)
    _eventually(lambda: bool(_waiting(camunda, "contract-send-now")))
    move_clock(stack, timedelta(hours=2, minutes=5))
    _eventually(lambda: bool(_waiting(camunda, "agreement-closed")))
    (subscription,) = _waiting(camunda, "agreement-closed")
    assert stack.adobe.sign(str(subscription["correlationKey"]), {"rating": "5"})


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2).is_success
    except httpx.HTTPError:
        return False


def _waiting(camunda: CamundaRest, message: str) -> list[Any]:
    found = camunda.search("message-subscriptions", messageName=message, messageSubscriptionState="CREATED")
    return [subscription for subscription in found if subscription.get("processInstanceKey")]


def _accept(stack: LocalStack) -> None:
    """What the provider's app does."""
    offers = CamundaRest(stack.camunda)
    _eventually(lambda: bool(_open_offers(offers)))
    (subscription,) = _open_offers(offers)
    headers = {"traceparent": APP_TRACEPARENT, "authorization": f"Bearer {stack.ping.token('provider-app')}"}
    address = f"{stack.settings.api.address}/offers/{subscription['correlationKey']}/answer"
    httpx.post(address, json={"accepted": True}, headers=headers, timeout=30).raise_for_status()


def _open_offers(camunda: CamundaRest) -> list[Any]:
    return _waiting(camunda, "offer-accepted")


def _resources(agent: str) -> set[str]:
    return {span["resource"] for span in _spans(agent)}


def _spans(agent: str) -> list[dict[str, Any]]:
    return [span for trace in httpx.get(f"{agent}/test/traces", timeout=10).json() for span in trace]


def _eventually(holds: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"not within {seconds} s"
        time.sleep(0.2)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def test_intake_goes_on_with_the_trace_of_the_sales_system(seen: Seen) -> None:
    """The record's `traceparent` is the parent of its processing; what it published is a child of that."""
    (consumed,) = seen.named("kafka.consume")
    told = [span for span in seen.named("camunda.publish_message") if span["parent_id"] == consumed["span_id"]]

    assert (consumed["trace_id"], consumed["parent_id"]) == (TRACE & LOW_BITS, SPAN)
    assert consumed["resource"] == CREATED_TOPIC
    assert [span["trace_id"] for span in told] == [TRACE & LOW_BITS]


def test_every_job_points_back_to_what_moved_its_instance(seen: Seen) -> None:
    """Jobs are traces of their own; the first ones are linked to the intake's span, hours or days before."""
    jobs = seen.named("camunda.job")
    (consumed,) = seen.named("kafka.consume")
    (told,) = [span for span in seen.named("camunda.publish_message") if span["parent_id"] == consumed["span_id"]]
    linked = [job for job in jobs if told["span_id"] in _links(job)]

    assert all(job["parent_id"] in (0, None) for job in jobs)
    assert len({job["meta"]["camunda.process_instance_key"] for job in linked}) == 1
    assert "validate-order" in {job["resource"] for job in linked}


def test_a_request_of_the_outside_leads_to_the_jobs_it_caused(seen: Seen) -> None:
    """The provider's app asks our API; the job that its answer set going is linked to the message, in the app's trace."""
    asked = [span for span in seen.named("fastapi.request") if span["parent_id"] == APP_SPAN]
    told = [span for span in seen.named("camunda.publish_message") if span["trace_id"] == APP_TRACE & LOW_BITS]
    jobs = {job["resource"] for job in seen.named("camunda.job") if _links(job) & {span["span_id"] for span in told}}

    assert [span["trace_id"] for span in asked] == [APP_TRACE & LOW_BITS]
    assert [span["resource"] for span in told] == ["offer-accepted"]
    assert "confirm-assignment" in jobs


def _links(span: dict[str, Any]) -> set[int]:
    return {int(link["span_id"], 16) for link in json.loads(span["meta"].get("_dd.span_links", "[]"))}


def test_calls_of_a_handler_are_children_of_its_job(seen: Seen) -> None:
    """SQL, HTTP and Kafka: everything a job did stands below it."""
    jobs = {job["trace_id"]: job["resource"] for job in seen.named("camunda.job")}
    children = {(span["name"], jobs.get(span["trace_id"])) for span in seen.spans if span["name"] != "camunda.job"}

    assert ("postgres.query", "validate-order") in children
    assert ("http.request", "send-offer") in children
    assert {name for name, job in children if job == "validate-order"} >= {"postgres.query", "kafka.produce"}


def test_log_records_carry_their_trace(seen: Seen) -> None:
    """With `json` every record is one object, with the ids that lead from a line to its trace."""
    records = [json.loads(line) for line in seen.logs]

    assert records
    assert any(record.get("dd.trace_id", "0") not in ("", "0") for record in records)
    assert {record["dd.env"] for record in records if "dd.env" in record} == {"test"}
