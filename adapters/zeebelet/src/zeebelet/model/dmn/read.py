"""DMN XML to values.

Every version from 1.1 to 1.6 is read: they differ in their namespace, and later ones in what boxed expressions there are.
Nothing is judged here but the shape of the document; what an expression means is the business of the `dmn` package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from lxml import etree

from zeebelet.model.xml import refuse_doctype

from . import values as v
from .shape import violations

NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "http://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",
}
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
T = TypeVar("T")


class DmnXmlError(Exception):
    """The file is not a DMN document."""


def parse(content: bytes) -> v.Definitions:
    """Read a DMN file. Entities are not expanded and nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
        refuse_doctype(root, content)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DmnXmlError(str(error)) from error
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in NAMESPACES:
        raise DmnXmlError(f"Expected the root element to be 'definitions' of DMN 1.1 to 1.6, but it is '{root.tag}'")
    return replace(_definitions(Element(root), NAMESPACES[name.namespace]), violations=tuple(violations(root)))


class Element:
    """A DMN element: only children of the document's own namespace are seen, extensions are not."""

    __slots__ = ("_namespace", "_node", "tag")

    def __init__(self, node: etree._Element) -> None:
        self._node = node
        name = etree.QName(node)
        self.tag = name.localname
        self._namespace = name.namespace

    def get(self, attribute: str) -> str:
        """An attribute's text, empty when absent."""
        return str(self._node.get(attribute, ""))

    def children(self, *tags: str) -> Iterator[Element]:
        """The children, of these tags when given, in document order."""
        for node in self._node.iterchildren(f"{{{self._namespace}}}*"):
            child = Element(node)
            if not tags or child.tag in tags:
                yield child

    def child(self, *tags: str) -> Element | None:
        """The first child with one of these tags."""
        return next(self.children(*tags), None)

    def text(self) -> str | None:
        """What its `text` child says, without the white space around it."""
        child = self.child("text")
        return None if child is None else "".join(child._node.itertext()).strip()

    def content(self, tag: str) -> str:
        """The text inside a child element, empty when it is absent."""
        child = self.child(tag)
        return "" if child is None else (child._node.text or "").strip()

    def extension(self, tag: str, attribute: str) -> str:
        """An attribute of one of Zeebe's extension elements, empty when it is absent."""
        path = f"{{{self._namespace}}}extensionElements/{{{ZEEBE}}}{tag}"
        found = self._node.find(path)
        return "" if found is None else str(found.get(attribute, ""))

    @property
    def id(self) -> str:
        """Its id."""
        return self.get("id")

    @property
    def type_ref(self) -> str:
        """Its type, an attribute since DMN 1.2 and for item definitions an element."""
        return self.get("typeRef") or self.content("typeRef")


def _definitions(root: Element, version: str) -> v.Definitions:
    def every(tag: str, read: Callable[[Element], T]) -> tuple[T, ...]:
        return tuple(read(element) for element in root.children(tag))

    return v.Definitions(
        id=root.id,
        name=root.get("name"),
        namespace=root.get("namespace"),
        version=version,
        imports=every("import", _import),
        items=every("itemDefinition", _item),
        decisions=every("decision", _decision),
        inputs=every("inputData", lambda e: v.InputData(e.id, e.get("name"), _variable(e))),
        knowledge=every("businessKnowledgeModel", _knowledge),
        services=every("decisionService", _service),
    )


def _import(element: Element) -> v.Import:
    return v.Import(element.get("name"), element.get("namespace"), element.get("importType"))


def _item(element: Element) -> v.ItemDefinition:
    function = element.child("functionItem")
    return v.ItemDefinition(
        name=element.get("name"),
        type_ref=element.type_ref,
        is_collection=element.get("isCollection") in ("true", "1"),
        allowed_values=_optional(element.child("allowedValues"), _tests),
        type_constraint=_optional(element.child("typeConstraint"), _tests),
        components=tuple(_item(child) for child in element.children("itemComponent")),
        is_function=function is not None,
        output_type="" if function is None else function.get("outputTypeRef"),
    )


def _decision(element: Element) -> v.Decision:
    return v.Decision(
        id=element.id,
        name=element.get("name"),
        variable=_variable(element),
        expression=_expression_in(element),
        decisions=_required(element, "informationRequirement", "requiredDecision"),
        inputs=_required(element, "informationRequirement", "requiredInput"),
        knowledge=_required(element, "knowledgeRequirement", "requiredKnowledge"),
        version_tag=element.extension("versionTag", "value"),
    )


def _knowledge(element: Element) -> v.BusinessKnowledgeModel:
    return v.BusinessKnowledgeModel(
        id=element.id,
        name=element.get("name"),
        variable=_variable(element),
        function=_optional(element.child("encapsulatedLogic"), _function),
        knowledge=_required(element, "knowledgeRequirement", "requiredKnowledge"),
    )


def _service(element: Element) -> v.DecisionService:
    return v.DecisionService(
        id=element.id,
        name=element.get("name"),
        variable=_variable(element),
        outputs=_references(element, "outputDecision"),
        encapsulated=_references(element, "encapsulatedDecision"),
        decisions=_references(element, "inputDecision"),
        inputs=_references(element, "inputData"),
    )


def _required(element: Element, requirement: str, target: str) -> tuple[v.Reference, ...]:
    return tuple(ref for child in element.children(requirement) for ref in _references(child, target))


def _references(element: Element, tag: str) -> tuple[v.Reference, ...]:
    return tuple(_reference(child.get("href")) for child in element.children(tag))


def _reference(href: str) -> v.Reference:
    namespace, _, identifier = href.rpartition("#")
    return v.Reference(namespace, identifier)


def _variable(element: Element) -> v.InformationItem | None:
    return _optional(element.child("variable"), _information)


def _information(element: Element) -> v.InformationItem:
    return v.InformationItem(element.get("name"), element.type_ref)


def _optional(element: Element | None, read: Callable[[Element], T]) -> T | None:
    return None if element is None else read(element)


# -- expressions ---------------------------------------------------------------------------------------------------------


def _expression_in(element: Element | None) -> v.Expression | None:
    """The one expression an element holds."""
    child = None if element is None else element.child(*EXPRESSIONS)
    return None if child is None else EXPRESSIONS[child.tag](child)


def _expressions_in(element: Element) -> tuple[v.Expression, ...]:
    return tuple(EXPRESSIONS[child.tag](child) for child in element.children(*EXPRESSIONS))


def _literal(element: Element) -> v.LiteralExpression:
    return v.LiteralExpression(element.id, element.text(), element.get("expressionLanguage"), element.type_ref)


def _tests(element: Element) -> v.UnaryTests:
    return v.UnaryTests(element.id, element.text() or "", element.get("expressionLanguage"))


def _table(element: Element) -> v.DecisionTable:
    return v.DecisionTable(
        id=element.id,
        hit_policy=element.get("hitPolicy"),
        aggregation=element.get("aggregation"),
        inputs=tuple(_input(child) for child in element.children("input")),
        outputs=tuple(_output(child) for child in element.children("output")),
        rules=tuple(_rule(child) for child in element.children("rule")),
        type_ref=element.type_ref,
    )


def _input(element: Element) -> v.Input:
    expression = _optional(element.child("inputExpression"), _literal) or v.LiteralExpression("", None)
    return v.Input(element.id, element.get("label"), expression, _optional(element.child("inputValues"), _tests))


def _output(element: Element) -> v.Output:
    return v.Output(
        id=element.id,
        label=element.get("label"),
        name=element.get("name"),
        type_ref=element.type_ref,
        values=_optional(element.child("outputValues"), _tests),
        default=_optional(element.child("defaultOutputEntry"), _literal),
    )


def _rule(element: Element) -> v.Rule:
    return v.Rule(
        id=element.id,
        tests=tuple(_tests(child) for child in element.children("inputEntry")),
        outputs=tuple(_literal(child) for child in element.children("outputEntry")),
        description=element.content("description"),
    )


def _context(element: Element) -> v.Context:
    entries = tuple(v.ContextEntry(_variable(e), _expression_in(e)) for e in element.children("contextEntry"))
    return v.Context(element.id, entries, element.type_ref)


def _invocation(element: Element) -> v.Invocation:
    bindings = tuple(
        v.Binding(_optional(e.child("parameter"), _information) or v.InformationItem(""), _expression_in(e))
        for e in element.children("binding")
    )
    return v.Invocation(element.id, _expression_in(element), bindings, element.type_ref)


def _list(element: Element) -> v.ListExpression:
    return v.ListExpression(element.id, _expressions_in(element), element.type_ref)


def _relation(element: Element) -> v.Relation:
    return v.Relation(
        id=element.id,
        columns=tuple(_information(child) for child in element.children("column")),
        rows=tuple(_expressions_in(child) for child in element.children("row")),
        type_ref=element.type_ref,
    )


def _function(element: Element) -> v.FunctionDefinition:
    return v.FunctionDefinition(
        id=element.id,
        kind=element.get("kind") or "FEEL",
        parameters=tuple(_information(child) for child in element.children("formalParameter")),
        body=_expression_in(element),
        type_ref=element.type_ref,
    )


def _conditional(element: Element) -> v.Conditional:
    condition, then, otherwise = (_expression_in(element.child(tag)) for tag in ("if", "then", "else"))
    return v.Conditional(element.id, condition, then, otherwise, element.type_ref)


def _filter(element: Element) -> v.Filter:
    source, match = (_expression_in(element.child(tag)) for tag in ("in", "match"))
    return v.Filter(element.id, source, match, element.type_ref)


def _iteration(element: Element) -> v.Iteration:
    return v.Iteration(
        id=element.id,
        kind=element.tag,
        variable=element.get("iteratorVariable"),
        source=_expression_in(element.child("in")),
        body=_expression_in(element.child("return", "satisfies")),
        type_ref=element.type_ref,
    )


EXPRESSIONS: dict[str, Callable[[Element], v.Expression]] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "invocation": _invocation,
    "list": _list,
    "relation": _relation,
    "functionDefinition": _function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _iteration,
    "some": _iteration,
    "every": _iteration,
}
