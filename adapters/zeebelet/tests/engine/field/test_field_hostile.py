"""Input that could hurt others: halves of characters, numbers without end, depth, expressions that grow, slow patterns."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from engine_models import end, extensions, io, job, model, service, start, tag
from pyzeebe.proto import gateway_pb2 as pb
from served import Served

INVALID = grpc.StatusCode.INVALID_ARGUMENT


def nested(depth: int, kind: str = "list") -> str:
    """A JSON value so deep."""
    opening, closing = ("[", "]") if kind == "list" else ('{"a":', "}")
    return opening * depth + ("1" if kind != "list" else "") + closing * depth


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ('"cut \\ud83d"', "cut ?"),
        ('"\\udc00y"', "?y"),
        ('{"a":{"b":["\\ud800"]}}', {"a": {"b": ["?"]}}),
        ('{"\\ud83d":1}', {"?": 1}),
        ('"\\ud83d\\udc0e"', "\U0001f40e"),
        ('"\\udc0e\\ud83d"', "??"),
        ('["\\uD83D", "\\uDFFF \\uDBFF"]', ["?", "? ?"]),
    ],
)
@pytest.mark.parametrize("way", ["create", "complete", "set", "publish", "rest"])
def test_half_of_a_surrogate_pair_is_a_question_mark(served: Served, sent: str, stored: Any, way: str) -> None:
    """However it comes in; jobs are delivered, all searches answer."""
    name = served.one_task()
    text = f'{{"x":{sent}}}'
    fine = served.create(name, '{"x":"fine"}')
    if way == "create":
        served.create(name, text)
    elif way == "rest":
        body = f'{{"processDefinitionId":"{name}","variables":{text}}}'
        assert served.http.post("/process-instances", content=body).status_code == 200
    else:
        key = served.create(name)
        if way == "set":
            served.stub.SetVariables(pb.SetVariablesRequest(elementInstanceKey=key, variables=text))
        elif way == "publish":
            served.stub.SetVariables(pb.SetVariablesRequest(elementInstanceKey=key, variables=text, local=True))
        else:
            two = f"two{name}"
            served.deploy(model(start() + service("a", two) + service("b", f"b{two}") + end(), "s a b e", id_=two))
            served.create(two)
            (found,) = served.jobs(two)
            served.stub.CompleteJob(pb.CompleteJobRequest(jobKey=found.key, variables=text))
            (after,) = served.jobs(f"b{two}")
            assert json.loads(after.variables) == {"x": stored}
    jobs = {found.processInstanceKey: json.loads(found.variables) for found in served.jobs(name)}
    assert jobs.pop(fine) == {"x": "fine"}
    assert [found for found in jobs.values() if found] == ([] if way == "complete" else [{"x": stored}])
    assert served.all_searches_answer()


@pytest.mark.parametrize(
    ("expression", "stored"),
    [
        ("=substring(name, 2)", "? Star"),
        ("=[substring(name, 2, 1)]", ["?"]),
        ("={n: substring(name, 1, 1)}", {"n": "?"}),
        ("=substring(name, 1, 1) + substring(name, 2, 1)", "\U0001f40e"),
        ('=substring(name, 2, 1) + "x"', "?x"),
    ],
)
def test_feel_may_cut_a_character_in_two(served: Served, expression: str, stored: Any) -> None:
    """Strings are UTF-16: what is left of a character is stored as Java writes it."""
    name = served.scripted(expression)
    served.create(name, '{"name":"\\ud83d\\udc0e Star"}')
    (found,) = served.jobs(name)
    assert json.loads(found.variables)["r"] == stored
    assert served.all_searches_answer()


def test_a_job_fails_with_half_a_character(served: Served) -> None:
    """The incident can be read."""
    name = served.one_task()
    served.create(name)
    (found,) = served.jobs(name)
    body = '{"retries":0,"errorMessage":"bad \\ud83d"}'
    assert served.http.post(f"/jobs/{found.key}/failure", content=body).status_code == 204
    assert [item["errorMessage"] for item in served.search("incidents", jobKey=str(found.key))] == ["bad ?"]
    assert served.all_searches_answer()


@pytest.mark.parametrize("expression", ["=assert(false, substring(name, 2))", "=assert(substring(name, 2), false)"])
def test_an_incident_may_hold_half_a_character(served: Served, expression: str) -> None:
    """In the words of an expression that failed."""
    name = served.scripted(expression)
    served.create(name, '{"name":"\\ud83d\\udc0e Star"}')
    assert served.search("incidents", processDefinitionId=name)
    assert served.all_searches_answer()


@pytest.mark.parametrize(
    "text", ['{"x":NaN}', '{"x":Infinity}', '{"x":-Infinity}', '{"x":[1e400]}', '{"x":-1e999}', '{"x":1E+1000}']
)
def test_a_number_that_nobody_can_write(served: Served, text: str) -> None:
    """It is refused; other jobs are delivered and all searches answer."""
    name = served.one_task()
    served.create(name, '{"x":1e308}')
    assert served.refused(lambda: served.create(name, text)) is INVALID
    body = f'{{"processDefinitionId":"{name}","variables":{text}}}'
    assert served.http.post("/process-instances", content=body).status_code == 400
    assert len(served.jobs(name)) == 1
    assert served.all_searches_answer()


DEEP: dict[str, Callable[[Served, str, str], Any]] = {
    "create": lambda s, name, text: s.create(name, text),
    "publish": lambda s, name, text: s.stub.PublishMessage(
        pb.PublishMessageRequest(name="m", correlationKey="k", variables=text)
    ),
    "complete": lambda s, name, text: s.stub.CompleteJob(pb.CompleteJobRequest(jobKey=_job(s, name), variables=text)),
    "fail": lambda s, name, text: s.stub.FailJob(pb.FailJobRequest(jobKey=_job(s, name), retries=1, variables=text)),
    "throw": lambda s, name, text: s.stub.ThrowError(
        pb.ThrowErrorRequest(jobKey=_job(s, name), errorCode="E", variables=text)
    ),
    "set": lambda s, name, text: s.stub.SetVariables(
        pb.SetVariablesRequest(elementInstanceKey=s.create(name), variables=text)
    ),
    "broadcast": lambda s, name, text: s.stub.BroadcastSignal(
        pb.BroadcastSignalRequest(signalName="g", variables=text)
    ),
    "decide": lambda s, name, text: s.stub.EvaluateDecision(pb.EvaluateDecisionRequest(decisionId="d", variables=text)),
}


def _job(served: Served, name: str) -> int:
    served.create(name)
    return int(served.jobs(name)[0].key)


@pytest.mark.parametrize("kind", ["list", "object"])
@pytest.mark.parametrize("depth", [1_100, 3_000, 100_000])
@pytest.mark.parametrize("way", DEEP)
def test_json_nested_too_deep_is_refused(served: Served, way: str, depth: int, kind: str) -> None:
    """INVALID_ARGUMENT, whatever it comes with."""
    name = served.one_task()
    assert served.refused(lambda: DEEP[way](served, name, f'{{"x":{nested(depth, kind)}}}')) is INVALID


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/process-instances", '{{"processDefinitionId":"p","variables":{{"x":{deep}}}}}'),
        ("/process-instances/search", '{{"filter":{or_}}}'),
        ("/messages/publication", '{{"name":"m","variables":{{"x":{deep}}}}}'),
        ("/expression/evaluation", '{{"expression":"=x","variables":{{"x":{deep}}}}}'),
        ("/variables/search", '{{"filter":{{"value":{deep}}}}}'),
        ("/jobs/activation", "{deep}"),
    ],
)
def test_a_body_nested_too_deep_is_refused(served: Served, path: str, body: str) -> None:
    """400."""
    or_ = '{"$or":[' * 5_000 + "{}" + "]}" * 5_000
    assert served.http.post(path, content=body.format(deep=nested(3_000), or_=or_)).status_code == 400


@pytest.mark.parametrize("depth", [20, 150, 199, 480, 600, 700, 900])
@pytest.mark.parametrize("how", ["input", "script", "plain", "output"])
def test_a_deep_value_inside_the_engine(served: Served, how: str, depth: int) -> None:
    """A job, an incident or a refusal: an element is never left with neither; what is not too deep arrives whole."""
    name = f"deep_{how}_{depth}"
    script = tag("scriptTask", extensions(tag("zeebe:script", expression="=[v]", resultVariable="r")), id="x")
    out = tag("endEvent", extensions(io(None, {"o": "=[v]"})), id="e")
    middle = {
        "input": (service("a", name, mapping=io({"w": "=v"})) + end(), "s a e"),
        "script": (script + service("a", name) + end(), "s x a e"),
        "plain": (service("a", name) + end(), "s a e"),
        "output": (service("a", name) + out, "s a e"),
    }[how]
    served.deploy(model(start() + middle[0], middle[1], id_=name))
    code = served.refused(lambda: served.create(name, f'{{"v":{nested(depth)}}}'))
    if code is not None:
        assert (code, depth > 190) == (INVALID, True)
        return
    found = served.jobs(name)
    for item in found:
        assert json.loads(item.variables)["v"] == json.loads(nested(depth))
        served.stub.CompleteJob(pb.CompleteJobRequest(jobKey=item.key))
    incidents = served.search("incidents", processDefinitionId=name)
    assert found or incidents
    assert served.all_searches_answer()
    other = served.one_task()
    served.create(other)
    assert len(served.jobs(other)) == 1


def doubling(levels: int, first: str = "[1,1]", step: str = "[{0},{0}]") -> str:
    """A context whose last entry is twice as large at each step."""
    entries = [f"a{number}:" + step.format(f"a{number - 1}") for number in range(1, levels + 1)]
    return "{a0:" + first + "," + ",".join(entries) + "}"


GROWING = {
    "lists": f"={doubling(24)}",
    "contexts": "=" + doubling(24, "{v:1}", "{{l:{0},r:{0}}}"),
    "printed": f"=string({doubling(24)}.a24)",
    "counted": "=count(for i in 1..10000, j in 1..10000 return 1)",
    "compared": f"={doubling(24)}.a24 = {doubling(24)}.a24",
    "flattened": f"=count(flatten({doubling(24)}.a24))",
    "text": "=" + doubling(40, '"ab"', "{0} + {0}"),
    "distinct": f"=distinct values([{doubling(22)}.a22, {doubling(22)}.a22])",
    "not comparable": f"={doubling(24)}.a24 < 5",
    "recursive": "={f: function(n) if n <= 1 then 1 else f(n - 1) + f(n - 2), r: f(60)}.r",
    "joined": '=string join(for i in 1..1000000 return "abcdefghij", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")',
    "appended": "={l: for i in 1..50000 return i, r: for i in 1..50000 return append(l, i)}",
    "wide": "=for i in 1..1000000 return [i, i, i, i, i, i, i, i, i, i]",
}


@pytest.mark.parametrize("what", GROWING)
def test_an_expression_that_grows_stops(served: Served, what: str) -> None:
    """An incident or an answer in time, and others are answered meanwhile."""
    name = served.scripted(GROWING[what])
    slowest = 0.0
    done = threading.Event()

    def ping() -> None:
        nonlocal slowest
        while not done.is_set():
            began = time.perf_counter()
            served.http.get("/topology")
            slowest = max(slowest, time.perf_counter() - began)

    pinging = threading.Thread(target=ping)
    pinging.start()
    began = time.perf_counter()
    served.create(name)
    took = time.perf_counter() - began
    done.set()
    pinging.join()
    assert (took < 10, slowest < 3) == (True, True)
    assert served.search("incidents", processDefinitionId=name) or served.jobs(name)


@pytest.mark.parametrize(
    ("what", "filter_"),
    [
        ("variables", {"value": {"$like": "*x*x*x*y"}}),
        ("variables", {"value": {"$like": "*x*?x*x?*x*x*x*x*x*x*x*y"}}),
        ("variables", {"name": {"$like": "*v*v*v*v*v*v*v*v*y"}}),
        ("incidents", {"errorMessage": {"$like": "*x*x*x*x*y"}}),
        ("process-instances", {"variables": [{"name": "v", "value": {"$like": "*x*x*x*x*y"}}]}),
        ("process-instances", {"errorMessage": {"$like": "*x*x*x*x*y"}}),
    ],
)
def test_a_pattern_with_many_stars(served: Served, what: str, filter_: dict[str, Any]) -> None:
    """It takes linear time over a long text, and finds nothing."""
    name = served.one_task()
    served.create(name, json.dumps({"v": "x" * 20_000}))
    (found,) = served.jobs(name)
    served.stub.FailJob(pb.FailJobRequest(jobKey=found.key, retries=0, errorMessage="x" * 2_000))
    began = time.perf_counter()
    assert served.search(what, **filter_) == []
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("x" * 2_000 + "y", '*x*x*x*y"'),
        ("2*3", '"2\\*3"'),
        ("2?3", '"2\\?3"'),
        ("a\\b", '"a\\\\\\\\b"'),
        ("abc", '"?b?"'),
        ("abc", "*"),
        ("", '""'),
        ("a\nb", '"a*b"'),
    ],
)
def test_a_pattern_that_matches(served: Served, value: str, pattern: str) -> None:
    """Stars and question marks can be escaped."""
    name = served.one_task()
    key = served.create(name, json.dumps({"v": value}))
    assert len(served.search("variables", processInstanceKey=str(key), value={"$like": pattern})) == 1


def test_a_body_that_is_too_large(served: Served) -> None:
    """As over gRPC: 4 MB."""
    body = json.dumps({"name": "m", "variables": {"x": "a" * 5_000_000}})
    assert served.http.post("/messages/publication", content=body).status_code == 413
    files = {"resources": ("a.bpmn", b"x" * 5_000_000)}
    assert served.http.post("/deployments", files=files).status_code == 413
    assert served.answers_within(1)


def test_a_task_with_a_deep_value_in_each_place(served: Served) -> None:
    """Headers, keys and names are texts; a deep value there is an incident, not an exception."""
    name = "deepplaces"
    task = tag("serviceTask", extensions(job("=v")), id="a")
    served.deploy(model(start() + task + end(), "s a e", id_=name))
    served.create(name, f'{{"v":{nested(150)}}}')
    (incident,) = served.search("incidents", processDefinitionId=name)
    assert incident["errorType"] == "EXTRACT_VALUE_ERROR"
