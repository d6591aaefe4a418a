"""Deployment and definitions."""

from __future__ import annotations

import json

from bpmn_models import catch, end, message, one_task, process, service, start, timer
from zeebe_client import Code, Zeebe, raises_refusal


def definition(answer):
    """The one process of a deployment."""
    return answer.deployments[0].process


def test_A01_the_same_file_again_is_the_same_version(z: Zeebe) -> None:
    """The same bytes under the same name are a duplicate: old key, old version."""
    first, second = definition(z.deploy(one_task())), definition(z.deploy(one_task()))

    assert (second.processDefinitionKey, second.version) == (first.processDefinitionKey, 1)


def test_A03_going_back_to_older_content_is_a_new_version(z: Zeebe) -> None:
    """Only the latest version counts as a duplicate."""
    versions = [definition(z.deploy(one_task(type=type))).version for type in ("a", "b", "a")]

    assert versions == [1, 2, 3]


def test_A05_one_bad_file_and_nothing_is_deployed(z: Zeebe) -> None:
    """A deployment is atomic."""
    with raises_refusal(Code.INVALID_ARGUMENT):
        z.deploy(one_task("P"), one_task("Q", type=None))

    with raises_refusal(Code.NOT_FOUND):
        z.create("P")


def test_A07_an_executable_process_is_needed(z: Zeebe) -> None:
    """A file whose only process is not executable is refused."""
    with raises_refusal(Code.INVALID_ARGUMENT, "Must contain at least one executable process"):
        z.deploy(one_task().also(executable=False))


def test_A09_a_service_task_names_its_job_type(z: Zeebe) -> None:
    """The refusal names the element and the rule it breaks."""
    with raises_refusal(Code.INVALID_ARGUMENT) as refusal:
        z.deploy(one_task(type=None))

    assert "- Element: A" in refusal.text
    assert "    - ERROR: Must have exactly one 'zeebe:taskDefinition' extension element" in refusal.text


def test_A11_an_invalid_message_matters_only_when_used(z: Zeebe) -> None:
    """An unused message without a name is tolerated, a used one is refused."""
    z.deploy(one_task().also(root_extra='<bpmn:message id="nameless"/>'))

    with raises_refusal(Code.INVALID_ARGUMENT, "Name must be present and not empty"):
        z.deploy(process("Q", start(), catch("M", message("", "=k")), end(), flows=["S M E"]))


def test_A13_a_start_timer_must_evaluate(z: Zeebe) -> None:
    """A cycle that is no cycle is refused with the evaluation's own words."""
    model = process("P", start(event=timer("cycle", "=INVALID_CYCLE_EXPRESSION")), end(), flows=["S E"])

    with raises_refusal(Code.INVALID_ARGUMENT) as refusal:
        z.deploy(("p1.bpmn", model.render(z.suffix)))

    prefix = (
        "Command 'CREATE' rejected with code 'INVALID_ARGUMENT': "
        "Expected to deploy new resources, but encountered the following errors:\n"
        "'p1.bpmn': - Element: S\n    - ERROR: Invalid timer cycle expression ("
    )
    assert refusal.text.startswith(prefix), refusal.text
    assert "[NO_VARIABLE_FOUND] No variable found with name 'INVALID_CYCLE_EXPRESSION'" in refusal.text


def test_A15_a_deployment_needs_a_file(z: Zeebe) -> None:
    """No resources: refused."""
    with raises_refusal(Code.INVALID_ARGUMENT, "Expected to deploy at least one resource, but none given"):
        z.deploy()


def test_A17_deleting_the_latest_version_wakes_the_timer_of_the_one_before(z: Zeebe) -> None:
    """The start timer of version 1 is active again once version 2 is gone."""
    z.pin()
    v1 = process("P", start(event=timer("cycle", "R/PT10S")), service("A", "a"), end(), flows=["S A E"])
    z.deploy(v1)
    v2 = definition(z.deploy(one_task()))

    z.delete(v2.processDefinitionKey)
    z.advance(10_000)

    z.assert_eventually(lambda: [i["processDefinitionVersion"] for i in z.instances()], [1])


def test_A19_a_form_needs_an_id(z: Zeebe) -> None:
    """A form without an id is refused."""
    form = json.dumps({"type": "default", "components": [], "schemaVersion": 18}).encode()

    with raises_refusal(Code.INVALID_ARGUMENT, "Expected the form id to be present, but none given"):
        z.deploy(("f.form", form))
