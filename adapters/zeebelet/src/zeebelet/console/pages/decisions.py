"""Decisions: what is deployed, what was decided, and by which rules."""

from __future__ import annotations

from typing import Any

from lxml import etree
from starlette.responses import Response

from zeebelet.console.pages.paging import Paging, page_number, page_of
from zeebelet.console.web import Web
from zeebelet.records import JsonObject

_SORT = [{"field": "evaluationDate", "order": "DESC"}]


async def listed(web: Web) -> Response:
    """The latest version of each decision, and the latest evaluations."""
    number = page_number(web.query["page"])
    wanted: JsonObject = {"state": web.query["state"]} if web.query["state"] else {}
    if web.query["decision"]:
        wanted["decisionDefinitionId"] = web.query["decision"]
    found = await web.rest.search("decision-instances", {"filter": wanted, "sort": _SORT, "page": page_of(number)})
    sort = [{"field": "decisionDefinitionId"}]
    decisions = await web.rest.items("decision-definitions", {"isLatestVersion": True}, sort=sort)
    return web.render(
        "decisions.html",
        title="Decisions",
        decisions=decisions,
        evaluations=found["items"],
        paging=Paging(number, found["page"]["totalItems"]),
        asked=web.request_text("POST", "/v2/decision-instances/search", {"filter": wanted, "sort": _SORT}),
    )


def _local(node: Any) -> str:
    return str(etree.QName(node).localname) if isinstance(node.tag, str) else ""


def _text(node: Any) -> str:
    return next(("".join(child.itertext()).strip() for child in node if _local(child) == "text"), "")


def table_of(xml: bytes, decision_id: str) -> JsonObject | None:
    """Returns a decision table's hit policy, columns and rules; None when the decision is no table."""
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    decision = next(
        (node for node in root.iter() if _local(node) == "decision" and node.get("id") == decision_id), None
    )
    table = next((node for node in decision if _local(node) == "decisionTable"), None) if decision is not None else None
    if table is None:
        return None
    inputs = [node for node in table if _local(node) == "input"]
    outputs = [node for node in table if _local(node) == "output"]
    return {
        "policy": table.get("hitPolicy") or "UNIQUE",
        "inputs": [_input(node) for node in inputs],
        "outputs": [node.get("label") or node.get("name") or "" for node in outputs],
        "rules": [_rule(node) for node in table if _local(node) == "rule"],
    }


def _input(node: Any) -> str:
    expression = next((child for child in node if _local(child) == "inputExpression"), None)
    return str(node.get("label") or (_text(expression) if expression is not None else ""))


def _rule(node: Any) -> JsonObject:
    return {
        "id": node.get("id"),
        "inputs": [_text(child) for child in node if _local(child) == "inputEntry"],
        "outputs": [_text(child) for child in node if _local(child) == "outputEntry"],
        "note": next(
            (_text(child) or "".join(child.itertext()).strip() for child in node if _local(child) == "description"), ""
        ),
    }


async def one(web: Web) -> Response:
    """One version of a decision: its table, and trying it."""
    key = str(web.http.path_params["key"])
    decision = await web.rest.get(f"/v2/decision-definitions/{key}")
    xml = await web.rest.xml(f"/v2/decision-definitions/{key}/xml")
    return web.render(
        "decision.html",
        title=decision["name"] or decision["decisionDefinitionId"],
        decision=decision,
        table=table_of(xml, decision["decisionDefinitionId"]),
        fired=frozenset(),
        evaluation=None,
    )


async def evaluation(web: Web) -> Response:
    """One evaluation: what went in, which rules fired, what came out."""
    found = await web.rest.get(f"/v2/decision-instances/{web.http.path_params['key']}")
    decision = await web.rest.find(f"/v2/decision-definitions/{found['decisionDefinitionKey']}")
    path = f"/v2/decision-definitions/{found['decisionDefinitionKey']}/xml"
    xml = await web.rest.xml(path) if decision else b""
    return web.render(
        "decision.html",
        title=found["decisionDefinitionName"] or found["decisionDefinitionId"],
        decision=decision,
        table=table_of(xml, found["decisionDefinitionId"]) if xml else None,
        fired=frozenset(rule["ruleId"] for rule in found["matchedRules"]),
        evaluation=found,
    )
