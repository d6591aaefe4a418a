"""The forms: what every person who decides sees and must fill in."""

from __future__ import annotations

import re


def fields(form):
    """Every component that stores a value, lists included."""
    return [c for c in form["components"] if "key" in c or "path" in c]


def by_key(form, key):
    return next((c for c in form["components"] if c.get("key") == key), None)


def test_a_form_is_one_for_camunda_8(form):
    """File name, id and platform agree, so that Modeler opens and Zeebe links it."""
    assert form["id"] == form["file"]
    assert form["type"] == "default"
    assert form["schemaVersion"] == 19
    assert form["executionPlatform"] == "Camunda Cloud"


def test_the_forms_are_those_the_journey_names(form, contract):
    """No form without a task, no task without a form."""
    assert form["id"] in contract["forms"]


def test_the_result_is_one_object(form, contract):
    """All a person enters goes into one variable; the next worker checks that one."""
    variable = contract["forms"][form["id"]]
    keys = [c.get("key") or c.get("path") for c in fields(form)]
    assert [k for k in keys if not k.startswith(variable + ".")] == []
    assert len(keys) == len(set(keys))


def test_a_decision_is_asked_by_radio_buttons(form, contract):
    """The gateway behind the task reads the decision, so there is always one."""
    decision = by_key(form, contract["forms"][form["id"]] + ".decision")
    assert decision["type"] == "radio"
    assert decision["validate"] == {"required": True}
    assert all(re.fullmatch(r"[A-Z_]+", v["value"]) for v in decision["values"])


def test_notes_are_asked_at_the_end(form, contract):
    """Why somebody decided so is written down, at least ten characters."""
    last = form["components"][-1]
    assert last["key"] == contract["forms"][form["id"]] + ".resolutionNotes"
    assert last["validate"] == {"required": True, "minLength": 10}


def test_a_form_shows_what_it_is_about(form):
    """The first lines name the task and the order, read-only."""
    title, context = form["components"][:2]
    assert title["text"].startswith("### ")
    assert "{{" in context["text"]


def test_component_ids_are_unique(form):
    """form-js refuses a schema with an id twice."""
    nested = [c for top in form["components"] for c in top.get("components", [])]
    ids = [c["id"] for c in [*form["components"], *nested]]
    assert len(ids) == len(set(ids))


def test_gateways_ask_for_decisions_a_form_offers(form, contract, models):
    """What a condition compares with is a value somebody can choose."""
    variable = contract["forms"][form["id"]]
    offered = {v["value"] for v in by_key(form, variable + ".decision")["values"]}
    pattern = re.compile(rf'\b(?:tv)?{variable}\.decision (?:!?=) "([A-Z_]+)"', re.IGNORECASE)
    asked = {v for m in models.values() for _, text in m.expressions() for v in pattern.findall(text)}
    assert asked, variable
    assert asked <= offered


def test_hidden_fields_follow_the_decision(form, contract):
    """A field is hidden by a condition over the form's own result, or over what the process tells it."""
    variable = contract["forms"][form["id"]]
    rules = [c["conditional"]["hide"] for c in form["components"] if "conditional" in c]
    own = {
        "=ranked = null or count(ranked) = 0",
        "=scanProblem = null",
        "=overrideProblem = null",
        "=openProducts = null or count(openProducts) = 0",
        '=go.overridableBy != "NOBODY"',
        "=reviewProblem = null",
    }
    assert all(rule.startswith(f"={variable}.") or rule in own for rule in rules)
