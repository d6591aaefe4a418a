"""Ad-hoc sub-processes."""

from __future__ import annotations

import pytest
from engine_harness import BLANK_JOB, Harness
from engine_models import catch, end, extensions, flows, job, message, message_event, model, quoted, service, start, tag

from zeebelet import records as r


def ad_hoc(content: str, *, until: str = "", worker: str = "", cancel: str = "true", **attributes: str) -> bytes:
    more = extensions(tag("zeebe:adHoc", **attributes), job(worker) if worker else "")
    condition = f"<bpmn:completionCondition>={quoted(until)}</bpmn:completionCondition>" if until else ""
    element = tag("adHocSubProcess", more + content + condition, id="ad", cancelRemainingInstances=cancel)
    return model(start() + element + end(), "s ad e", message("m", '="k"'))


THREE = service("A") + service("B") + service("C")


def test_listed_elements_run_and_complete_it(h: Harness) -> None:
    """Only the listed ones; it completes when they are done; inner instances have an id of their own."""
    h.run(ad_hoc(THREE, activeElementsCollection="=l"), {"l": ["A", "C"]})
    assert h.active() == ["A", "C", "ad", "ad#innerInstance", "ad#innerInstance"]
    h.complete("A")
    h.complete("C")
    assert h.completed()[-3:] == ["ad", "e", "p"]
    assert h.is_empty()


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({}, "Expected result of the expression 'l' to be 'ARRAY', but was 'NULL'."),
        ({"l": ["A", "X"]}, "No BPMN elements found with ids: 'X'."),
    ],
)
def test_list_that_cannot_be_used(h: Harness, variables: dict[str, object], reason: str) -> None:
    """An incident on the ad-hoc sub-process."""
    h.run(ad_hoc(THREE, activeElementsCollection="=l"), variables)
    assert h.incidents()[0].error_message == f"Failed to activate ad-hoc elements. {reason}"


def test_flows_are_followed_in_the_same_inner_instance(h: Harness) -> None:
    """What a flow leads to runs on; it cannot be started by itself."""
    h.run(ad_hoc(service("A") + service("A2") + flows("A A2"), activeElementsCollection='=["A"]'))
    h.complete("A")
    assert h.active() == ["A2", "ad", "ad#innerInstance"]
    h.complete("A2")
    assert h.completed()[-1] == "p"


def test_completion_condition_cancels_the_rest(h: Harness) -> None:
    """True: the rest is terminated and it completes."""
    h.run(ad_hoc(THREE + catch("M", message_event("m")), activeElementsCollection='=["A","M"]', until="true"))
    h.complete("A")
    assert h.terminated() == ["M", "ad#innerInstance"]
    assert h.completed()[-1] == "p"
    assert h.is_empty()


def test_completion_condition_may_wait_for_the_rest(h: Harness) -> None:
    """cancelRemainingInstances=false: it waits."""
    h.run(ad_hoc(THREE, activeElementsCollection='=["A","B"]', until="true", cancel="false"))
    h.complete("A")
    assert "ad" in h.active()
    h.complete("B")
    assert h.completed()[-1] == "p"


def test_false_condition_keeps_it_open_for_more(h: Harness) -> None:
    """More can be activated from outside; unknown elements and instances are refused."""
    h.run(ad_hoc(THREE, activeElementsCollection='=["A"]', until="done = true"))
    h.complete("A")
    key = h.key_of("ad")
    assert h.active() == ["ad"]
    h.do("AD_HOC_SUB_PROCESS_INSTRUCTION", "ACTIVATE", r.AdHocActivation(key, (("B", {"x": 1}),)))
    (work,) = h.activate("B").values()
    assert work.variables == {"x": 1}
    wrong = h.ask("AD_HOC_SUB_PROCESS_INSTRUCTION", "ACTIVATE", r.AdHocActivation(key, (("X", {}),)))
    assert wrong.rejection_type == "NOT_FOUND"
    assert wrong.rejection_reason == (
        f"Expected to activate activities for ad-hoc sub-process with key '{key}', but the given elements [X] do not exist."
    )
    nowhere = h.ask("AD_HOC_SUB_PROCESS_INSTRUCTION", "ACTIVATE", r.AdHocActivation(key + 999, (("A", {}),)))
    assert nowhere.rejection_type == "NOT_FOUND"
    h.complete("B", {"done": True})
    assert h.completed()[-1] == "p"


def test_results_are_appended(h: Harness) -> None:
    """In the order in which the inner instances finish."""
    key = h.run(
        ad_hoc(THREE, activeElementsCollection='=["A","B"]', outputCollection="results", outputElement="=v"), {"v": 0}
    )
    h.complete("B", {"v": 2})
    h.complete("A", {"v": 1})
    assert h.variables(key)["results"] == [2, 1]


def test_worker_decides(h: Harness) -> None:
    """It activates elements with variables, is asked again after each, and says when it is done."""
    h.run(ad_hoc(THREE, worker="agent"))
    h.complete(
        "agent", result={"type": "adHocSubProcess", "activateElements": [{"elementId": "A", "variables": {"v": 1}}]}
    )
    (work,) = h.activate("A").values()
    assert work.variables == {"v": 1}
    h.complete("A")
    unknown = h.ask(
        "JOB", "COMPLETE", BLANK_JOB._replace(result={"activateElements": [{"elementId": "X"}]}), key=h.job("agent")
    )
    assert unknown.rejection_type == "NOT_FOUND"
    h.complete("agent", result={"isCompletionConditionFulfilled": True})
    assert h.completed()[-1] == "p"
    assert h.is_empty()


def test_worker_cancels_the_rest(h: Harness) -> None:
    """isCancelRemainingInstances ends what still runs."""
    h.run(ad_hoc(THREE, worker="agent"))
    h.complete("agent", result={"activateElements": [{"elementId": "A"}, {"elementId": "B"}]})
    h.complete("A")
    h.complete("agent", result={"isCompletionConditionFulfilled": True, "isCancelRemainingInstances": True})
    assert "B" in h.terminated()
    assert h.completed()[-1] == "p"
    assert h.is_empty()
