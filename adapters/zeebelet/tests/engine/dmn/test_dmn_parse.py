"""What is refused when a file is deployed, and that nothing but the package's own error ever comes out."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zeebelet import dmn

LITERAL = "<literalExpression><text>1</text></literalExpression>"


def problems(content: bytes, dialect: str = "camunda") -> tuple[str, ...]:
    """Everything the parser says against a file."""
    with pytest.raises(dmn.DmnParseError) as caught:
        dmn.parse(content, dialect=dialect)
    return caught.value.problems


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<a",
        b"<a/>",
        b"\xff\xfe\x00",
        b"not xml at all",
        b'<definitions xmlns="https://www.omg.org/spec/DMN/20991231/MODEL/"/>',
        b'<decision xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
        b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><definitions>&b;</definitions>',
        b"<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/'>" + b"<context>" * 5000,
    ],
)
def test_what_is_no_dmn_is_refused(content: bytes) -> None:
    """A file that is not DMN is refused with one sentence in Zeebe's words."""
    assert all(problem.startswith("Failed to parse DMN: ") for problem in problems(content))


def test_entities_are_not_expanded(tmp_path: Path, xml: Any) -> None:
    """A file cannot read another one, or grow, by way of XML entities: what declares them is refused."""
    secret = tmp_path / "secret"
    secret.write_text("42")
    for entity in (f'SYSTEM "{secret.as_uri()}"', '"42"'):
        head = f"<!DOCTYPE definitions [<!ENTITY e {entity}>]>".encode()
        content = head + xml.model(xml.decision("D", LITERAL.replace("<text>1", "<text>1&e;")))
        assert "DOCTYPE is disallowed" in problems(content)[0]


def test_every_version_is_read(xml: Any) -> None:
    """DMN 1.1 to 1.5 are read by both dialects, 1.6 by the standard only (Camunda 8.9 does not know it)."""
    known = [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ]
    for namespace in known:
        for dialect in ("camunda", "dmn"):
            content = xml.model(xml.decision("D", LITERAL), namespace=namespace)
            assert dmn.parse(content, dialect=dialect).evaluate("D", {}).output == 1
    newest = xml.model(xml.decision("D", LITERAL), namespace="https://www.omg.org/spec/DMN/20240513/MODEL/")
    assert dmn.parse(newest, dialect="dmn").evaluate("D", {}).output == 1
    assert problems(newest)[0].startswith("Failed to parse DMN: version 1.6")


@pytest.mark.parametrize(
    ("element", "problem"),
    [
        ('<decision id="D" name="D"/>', "unsupported decision expression 'null'"),
        ('<decision id="D" name="D"><literalExpression id="L"/></decision>', "The expression 'L' must not be empty."),
        (
            '<decision id="D" name="D"><literalExpression expressionLanguage="JUEL"><text>1</text>'
            "</literalExpression></decision>",
            "Expression language 'juel' is not supported",
        ),
        (
            '<decision id="D" name="D"><relation><column name="a"/><column name="b"/><row>'
            + LITERAL
            + "</row></relation></decision>",
            "expected row with '2' elements but found '1'",
        ),
        (
            '<decision id="D" name="D"><invocation><literalExpression><text>C</text></literalExpression></invocation></decision>',
            "no BKM found with name 'C'",
        ),
        (
            '<decision id="D" name="D"><informationRequirement><requiredDecision href="#E"/></informationRequirement>'
            + LITERAL
            + "</decision>",
            "Unable to find a model element instance for id E",
        ),
    ],
)
def test_camundas_refusals(xml: Any, element: str, problem: str) -> None:
    """What Camunda's engine refuses is refused in its words."""
    assert problems(xml.model(element)) == (problem,)


def test_tables_that_cannot_work(xml: Any) -> None:
    """Several outputs without names or with an aggregator are refused, by the standard's dialect told as a problem."""
    two = ['<output name="o"/>', '<output label="L"/>']
    cases = [
        (xml.table([], outputs=two), "no output name defined for `L`"),
        (
            xml.table([], outputs=['<output name="o"/>'] * 2, policy="COLLECT", aggregation="SUM"),
            "hit policy 'COLLECT' with aggregator is not defined for compound output",
        ),
    ]
    for table, problem in cases:
        content = xml.model(xml.decision("D", table))
        assert problems(content) == (problem,)
        assert dmn.parse(content, dialect="dmn").problems == (problem,)


@pytest.mark.parametrize(
    ("element", "violation"),
    [
        ("<whatever/>", "Expected an element of DMN, but found 'whatever' in line 1"),
        (
            '<decision id="E" name="E" size="9"/>',
            "Expected an attribute of DMN, but 'decision' with id 'E' in line 1 has 'size'",
        ),
        ('<decision id="E"/>', "Expected the name to be present, but 'decision' with id 'E' in line 1 has none"),
        (
            '<decision id="E" name="E"/><inputData id="E" name="E"/>',
            "Expected every id to be unique, but 'E' is used 2 times",
        ),
        (
            '<decision id="E" name="E"><decisionTable hitPolicy="first"><output/></decisionTable></decision>',
            "Expected the hitPolicy to be one of ANY, COLLECT, FIRST, OUTPUT ORDER, PRIORITY, RULE ORDER, UNIQUE, "
            "but 'decisionTable' in line 1 has 'first'",
        ),
        (
            '<decision id="E" name="E"><decisionTable/></decision>',
            "Expected a 'output' to be present, but 'decisionTable' in line 1 has none",
        ),
    ],
)
def test_what_breaks_the_schema_is_refused_as_camunda_refuses_it(xml: Any, element: str, violation: str) -> None:
    """An element, attribute or value that the schema does not know, a missing name and an id used twice are refused."""
    assert problems(xml.model(element)) == (f"Failed to parse DMN: {violation}",)


def test_extensions_may_hold_anything(xml: Any) -> None:
    """What a modeler adds in other namespaces, as attributes or below extensionElements, is left alone."""
    extended = (
        '<decision xmlns:m="urn:modeler" m:colour="red" id="D" name="D"><extensionElements><m:x/><decision/></extensionElements>'
        f"{LITERAL}<m:shape/></decision>"
    )
    assert dmn.parse(xml.model(extended)).evaluate("D", {}).output == 1


def test_every_bad_text_is_told_at_once(xml: Any) -> None:
    """An analyst sees every text that cannot be read, not one at a time."""
    table = xml.table([(["> >"], ["1"]), (["1"], ["1 +"])])
    first, second = problems(xml.model(xml.decision("D", table)))
    assert first.startswith("FEEL unary-tests: failed to parse expression '> >'")
    assert second.startswith("FEEL expression: failed to parse expression '1 +'")


def test_the_standard_refuses_only_the_decision_with_the_bad_text(xml: Any) -> None:
    """In the standard's dialect a text that cannot be read makes its own decision null, not the file unusable."""
    content = xml.model(xml.decision("Bad", xml.text("1 +")), xml.decision("Good", xml.text("1")))
    graph = dmn.parse(content, dialect="dmn")
    assert graph.evaluate("Good", {}).output == 1
    bad = graph.evaluate("Bad", {})
    assert bad.output is None
    assert bad.problems
    assert graph.problems


def test_the_version_tag_of_a_decision(xml: Any) -> None:
    """Zeebe's version tag is read, so that a business rule task can be bound to it."""
    tagged = (
        '<decision xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="D" name="D"><extensionElements>'
        f'<zeebe:versionTag value="2.1"/></extensionElements>{LITERAL}</decision>'
    )
    graph = dmn.parse(xml.model(tagged, xml.decision("E", LITERAL)))
    assert [graph.decisions[name].version_tag for name in ("D", "E")] == ["2.1", ""]


@pytest.mark.parametrize("size", [1, 2, 5000])
def test_circles_are_refused(xml: Any, size: int) -> None:
    """Decisions, knowledge models or types that require each other in a circle are refused, however long it is."""
    names = [f"D{n}" for n in range(size)]
    nexts = names[1:] + names[:1]
    decisions = [xml.decision(a, LITERAL, f"decision:{b}") for a, b in zip(names, nexts, strict=True)]
    knowledge = [xml.knowledge(a, LITERAL, requires=(f"knowledge:{b}",)) for a, b in zip(names, nexts, strict=True)]
    types = [
        f'<itemDefinition name="{a}"><typeRef>{b}</typeRef></itemDefinition>' for a, b in zip(names, nexts, strict=True)
    ]
    assert problems(xml.model(*decisions)) == ("Invalid DMN model: Cyclic dependencies between decisions detected.",)
    assert problems(xml.model(*knowledge)) == ("Invalid DMN model: Cyclic dependencies between BKMs detected.",)
    assert problems(xml.model(*types), "dmn") == (
        "Invalid DMN model: Cyclic dependencies between item definitions detected.",
    )


def test_a_long_chain_of_requirements(xml: Any) -> None:
    """A chain of thousands of decisions is evaluated without recursion."""
    size = 3000
    elements = [xml.decision("D0", xml.text("1"))]
    elements += [xml.decision(f"D{n}", xml.text(f"D{n - 1} + 1"), f"decision:D{n - 1}") for n in range(1, size)]
    assert dmn.parse(xml.model(*elements)).evaluate(f"D{size - 1}", {}).output == size


def test_a_huge_table(xml: Any) -> None:
    """A table of thousands of rules is read and gives its last rule."""
    rules = [([str(n)], [str(n * 2)]) for n in range(3000)]
    table = xml.table(rules, policy="FIRST")
    assert dmn.parse(xml.model(xml.decision("D", table))).evaluate("D", {"a": 2999}).output == 5998


LOOP = '<for iteratorVariable="{0}"><in>{1}</in><return>{2}</return></for>'


def test_what_never_ends_is_stopped(xml: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loops in loops, and endless recursion, end with a failure that says so."""
    monkeypatch.setattr("zeebelet.dmn.run.MAX_STEPS", 5_000)
    numbers = xml.text("for i in 1..200 return i")
    loops = LOOP.format("a", numbers, LOOP.format("b", numbers, LOOP.format("c", numbers, xml.text("a + b + c"))))
    answer = dmn.parse(xml.model(xml.decision("D", loops)), dialect="dmn").evaluate("D", {})
    assert answer.failure == "it needs more than 5000 steps"
    recursion = xml.context(("f", xml.text("function(g, n) g(g, n + 1)")), ("", xml.text("f(f, 1)")))
    stopped = dmn.parse(xml.model(xml.decision("D", recursion)), dialect="dmn").evaluate("D", {})
    assert stopped.output is None
    assert "too deeply" in str(stopped.failure)


def test_a_slow_model_is_stopped(xml: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of a whole evaluation is limited, not only that of each text."""
    monkeypatch.setattr("zeebelet.dmn.run.MAX_SECONDS", -1.0)
    answer = dmn.parse(xml.model(xml.decision("D", LITERAL))).evaluate("D", {})
    assert answer.failure == "it needs more than -1 seconds"


TAGS = (
    "decision context contextEntry variable literalExpression text decisionTable input inputExpression output rule inputEntry "
    "outputEntry relation column row list invocation binding parameter functionDefinition formalParameter conditional if then "
    "else filter in match for return some satisfies itemDefinition typeRef allowedValues itemComponent import inputData "
    "businessKnowledgeModel encapsulatedLogic decisionService outputDecision informationRequirement requiredDecision unknown"
).split()
ATTRIBUTES = (
    "id",
    "name",
    "href",
    "typeRef",
    "hitPolicy",
    "aggregation",
    "isCollection",
    "namespace",
    "iteratorVariable",
)
WORDS = st.sampled_from(
    ["a", "D", "#D", "1", "1 +", "> 3", "-", "number", "UNIQUE", "COLLECT", "SUM", "true", "", "a.b", "[1..2]"]
)


def elements() -> st.SearchStrategy[str]:
    """Trees of DMN elements in no sensible order."""
    attributes = st.dictionaries(st.sampled_from(ATTRIBUTES), WORDS, max_size=4)
    leaf = st.tuples(st.sampled_from(TAGS), attributes, st.just(()))
    tree = st.recursive(
        leaf, lambda inner: st.tuples(st.sampled_from(TAGS), attributes, st.lists(inner, max_size=4)), max_leaves=25
    )
    return tree.map(_written)


def _written(node: Any) -> str:
    tag, attributes, children = node
    spelled = "".join(f' {name}="{value.replace("<", "&lt;")}"' for name, value in attributes.items())
    inner = "".join(_written(child) for child in children) or (attributes.get("name", "1") if tag == "text" else "")
    return f"<{tag}{spelled}>{inner.replace('> 3', '&gt; 3') if not children else inner}</{tag}>"


@settings(max_examples=300, deadline=None)
@given(content=st.lists(elements(), max_size=5), dialect=st.sampled_from(["camunda", "dmn"]))
def test_nothing_but_its_own_error(content: list[str], dialect: str) -> None:
    """Whatever elements stand wherever, a file is refused with DmnParseError or every decision gives an answer."""
    document = f'<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/">{"".join(content)}</definitions>'
    try:
        graph = dmn.parse(document.encode(), dialect=dialect)
    except dmn.DmnParseError:
        return
    for decision in graph.decisions:
        assert graph.evaluate(decision, {"a": 1}).decision_id == decision


@settings(max_examples=200, deadline=None)
@given(
    cell=st.text(alphabet=string.printable.replace("<", "").replace("&", ""), max_size=12),
    value=st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), st.lists, max_leaves=4),
)
def test_any_cell_and_any_value(cell: str, value: Any) -> None:
    """Any text in a cell is refused or evaluated; any input gives an answer."""
    printable = "".join(c for c in cell if c in string.printable[:95])
    table = (
        '<decision id="D" name="D"><decisionTable><input><inputExpression><text>a</text></inputExpression></input><output/>'
        f"<rule><inputEntry><text>{printable}</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
        "</decisionTable></decision>"
    )
    document = f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">{table}</definitions>'
    try:
        graph = dmn.parse(document.encode())
    except dmn.DmnParseError:
        return
    assert graph.evaluate("D", {"a": value}).output in (1, None)
