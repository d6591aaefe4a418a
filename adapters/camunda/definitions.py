"""What is deployed in Camunda: processes and decisions with their versions and sources, and moving instances between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from adapters.camunda.rest import CamundaRest
from adapters.camunda.session import RestSession
from workers.ports.errors import NotFound


@dataclass(frozen=True, slots=True)
class DeployedProcess:
    """One version of a process as Camunda has it; `source` is its BPMN."""

    id: str
    version: int
    key: str
    source: bytes


class CamundaDefinitions:
    """Reads definitions and migrates instances, over the v2 REST API."""

    def __init__(self, rest: CamundaRest, session: RestSession) -> None:
        self._rest, self._session = rest, session

    def latest(self) -> dict[str, bytes]:
        """`bpmn/x.bpmn` and `dmn/y.dmn` -> the source of what is deployed last. Forms are not among them: Camunda 8.9 gives
        a form's source only with a task or a start event."""
        processes = self._rest.search("process-definitions", isLatestVersion=True)
        found = {_place("bpmn", item): self._source("process-definitions", _key(item)) for item in processes}
        newest: dict[str, Mapping[str, Any]] = {}
        for item in self._rest.search("decision-requirements"):
            known = newest.get(item["decisionRequirementsId"])
            if known is None or known["version"] < item["version"]:
                newest[item["decisionRequirementsId"]] = item
        for last in newest.values():
            key = str(last["decisionRequirementsKey"])
            found[_place("dmn", last)] = self._source("decision-requirements", key)
        return {place: source for place, source in found.items() if source}

    def process(self, process_id: str, version: int) -> DeployedProcess:
        """One version of a process; `NotFound` that names the versions there are."""
        items = list(self._rest.search("process-definitions", processDefinitionId=process_id))
        for item in items:
            if item["version"] == version:
                return DeployedProcess(process_id, version, _key(item), self._source("process-definitions", _key(item)))
        known = ", ".join(str(version) for version in sorted(item["version"] for item in items)) or "none"
        raise NotFound(
            f"Expected version {version} of {process_id!r}, but Camunda has {known}",
            reference=f"{process_id}:{version}",
        )

    def running(self, definition: DeployedProcess) -> Iterator[str]:
        """Keys of the active instances of that version."""
        found = self._rest.search("process-instances", processDefinitionKey=definition.key, state="ACTIVE")
        return (str(item["processInstanceKey"]) for item in found)

    def standing(self, instance: str) -> set[str]:
        """Ids of the elements that are active in an instance."""
        found = self._rest.search("element-instances", processInstanceKey=instance, state="ACTIVE")
        return {item["elementId"] for item in found if item["type"] != "PROCESS"}

    def migrate(self, instance: str, target: str, elements: Mapping[str, str]) -> None:
        """Moves one instance to the version with the key `target`; `elements` says for each element where its token goes.

        Raises `NotFound` when the instance has ended, `Conflict` or `Refused` with Camunda's reason when it may not be moved.
        """
        instructions = [{"sourceElementId": old, "targetElementId": new} for old, new in elements.items()]
        body = {"targetProcessDefinitionKey": target, "mappingInstructions": instructions}
        self._session.request("POST", f"/v2/process-instances/{instance}/migration", body, reference=instance)

    def _source(self, entity: str, key: str) -> bytes:
        return str(self._session.request("GET", f"/v2/{entity}/{key}/xml", reference=key) or "").encode()


def _key(item: Mapping[str, Any]) -> str:
    return str(item["processDefinitionKey"])


def _place(folder: str, item: Mapping[str, Any]) -> str:
    return f"{folder}/{PurePosixPath(str(item['resourceName'])).name}"
