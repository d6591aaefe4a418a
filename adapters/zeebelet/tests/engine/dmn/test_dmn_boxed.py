"""Boxed expressions, business knowledge models, decision services and imports."""

from __future__ import annotations

from typing import Any

import pytest

from zeebelet import dmn

DOUBLE = ("B", "x:number")


def answer(
    xml: Any, logic: str, *elements: str, requires: tuple[str, ...] = (), dialect: str = "camunda", **inputs: Any
) -> Any:
    """The output of one decision."""
    content = xml.model(xml.decision("D", logic, *requires), *elements)
    evaluation = dmn.parse(content, dialect=dialect).evaluate("D", inputs)
    return evaluation.message or evaluation.output


@pytest.mark.parametrize("dialect", ["camunda", "dmn"])
def test_a_context_entry_sees_those_above_and_the_last_is_the_result(xml: Any, dialect: str) -> None:
    """Entries are evaluated in order; an entry without a name is the result of the whole context."""
    named = xml.context(("x", xml.text("2")), ("y", xml.text("x + 1")))
    result = xml.context(("x", xml.text("2")), ("", xml.text("x * 10")))
    assert answer(xml, named, dialect=dialect) == {"x": 2, "y": 3}
    assert answer(xml, result, dialect=dialect) == 20


@pytest.mark.parametrize("dialect", ["camunda", "dmn"])
def test_lists_and_relations(xml: Any, dialect: str) -> None:
    """A boxed list gives a list, a relation a list of contexts by column."""
    assert answer(xml, f"<list>{xml.text('1')}<list>{xml.text('2')}</list></list>", dialect=dialect) == [1, [2]]
    row = f"<row>{xml.text('1')}{xml.text('2')}</row>"
    relation = f'<relation><column name="a"/><column name="b"/>{row}{row}</relation>'
    assert answer(xml, relation, dialect=dialect) == [{"a": 1, "b": 2}] * 2


@pytest.mark.parametrize("dialect", ["camunda", "dmn"])
@pytest.mark.parametrize(("call", "expected"), [("B(4)", 8), ("B(x: 4)", 8), ("B()", None), ('B("a")', None)])
def test_a_business_knowledge_model_is_a_function(xml: Any, dialect: str, call: str, expected: Any) -> None:
    """It is called by position or name; an argument missing or of the wrong type gives null."""
    knowledge = xml.knowledge("B", xml.text("x * 2"), "x:number")
    assert answer(xml, xml.text(call), knowledge, requires=("knowledge:B",), dialect=dialect) == expected


def test_a_knowledge_model_may_require_another(xml: Any) -> None:
    """What a knowledge model requires is a function inside it."""
    elements = (
        xml.knowledge("B", xml.text("C(x) + 1"), "x", requires=("knowledge:C",)),
        xml.knowledge("C", xml.table([(["> 1"], ["y * 100"])], inputs=("y",)), "y"),
    )
    for dialect in ("camunda", "dmn"):
        assert answer(xml, xml.text("B(4)"), *elements, requires=("knowledge:B",), dialect=dialect) == 401


@pytest.mark.parametrize(
    ("bindings", "inputs", "expected"),
    [
        ({"x": "4"}, {}, 8),
        ({"x": '"a"'}, {}, "Expected to evaluate decision 'D', but expected 'number' but found '\"a\"'"),
        ({"y": "4"}, {}, "Expected to evaluate decision 'D', but no parameter found with name 'x'"),
        ({"y": "4"}, {"x": 5}, 10),
    ],
)
def test_camundas_invocation(xml: Any, bindings: dict[str, str], inputs: dict[str, Any], expected: Any) -> None:
    """An invocation binds parameters by name over the caller's variables; a missing one or a wrong type fails."""
    knowledge = xml.knowledge("B", xml.text("x * 2"), "x:number")
    assert answer(xml, xml.invocation("B", **bindings), knowledge, requires=("knowledge:B",), **inputs) == expected


def test_functions_keep_the_place_where_they_are_defined(xml: Any) -> None:
    """A boxed function sees the entries above it, wherever it is called."""
    function = (
        f'<functionDefinition><formalParameter name="q" typeRef="number"/>{xml.text("q + base")}</functionDefinition>'
    )
    context = xml.context(("base", xml.text("10")), ("f", function), ("", xml.text('[f(1), f(q: 2), f("a")]')))
    for dialect in ("camunda", "dmn"):
        assert answer(xml, context, dialect=dialect) == [11, 12, None]


BOXED = {
    "conditional": (
        "<conditional><if>{0}</if><then>{1}</then><else>{2}</else></conditional>",
        ["a > 3", '"big"', '"small"'],
        "big",
    ),
    "filter": ("<filter><in>{0}</in><match>{1}</match></filter>", ["[1,5,9]", "item > a"], [5, 9]),
    "filter of contexts": (
        "<filter><in>{0}</in><match>{1}</match></filter>",
        ["[{n: 1}, {n: 5}]", "n > a"],
        [{"n": 5}],
    ),
    "for": ('<for iteratorVariable="i"><in>{0}</in><return>{1}</return></for>', ["[1,2]", "i * a"], [4, 8]),
    "partial": (
        '<for iteratorVariable="i"><in>{0}</in><return>{1}</return></for>',
        ["[1,2,3]", "count(partial)"],
        [0, 1, 2],
    ),
    "partial kept": (
        '<for iteratorVariable="i"><in>{0}</in><return>{1}</return></for>',
        ["[1,2]", "partial"],
        [[], [[]]],
    ),
    "some": ('<some iteratorVariable="i"><in>{0}</in><satisfies>{1}</satisfies></some>', ["[1,5]", "i > a"], True),
    "every": ('<every iteratorVariable="i"><in>{0}</in><satisfies>{1}</satisfies></every>', ["[1,5]", "i > a"], False),
}


@pytest.mark.parametrize("name", BOXED)
def test_boxed_expressions_of_dmn_14(xml: Any, name: str) -> None:
    """The boxed expressions that Camunda does not know are evaluated by the standard and refused at deployment by Camunda."""
    shape, texts, expected = BOXED[name]
    logic = shape.format(*(xml.text(text) for text in texts))
    assert answer(xml, logic, xml.data("a"), requires=("input:a",), dialect="dmn", a=4) == expected
    with pytest.raises(dmn.DmnParseError, match="unsupported decision expression"):
        dmn.parse(xml.model(xml.decision("D", logic)))


def test_scopes(xml: Any) -> None:
    """By the standard a decision sees what it requires and nothing else; in Camunda it sees every variable given,
    and of other decisions the results of those it requires itself."""
    elements = (
        xml.data("a"),
        xml.decision("E", xml.text("F + 1"), "decision:F"),
        xml.decision("F", xml.text("1")),
    )
    for dialect, expected in (("camunda", [2, None, 4]), ("dmn", [2, None, None])):
        assert answer(xml, xml.text("[E, F, a]"), *elements, requires=("decision:E",), dialect=dialect, a=4) == expected


def test_a_required_decision_is_known_by_its_variable_else_its_id_or_name(xml: Any) -> None:
    """Without a variable Camunda takes the id, the standard the name."""
    inner = '<decision id="E" name="Inner"><literalExpression><text>1</text></literalExpression></decision>'
    for dialect, expected in (("camunda", [1, None]), ("dmn", [None, 1])):
        assert answer(xml, xml.text("[E, Inner]"), inner, requires=("decision:E",), dialect=dialect) == expected


def test_names_with_spaces_and_operators(xml: Any) -> None:
    """The standard reads names of the model as they are written; Camunda wants back-ticks around them."""
    elements = (xml.data("Total price - net"), xml.data("Total price"))
    requires = ("input:Total price - net", "input:Total price")
    inputs = {"Total price - net": 3, "Total price": 5}
    content = xml.model(xml.decision("D", xml.text("Total price - Total price - net"), *requires), *elements)
    assert dmn.parse(content, dialect="dmn").evaluate("D", inputs).output == 2
    ticked = xml.model(xml.decision("D", xml.text("`Total price` - `Total price - net`"), *requires), *elements)
    assert dmn.parse(ticked).evaluate("D", inputs).output == 2


def test_a_parameter_named_like_a_path(xml: Any) -> None:
    """A parameter may be called `Person.Age`; it is that name inside of the function, and a path outside of it."""
    knowledge = xml.knowledge("B", xml.text("Person.Age * 2"), "Person.Age")
    invocation = xml.invocation("B", **{"Person.Age": "Person.Age + 1"})
    elements = (xml.data("Person"), knowledge)
    requires = ("input:Person", "knowledge:B")
    assert answer(xml, invocation, *elements, requires=requires, dialect="dmn", Person={"Age": 20}) == 42


def test_a_decision_service_is_a_function_and_can_be_called(xml: Any) -> None:
    """A service takes its input data, then its input decisions, and gives its output decision, or a context of several."""
    service = (
        '<decisionService id="S" name="S"><outputDecision href="#Out"/>{0}<inputDecision href="#Given"/>'
        '<inputData href="#a"/></decisionService>'
    )
    elements = (
        xml.data("a", "number"),
        xml.decision("Given", xml.text("1000")),
        xml.decision("Out", xml.text("a + Given"), "input:a", "decision:Given"),
        xml.decision("Other", xml.text("a * 2"), "input:a"),
    )
    one, two = service.format(""), service.format('<outputDecision href="#Other"/>')
    call = xml.text("S(1, 2)")
    assert answer(xml, call, one, *elements, requires=("knowledge:S",), dialect="dmn") == 3
    assert answer(xml, call, two, *elements, requires=("knowledge:S",), dialect="dmn") == {"Out": 3, "Other": 2}
    graph = dmn.parse(xml.model(one, *elements), dialect="dmn")
    assert graph.evaluate_service("S", {"a": 1, "Given": 5}).output == 6
    assert graph.evaluate_service("T", {}).message.endswith("no decision service found for id 'T'")


IMPORT = '<import name="lib" namespace="library" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'


def test_imports(xml: Any) -> None:
    """Decisions, knowledge, inputs and types of an imported model are used under the name of the import."""
    library = xml.model(
        '<itemDefinition name="tSmall"><typeRef>number</typeRef>'
        "<allowedValues><text>[0..9]</text></allowedValues></itemDefinition>",
        xml.data("n", "tSmall"),
        xml.decision("Next", xml.text("n + 1"), "input:n"),
        xml.knowledge("Twice", xml.text("x * 2"), "x"),
        own="library",
    )
    logic = xml.text("lib.Twice(lib.Next) + lib.n")
    requires = ("decision:library#Next", "knowledge:library#Twice", "input:library#n")
    content = xml.model(IMPORT, xml.decision("D", logic, *requires, type_ref="lib.tSmall"))
    graph = dmn.parse(content, dialect="dmn", imports=[library])
    assert graph.evaluate("D", {"lib": {"n": 1}}).output == 5
    assert graph.evaluate("D", {"n": 2}).output == 8
    assert graph.evaluate("D", {"n": 3}).output is None, "11 is no tSmall"


def test_an_import_that_cannot_be_found(xml: Any) -> None:
    """A missing model is a problem of the file; Camunda imports nothing."""
    content = xml.model(IMPORT, xml.decision("D", xml.text("1"), "decision:library#Next"))
    with pytest.raises(dmn.DmnParseError, match="No model found for the import of namespace 'library'"):
        dmn.parse(content, dialect="dmn")
    library = xml.model(xml.decision("Next", xml.text("1")), own="library")
    with pytest.raises(dmn.DmnParseError, match="Unable to find a model element instance for id Next"):
        dmn.parse(content, imports=[library])


def test_models_that_import_each_other(xml: Any) -> None:
    """A circle of imports ends where it closes."""
    content = xml.model(IMPORT, xml.decision("D", xml.text("lib.Next"), "decision:library#Next"))
    library = xml.model(IMPORT.replace('"library"', '"own"'), xml.decision("Next", xml.text("1")), own="library")
    assert dmn.parse(content, dialect="dmn", imports=[library]).evaluate("D", {}).output == 1


def test_an_import_without_a_name_makes_all_of_it_the_models_own(xml: Any) -> None:
    """Elements and types of such an import need no prefix, also through a second such import, and can be asked for;
    the model's own come first, then those of the first import."""
    unnamed = IMPORT.replace('name="lib"', 'name=""')
    deep = xml.model(xml.decision("Deep", xml.text("3")), xml.decision("Both", xml.text('"deep"')), own="deep")
    library = xml.model(
        unnamed.replace('"library"', '"deep"'),
        '<itemDefinition name="tText"><typeRef>string</typeRef></itemDefinition>',
        xml.data("n"),
        xml.decision("Next", xml.text("n + 1"), "input:n"),
        own="library",
    )
    content = xml.model(
        unnamed,
        xml.decision("D", xml.text("Next + Deep"), "decision:Next", "decision:Deep"),
        xml.decision("Typed", xml.text("1"), type_ref="tText"),
        xml.decision("Both", xml.text('"own"')),
    )
    graph = dmn.parse(content, dialect="dmn", imports=[deep, library])
    assert graph.evaluate("D", {"n": 1}).output == 5
    others = [xml.model(xml.decision("X", xml.text(f'"{name}"')), own=name) for name in ("first", "second")]
    both = "".join(unnamed.replace('"library"', f'"{name}"') for name in ("first", "second"))
    assert dmn.parse(xml.model(both), dialect="dmn", imports=others).evaluate("X", {}).output == "first"
    assert graph.evaluate("Typed", {}).output is None
    assert [graph.evaluate(name, {"n": 1}).output for name in ("Next", "Deep", "Both")] == [2, 3, "own"]


def test_an_imported_model_sees_the_inputs_given_under_its_name(xml: Any) -> None:
    """One model imported twice, by way of two others, is asked with the inputs of each way."""
    base = xml.model(xml.data("who"), xml.decision("Hello", xml.text('"hello " + who'), "input:who"), own="base")
    middles = [
        xml.model(
            IMPORT.replace('"library"', '"base"').replace('"lib"', '"base"'),
            xml.decision("Say", xml.text("base.Hello"), "decision:base#Hello"),
            own=name,
        )
        for name in ("left", "right")
    ]
    imports = [IMPORT.replace('"library"', f'"{name}"').replace('"lib"', f'"{name}"') for name in ("left", "right")]
    content = xml.model(
        *imports, xml.decision("D", xml.text("[left.Say, right.Say]"), "decision:left#Say", "decision:right#Say")
    )
    graph = dmn.parse(content, dialect="dmn", imports=[base, *middles])
    inputs = {"left": {"base": {"who": "A"}}, "right": {"base": {"who": "B"}}}
    assert graph.evaluate("D", inputs).output == ["hello A", "hello B"]
    assert graph.evaluate("D", {"who": "C"}).output == ["hello C", "hello C"]
