"""What the schema says of a file, as far as an analyst or a tool can get it wrong: Camunda refuses a file that breaks it.

Elements of other namespaces (a modeler's extensions, the diagram) may hold anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

ELEMENTS = frozenset(
    """
    definitions import itemDefinition itemComponent typeRef allowedValues typeConstraint functionItem parameters
    decision inputData businessKnowledgeModel knowledgeSource decisionService elementCollection drgElement
    performanceIndicator organizationUnit impactingDecision decisionMade decisionOwned textAnnotation association group
    sourceRef targetRef description extensionElements question allowedAnswers variable informationRequirement
    knowledgeRequirement authorityRequirement supportedObjective impactedPerformanceIndicator decisionMaker decisionOwner
    usingProcess usingTask requiredDecision requiredInput requiredKnowledge requiredAuthority encapsulatedLogic
    formalParameter literalExpression text importedValues importedElement invocation binding parameter decisionTable input
    inputExpression inputValues output outputValues defaultOutputEntry annotation rule inputEntry outputEntry
    annotationEntry context contextEntry functionDefinition relation column row list conditional if then else filter in
    match for return some every satisfies outputDecision encapsulatedDecision inputDecision type owner locationURI
    """.split()
)
ATTRIBUTES = frozenset(
    """
    id label name namespace expressionLanguage typeLanguage exporter exporterVersion importType locationURI typeRef
    isCollection href hitPolicy aggregation preferredOrientation outputLabel kind outputTypeRef iteratorVariable textFormat
    associationDirection URI title
    """.split()
)
NAMED = frozenset(
    "definitions decision inputData businessKnowledgeModel decisionService itemDefinition variable".split()
)
HOLDS = {  # what an element must hold
    "inputEntry": "text",
    "inputValues": "text",
    "outputValues": "text",
    "allowedValues": "text",
    "input": "inputExpression",
    "decisionTable": "output",
}
VALUES = {
    "hitPolicy": frozenset({"UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"}),
    "aggregation": frozenset({"SUM", "COUNT", "MIN", "MAX"}),
}


def violations(root: etree._Element) -> Iterator[str]:
    """Everything in a document that the schema does not allow."""
    namespace = etree.QName(root).namespace
    nodes = [node for node in root.iter(f"{{{namespace}}}*") if not _in_extension(node)]
    for node in nodes:
        yield from _of_element(node)
    ids = Counter(str(node.get("id")) for node in nodes if node.get("id"))
    for identifier, count in ids.items():
        if count > 1:
            yield f"Expected every id to be unique, but '{identifier}' is used {count} times"


def _in_extension(node: etree._Element) -> bool:
    parent = node.getparent()
    return parent is not None and etree.QName(parent).localname == "extensionElements"


def _of_element(node: etree._Element) -> Iterator[str]:
    tag = etree.QName(node).localname
    place = f"'{tag}'" + (f" with id '{node.get('id')}'" if node.get("id") else "") + f" in line {node.sourceline}"
    if tag not in ELEMENTS:
        yield f"Expected an element of DMN, but found {place}"
        return
    for name, value in node.attrib.items():
        if not name.startswith("{") and name not in ATTRIBUTES:
            yield f"Expected an attribute of DMN, but {place} has '{name}'"
        elif name in VALUES and value not in VALUES[name]:
            yield f"Expected the {name} to be one of {', '.join(sorted(VALUES[name]))}, but {place} has '{value}'"
    needed = HOLDS.get(tag)
    if needed and node.find(f"{{*}}{needed}") is None:
        yield f"Expected a '{needed}' to be present, but {place} has none"
    if tag in NAMED and node.get("name") is None and node.get("href") is None:
        yield f"Expected the name to be present, but {place} has none"
