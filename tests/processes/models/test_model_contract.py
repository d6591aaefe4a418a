"""The models keep the contract of the journey: ids, names, task types, messages, errors, forms and decisions."""

from __future__ import annotations

import re

from workers.settings import MODELS
from workers.workshop.messages import check_templates
from zeebelet import feel

NS = {"bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL", "zeebe": "http://camunda.org/schema/zeebe/1.0"}
BASE = {"serviceOrderId", "orderKey", "countryCode", "buCode"}
PASCAL = re.compile(r"^[A-Z][A-Za-z0-9]+$")


def test_a_file_holds_the_process_of_its_name(model):
    """`provider-assignment.bpmn` holds the executable process `ProviderAssignment` for Camunda 8.9."""
    expected = "".join(part.title() for part in model.path.stem.split("-"))
    root = model.tree.getroot()
    modeler = "{http://camunda.org/schema/modeler/1.0}"
    assert model.id == expected
    assert model.process.get("isExecutable") == "true"
    assert root.get(f"{modeler}executionPlatform") == "Camunda Cloud"
    assert root.get(f"{modeler}executionPlatformVersion") == "8.9.0"


def test_ids_are_pascal_case_and_unique(model):
    """An id is read in Operate and in logs: PascalCase, once per file."""
    ids = [n.get("id") for n in model.nodes]
    assert [i for i in ids if not PASCAL.match(i)] == []
    assert len(ids) == len(set(ids))


def test_everything_a_person_reads_has_a_name(model):
    """Each element has a plain name; only marks for compensation and gateways that join need none."""
    unnamed = [n for n in model.nodes if not n.get("name") and n.find("bpmn:compensateEventDefinition", NS) is None]
    assert [n.get("id") for n in unnamed if not joins(n)] == []


def joins(node):
    """Whether a gateway brings flows together and decides nothing."""
    ways = len(node.findall("bpmn:incoming", NS)), len(node.findall("bpmn:outgoing", NS))
    return node.tag.endswith("exclusiveGateway") and ways[0] > 1 and ways[1] == 1


def test_a_gateway_joins_or_splits(model):
    """Not both at once: who follows a line backwards would have to guess."""
    for gateway in model.all("exclusiveGateway", "eventBasedGateway"):
        ways = len(gateway.findall("bpmn:incoming", NS)), len(gateway.findall("bpmn:outgoing", NS))
        assert min(ways) == 1, gateway.get("id")


def test_a_task_is_named_verb_and_noun(model):
    """Tasks start with a verb in the imperative, written in sentence case."""
    tasks = model.all("serviceTask", "userTask", "businessRuleTask", "scriptTask", "receiveTask", "callActivity")
    wrong = [t.get("name") for t in tasks if not re.match(r"^[A-Z][a-z]+ \S+", t.get("name"))]
    assert wrong == []


def test_flows_out_of_a_decision_are_named(model):
    """Who reads the drawing sees at every exclusive gateway which way is which."""
    gateways = {g.get("id") for g in model.all("exclusiveGateway") if len(g.findall("bpmn:outgoing", NS)) > 1}
    unnamed = [f.get("id") for f in model.all("sequenceFlow") if f.get("sourceRef") in gateways and not f.get("name")]
    assert unnamed == []


def test_every_split_has_a_default(model):
    """A condition may never leave a token without a way: one default flow, conditions on all others."""
    flows = {f.get("id"): f for f in model.all("sequenceFlow")}
    for gateway in model.all("exclusiveGateway"):
        outgoing = [o.text for o in gateway.findall("bpmn:outgoing", NS)]
        if len(outgoing) < 2:
            continue
        default = gateway.get("default")
        assert default in outgoing, gateway.get("id")
        conditional = {o for o in outgoing if flows[o].find("bpmn:conditionExpression", NS) is not None}
        assert conditional == set(outgoing) - {default}, gateway.get("id")


def test_every_path_goes_on_or_ends(model):
    """Only end events and compensation handlers have no way out; only starts, boundaries and handlers no way in."""
    handlers = {t.get("id") for t in model.tasks() if t.get("isForCompensation")}
    undo = {b.get("id") for b in model.all("boundaryEvent") if b.find("bpmn:compensateEventDefinition", NS) is not None}
    events = {s.get("id") for s in model.all("subProcess") if s.get("triggeredByEvent")}
    for node in model.nodes:
        name = node.get("id")
        if name in handlers | undo | events:
            continue
        kind = node.tag.split("}")[1]
        assert (kind == "endEvent") != bool(node.findall("bpmn:outgoing", NS)), name
        assert (kind in ("startEvent", "boundaryEvent")) != bool(node.findall("bpmn:incoming", NS)), name


def test_task_types_have_a_worker(model, contract, read):
    """Every job has a worker, three tries, and the headers that worker reads."""
    for task in model.tasks():
        worker = contract["tasks"].get(read.task_type(task))
        assert worker is not None, task.get("id")
        assert read.zeebe(task, "taskDefinition").get("retries") == "3", task.get("id")
        assert (worker.headers is None) == (read.headers(task) == {}), task.get("id")
        assert worker.headers is None or worker.headers.model_validate(read.headers(task))


def test_every_worker_has_a_task(models, contract, read):
    """No worker waits for a type that no model uses."""
    used = {read.task_type(t) for m in models.values() for t in m.tasks()}
    assert set(contract["tasks"]) - used == set()


def test_workers_get_what_they_need(model, models, contract, read):
    """What a worker cannot do without is mapped at the task or set somewhere before."""
    given = BASE | set_by_elements(model, contract, read) | given_by_callers(model, models, read)
    for task in model.tasks():
        needed = contract["tasks"][read.task_type(task)].inputs
        assert needed <= given | set(read.mapping(task, "input")), task.get("id")


def test_every_error_a_job_raises_is_caught(model, contract, read):
    """Business trouble has its place in the drawing; nothing else is caught there."""
    for task in model.tasks():
        raised = contract["tasks"][read.task_type(task)].raises
        caught = model.caught_at(task)
        assert raised <= caught, task.get("id")
        assert caught <= raised | set(contract["common_errors"]), task.get("id")


def test_every_error_a_called_process_throws_is_caught(model, models, read):
    """A call activity catches exactly what the called process throws."""
    for call in model.all("callActivity"):
        called = models[read.zeebe(call, "calledElement").get("processId")]
        assert model.caught_at(call) == called.thrown(), call.get("id")


def test_calls_hand_over_only_what_they_name(model, read):
    """A called process gets the identities and named values, never everything; results come back by name."""
    for call in model.all("callActivity"):
        called = read.zeebe(call, "calledElement")
        assert called.get("bindingType") == "deployment", call.get("id")
        assert called.get("propagateAllParentVariables") == "false", call.get("id")
        assert called.get("propagateAllChildVariables") == "false", call.get("id")
        assert set(read.mapping(call, "input")) >= BASE, call.get("id")
        assert read.mapping(call, "output"), call.get("id")


def test_messages_are_known_and_have_their_key(model, contract):
    """A message is correlated by the key its publisher uses."""
    for message in model.tree.iterfind("bpmn:message", NS):
        key = message.find("bpmn:extensionElements/zeebe:subscription", NS).get("correlationKey")
        assert key == "=" + contract["messages"][message.get("name")]["key"]


def test_published_messages_carry_key_and_life_time(model, contract, read):
    """A publishing task names a known message, the variable with its key, a duration and what it copies."""
    for task in model.tasks("publish-message"):
        headers = read.headers(task)
        known = contract["messages"][headers["message"]]
        assert headers["key"] == known["key"], task.get("id")
        assert re.fullmatch(r"PT\d+[HMS]", headers["ttl"]), task.get("id")
        copied = set(filter(None, headers.get("variables", "").split(",")))
        assert copied == set(known["sets"]), task.get("id")


def test_texts_of_messages_are_complete_and_can_be_filled():
    """Each message has its texts in every language, and each element that sends one leads to what the text needs."""
    assert [str(finding) for finding in check_templates(MODELS)] == []


def test_decisions_exist(model, decisions, read):
    """A business rule task calls a decision that is deployed with it."""
    for task in model.all("businessRuleTask"):
        called = read.zeebe(task, "calledDecision")
        assert called.get("decisionId") in decisions, task.get("id")
        assert called.get("bindingType") == "deployment", task.get("id")
        assert called.get("resultVariable"), task.get("id")


def test_expressions_ask_for_values_a_decision_can_have(model, decisions, read):
    """What is compared with a decision's output is one of the values its table lists."""
    called = [read.zeebe(task, "calledDecision") for task in model.all("businessRuleTask")]
    for call in called:
        pattern = re.compile(rf'\b{call.get("resultVariable")}\.(\w+) = "([^"]+)"')
        for element, text in model.expressions():
            for output, value in pattern.findall(text):
                assert value in decisions[call.get("decisionId")][output], element


def test_user_tasks_reach_people(model, contract, read):
    """A user task is native, shows a form of ours and goes to one role of the order's country."""
    for task in model.all("userTask"):
        name = task.get("id")
        assert read.zeebe(task, "userTask") is not None, name
        definition = read.zeebe(task, "formDefinition")
        assert definition.get("formId") in contract["forms"], name
        assert definition.get("bindingType") == "deployment", name
        groups = read.zeebe(task, "assignmentDefinition").get("candidateGroups")
        role = re.fullmatch(r'=\["([a-z-]+)-" \+ countryCode\]', groups)
        assert role, name
        assert role[1] in contract["roles"], name


def test_expressions_are_feel(model):
    """Every expression of the model compiles."""
    for element, text in model.expressions():
        assert feel.compile(text) is not None, element


def test_conditions_read_only_what_is_set(model, models, contract, read):
    """A variable that nothing sets is null in a condition and stops the instance: each is set somewhere before."""
    given = BASE | set_by_elements(model, contract, read) | given_by_callers(model, models, read)
    for flow, text in model.conditions():
        unknown = feel.compile(text).variables - given
        assert unknown == set(), flow


def set_by_elements(model, contract, read):
    """Every variable that some element of the model sets."""
    found = set()
    for node in model.nodes:
        found |= {target.split(".")[0] for target in read.mapping(node, "output")}
        found |= set(contract["messages"].get(model.message_of(node), {}).get("sets", []))
        results = node.iterfind(".//zeebe:*", NS)
        found |= {e.get(name) for e in results for name in ("resultVariable", "outputCollection") if e.get(name)}
        form = read.zeebe(node, "formDefinition")
        found |= {contract["forms"][form.get("formId")]} if form is not None else set()
        worker = contract["tasks"].get(read.task_type(node))
        found |= worker.sets if worker else set()
    return found


def given_by_callers(model, models, read):
    """What call activities of other models hand to this one."""
    calls = [c for m in models.values() for c in m.all("callActivity")]
    mine = [c for c in calls if read.zeebe(c, "calledElement").get("processId") == model.id]
    return {target for call in mine for target in read.mapping(call, "input")}


def test_timers_are_read_from_what_is_set(model, models, contract, read):
    """A timer over a missing date stops the instance as well."""
    given = BASE | set_by_elements(model, contract, read) | given_by_callers(model, models, read)
    timers = [
        e for d in model.tree.iterfind(".//bpmn:timerEventDefinition", NS) for e in d if (e.text or "").startswith("=")
    ]
    for timer in timers:
        assert feel.compile(timer.text[1:]).variables <= given, timer.text
