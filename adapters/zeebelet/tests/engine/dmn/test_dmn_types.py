"""typeRef, item definitions and allowed values."""

from __future__ import annotations

from typing import Any

import pytest

from zeebelet import dmn


def typed(xml: Any, text: str, type_ref: str, *items: str, dialect: str) -> Any:
    """The output of a decision of a type, or its failure."""
    answer = dmn.parse(
        xml.model(*items, xml.decision("D", xml.text(text), type_ref=type_ref)), dialect=dialect
    ).evaluate("D", {})
    return answer.message or answer.output


@pytest.mark.parametrize(
    ("text", "type_ref", "found"),
    [
        ("1", "string", "1"),
        ('"2020-01-01"', "date", '"2020-01-01"'),
        ('[1,"a",{b:null}]', "dateTime", '[1, "a", {b:null}]'),
        ("1.50", "boolean", "1.50"),
        ('@"P1D"', "yearMonthDuration", "P1D"),
        ('@"10:00:00"', "number", "10:00:00"),
    ],
)
def test_camunda_fails_on_a_value_of_another_type(xml: Any, text: str, type_ref: str, found: str) -> None:
    """A decision whose result is not of its type fails in Camunda, naming the type and the value; the standard gives null."""
    failure = f"Expected to evaluate decision 'D', but expected '{type_ref}' but found '{found}'"
    assert typed(xml, text, type_ref, dialect="camunda") == failure
    assert typed(xml, text, type_ref, dialect="dmn") is None


@pytest.mark.parametrize(
    ("text", "type_ref", "output"),
    [
        ('"a"', "string", "a"),
        ("1", "feel:number", 1),
        ('@"2020-01-01"', "date", "2020-01-01"),
        ('@"2020-01-01T10:00:00"', "dateTime", "2020-01-01T10:00:00"),
        ('@"P1D"', "dayTimeDuration", "P1D"),
        ('@"P1Y"', "yearMonthDuration", "P1Y"),
        ('@"10:00:00"', "time", "10:00"),
        ("null", "string", None),
    ],
)
@pytest.mark.parametrize("dialect", ["camunda", "dmn"])
def test_a_value_of_its_type_passes(xml: Any, dialect: str, text: str, type_ref: str, output: Any) -> None:
    """FEEL's own types are known under the names that DMN files use, with or without the prefix; null is of any type."""
    assert typed(xml, text, type_ref, dialect=dialect) == output


@pytest.mark.parametrize(("text", "type_ref"), [('"a"', "integer"), ('"a"', "tAge")])
def test_camunda_does_not_check_types_it_does_not_know(xml: Any, text: str, type_ref: str) -> None:
    """A type that is not one of FEEL's eight is not checked in Camunda."""
    age = '<itemDefinition name="tAge"><typeRef>number</typeRef></itemDefinition>'
    assert typed(xml, text, type_ref, age, dialect="camunda") == "a"


ITEMS = (
    '<itemDefinition name="tAge"><typeRef>number</typeRef><allowedValues><text>[0..150]</text></allowedValues></itemDefinition>',
    '<itemDefinition name="tAges" isCollection="true"><typeRef>tAge</typeRef></itemDefinition>',
    '<itemDefinition name="tPair" isCollection="true"><typeRef>number</typeRef><typeConstraint><text>count(?) = 2</text>'
    "</typeConstraint></itemDefinition>",
    '<itemDefinition name="tPerson"><itemComponent name="name"><typeRef>string</typeRef></itemComponent>'
    '<itemComponent name="age"><typeRef>tAge</typeRef></itemComponent>'
    '<itemComponent name="children" isCollection="true"><typeRef>tPerson</typeRef></itemComponent></itemDefinition>',
    '<itemDefinition name="tFunction"><functionItem outputTypeRef="number"/></itemDefinition>',
)


@pytest.mark.parametrize(
    ("text", "type_ref", "output"),
    [
        ("40", "tAge", 40),
        ("[40]", "tAge", 40),
        ("[[40]]", "tAge", 40),
        ("[[40]]", "number", 40),
        ("[40, 41]", "tAge", None),
        ("200", "tAge", None),
        ("[1, 2]", "tAges", [1, 2]),
        ("7", "tAges", [7]),
        ("[1, 200]", "tAges", None),
        ("[1, 2]", "tPair", [1, 2]),
        ("[1]", "tPair", None),
        ('{name: "a", age: 4, children: [], more: 1}', "tPerson", {"name": "a", "age": 4, "children": [], "more": 1}),
        ('{name: "a", age: null, children: null}', "tPerson", {"name": "a", "age": None, "children": None}),
        ('{name: "a", age: 4}', "tPerson", None),
        ('{name: "a", age: 200, children: []}', "tPerson", None),
        (
            '{name: "a", age: 1, children: [{name: "b", age: 1, children: []}]}',
            "tPerson",
            {"name": "a", "age": 1, "children": [{"name": "b", "age": 1, "children": []}]},
        ),
        ('{name: "a", age: 1, children: [{name: 5, age: 1, children: []}]}', "tPerson", None),
        ("1", "tPerson", None),
        ("1", "tFunction", None),
        ('@"2020-01-01"', "date and time", "2020-01-01T00:00:00Z"),
        ("[1, 2]", "list<number>", [1, 2]),
        ('["a"]', "list<number>", None),
        ("1", "Any", 1),
    ],
)
def test_the_types_of_a_model_by_the_standard(xml: Any, text: str, type_ref: str, output: Any) -> None:
    """A value conforms, is converted (a list of one to its item, an item to a list of one, a date to its midnight),
    or is null."""
    assert typed(xml, text, type_ref, *ITEMS, dialect="dmn") == output


def test_input_data_is_converted_by_the_standard(xml: Any) -> None:
    """A value given for input data that is not of its type is null for the decision."""
    content = xml.model(*ITEMS, xml.data("age", "tAge"), xml.decision("D", xml.text("age"), "input:age"))
    graph = dmn.parse(content, dialect="dmn")
    assert [graph.evaluate("D", {"age": age}).output for age in (40, [40], 200, "x", None)] == [
        40,
        40,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(("value", "expected"), [("red", 1), ("blue", None), (None, 3)])
def test_allowed_values_of_an_input_column(xml: Any, value: Any, expected: Any) -> None:
    """By the standard an input outside its allowed values is an error; Camunda does not look."""
    allowed = xml.text('"red"', "inputValues")
    column = f"<input>{xml.text('c', 'inputExpression', typeRef='string')}{allowed}</input>"
    rules = "".join(
        f"<rule>{xml.text(cell, 'inputEntry')}{xml.text(out, 'outputEntry')}</rule>"
        for cell, out in (('"red"', "1"), ("-", "3"))
    )
    table = f'<decisionTable hitPolicy="FIRST">{column}<output/>{rules}</decisionTable>'
    content = xml.model(xml.data("c"), xml.decision("D", table, "input:c"))
    assert dmn.parse(content, dialect="dmn").evaluate("D", {"c": value}).output == expected
    assert dmn.parse(content).evaluate("D", {"c": "blue"}).output == 3


def test_allowed_values_of_an_output_column(xml: Any) -> None:
    """By the standard an output outside its allowed values is an error; Camunda does not look."""
    output = '<output name="o" typeRef="string"><outputValues><text>"x"</text></outputValues></output>'
    content = xml.model(xml.decision("D", xml.table([(["-"], ['"y"'])], outputs=[output])))
    assert dmn.parse(content).evaluate("D", {}).output == "y"
    answer = dmn.parse(content, dialect="dmn").evaluate("D", {})
    assert answer.output is None
    assert "not one of the allowed values" in answer.problems[0]


@pytest.mark.parametrize(
    ("argument", "expected"),
    [('{name: "a", age: 1, children: []}', True), ('{name: "a"}', False), ("5", False)],
)
def test_an_argument_that_does_not_conform_is_null_by_the_standard(xml: Any, argument: str, expected: bool) -> None:
    """A function is called all the same, its parameter is null."""
    knowledge = xml.knowledge("B", xml.text("p != null"), "p:tPerson")
    content = xml.model(*ITEMS, knowledge, xml.decision("D", xml.text(f"B({argument})"), "knowledge:B"))
    assert dmn.parse(content, dialect="dmn").evaluate("D", {}).output is expected


@pytest.mark.parametrize(
    ("type_ref", "expected"), [("number", None), ("string", "x"), ("tText", "x"), ("tNumber", None)]
)
def test_the_result_of_a_function_conforms_to_its_variable(xml: Any, type_ref: str, expected: Any) -> None:
    """The variable of a knowledge model or service says the type of its result, directly or as a function type."""
    items = [
        f'<itemDefinition name="{name}"><functionItem outputTypeRef="{output}"/></itemDefinition>'
        for name, output in (("tText", "string"), ("tNumber", "number"))
    ]
    variable = f'<variable name="B" typeRef="{type_ref}"/>'
    elements = [
        f'<businessKnowledgeModel id="B" name="B">{variable}<encapsulatedLogic>{xml.text(chr(34) + "x" + chr(34))}'
        "</encapsulatedLogic></businessKnowledgeModel>",
        f'<decisionService id="S" name="S">{variable}<outputDecision href="#X"/></decisionService>',
        xml.decision("X", xml.text('"x"')),
        xml.decision("D", xml.text("[B(), S()]"), "knowledge:B", "knowledge:S"),
    ]
    graph = dmn.parse(xml.model(*items, *elements), dialect="dmn")
    assert graph.evaluate("D", {}).output == [expected, expected]
    assert graph.evaluate_service("S", {}).output == expected


def test_the_type_of_an_expression_is_kept_by_the_standard(xml: Any) -> None:
    """An expression that says its type conforms to it or is null; Camunda does not look."""
    content = xml.model(xml.decision("D", xml.context(("x", xml.text("1", typeRef="string")), ("y", xml.text("2")))))
    assert dmn.parse(content, dialect="dmn").evaluate("D", {}).output == {"x": None, "y": 2}
    assert dmn.parse(content).evaluate("D", {}).output == {"x": 1, "y": 2}


def test_an_empty_list_of_allowed_values_allows_everything(xml: Any) -> None:
    """A column whose list of values was left empty in a modeler is not checked."""
    column = f"<input>{xml.text('c', 'inputExpression')}<inputValues><text></text></inputValues></input>"
    rule = f"<rule>{xml.text('-', 'inputEntry')}{xml.text('1', 'outputEntry')}</rule>"
    table = f"<decisionTable>{column}<output/>{rule}</decisionTable>"
    content = xml.model(xml.data("c"), xml.decision("D", table, "input:c"))
    assert dmn.parse(content, dialect="dmn").evaluate("D", {"c": "any"}).output == 1
