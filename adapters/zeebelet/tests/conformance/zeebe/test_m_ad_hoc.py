"""Ad-hoc sub-processes."""

from __future__ import annotations

from bpmn_models import ad_hoc, catch, end, process, service, start, timer
from zeebe_client import Zeebe


def tools(*, flows=(), nodes=(), **options: object):
    """S -> AH(A[a], B[b], C[c]) -> E."""
    inner = ad_hoc("AH", *(service(name, name.lower()) for name in "ABC"), *nodes, flows=flows, **options)  # type: ignore[arg-type]
    return process("P", start(), inner, end(), flows=["S AH E"])


def activate(z: Zeebe, scope: int, *elements: str, **options: object):
    """Activates elements through REST."""
    body = {"elements": [{"elementId": element} for element in elements], **options}
    return z.rest("POST", f"/element-instances/ad-hoc-activities/{scope}/activation", body)


def test_M01_the_collection_names_what_is_activated(z: Zeebe) -> None:
    """A and C run, B does not; it completes when both are done."""
    instance = z.run(tools(active="=l"), l=["A", "C"])
    assert z.jobs("b") == []

    z.complete("a")
    assert z.states(instance, "AH") == ["ACTIVE"]
    z.complete("c")

    z.assert_ends(instance)


def test_M03_the_collection_must_be_a_list(z: Zeebe) -> None:
    """A missing variable is an incident in these words."""
    instance = z.run(tools(active="=l"))

    text = "Failed to activate ad-hoc elements. Expected result of the expression 'l' to be 'ARRAY', but was 'NULL'."
    assert z.eventually(lambda: z.incident(instance, "EXTRACT_VALUE_ERROR", text))["elementId"] == "AH"


def test_M05_flows_inside_are_followed(z: Zeebe) -> None:
    """A leads to A2, in the same inner instance."""
    instance = z.run(tools(active='=["A"]', nodes=[service("A2", "a2")], flows=["A A2"]))
    z.complete("a")

    z.job("a2")

    scopes = [e for e in z.elements(instance) if e["type"] == "AD_HOC_SUB_PROCESS_INNER_INSTANCE"]
    assert len(scopes) == 1
    inside = z.search("element-instances", elementInstanceScopeKey=scopes[0]["elementInstanceKey"])
    assert sorted(item["elementId"] for item in inside) == ["A", "A2"]


def test_M07_a_fulfilled_condition_ends_the_rest(z: Zeebe) -> None:
    """cancelRemainingInstances is true by default: the waiting timer is TERMINATED."""
    model = tools(active='=["A","T"]', condition="=true", nodes=[catch("T", timer("duration", "PT1H"))])
    instance = z.run(model)

    z.complete("a")

    z.assert_ends(instance)
    assert z.states(instance, "T") == ["TERMINATED"]


def test_M09_an_unfulfilled_condition_keeps_it_active(z: Zeebe) -> None:
    """Everything is done, the condition is false: it waits."""
    instance = z.run(tools(active='=["A"]', condition="=false"))

    z.complete("a")

    z.assert_eventually(lambda: z.states(instance, "A"), ["COMPLETED"])
    assert z.states(instance, "AH") == ["ACTIVE"]


def test_M11_a_worker_decides_what_comes_next(z: Zeebe) -> None:
    """Its result activates A with a local variable; after A there is a new job."""
    instance = z.run(tools(job="agent"))
    job = z.job("agent")
    result = {"type": "adHocSubProcess", "activateElements": [{"elementId": "A", "variables": {"v": 1}}]}
    assert z.rest("POST", f"/jobs/{job.key}/completion", {"result": result}).status_code == 204

    task = z.job("a")
    assert '"v":1' in task.variables.replace(" ", "")
    assert "v" not in z.variables(instance)
    z.complete(task)

    assert z.job("agent").key != job.key


def test_M13_what_cannot_be_activated(z: Zeebe) -> None:
    """An unknown element and a key of nothing: 404."""
    instance = z.run(tools())
    scope = z.eventually(lambda: z.element(instance, "AH"))

    assert activate(z, scope, "nope").status_code == 404
    assert activate(z, instance + 1_000_000, "A").status_code == 404
    assert activate(z, scope, "A").status_code == 204
    z.job("a")
