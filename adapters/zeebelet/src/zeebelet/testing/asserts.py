"""Assertions on one process instance, in the words of the diagram. Each names what happened instead when it fails."""

from __future__ import annotations

from typing import Any, Self

from zeebelet.testing.journal import ENDED, LEFT
from zeebelet.testing.kit import Instance


def assert_instance(instance: Instance) -> InstanceAssert:
    """Starts a chain: `assert_instance(order).has_passed("ScheduleTV").is_completed()`."""
    return InstanceAssert(instance)


class InstanceAssert:
    """Fluent assertions; every method returns the chain."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._journal = instance.engine.journal

    def has_passed(self, *element_ids: str) -> Self:
        """These elements were completed, in this order (others may lie between)."""
        passed = self._journal.passed[self._instance.key]
        remaining = iter(passed)
        for element_id in element_ids:
            if element_id not in remaining:
                raise AssertionError(
                    f"Expected the path to pass {' → '.join(element_ids)}, but it passed {_path(passed)}"
                )
        return self

    def has_not_passed(self, *element_ids: str) -> Self:
        """None of these elements was completed."""
        passed = set(element_ids) & set(self._journal.passed[self._instance.key])
        assert not passed, f"Expected the path to avoid {sorted(passed)}, but it passed them"
        return self

    def is_waiting_at(self, *element_ids: str) -> Self:
        """The tokens stand at these elements now (scopes left out)."""
        active = set(self._journal.active[self._instance.key].values())
        missing = [element_id for element_id in element_ids if element_id not in active]
        assert not missing, f"Expected the instance to wait at {missing}, but it waits at {sorted(active)}"
        return self

    def is_completed(self) -> Self:
        """The instance ended by itself."""
        return self._ended(LEFT, "completed")

    def is_terminated(self) -> Self:
        """The instance was cancelled."""
        return self._ended(ENDED, "terminated")

    def is_active(self) -> Self:
        """The instance has not ended."""
        end = self._journal.ends.get(self._instance.key)
        assert end is None, f"Expected {self._instance} to be active, but it is over: {end}"
        return self

    def has_variable(self, name: str, value: Any) -> Self:
        """A root variable has this value."""
        variables = self._instance.variables
        assert name in variables, f"Expected variable {name!r}, but there are only {sorted(variables)}"
        assert variables[name] == value, f"Expected {name} = {value!r}, but it is {variables[name]!r}"
        return self

    def has_no_incident(self) -> Self:
        """Nothing is stuck."""
        open_incidents = list(self._journal.incidents[self._instance.key].values())
        assert not open_incidents, f"Expected no incident, but: {open_incidents}"
        return self

    def has_incident_at(self, element_id: str, containing: str = "") -> Self:
        """An element is stuck, with this text in its incident."""
        found = [text for at, text in self._journal.incidents[self._instance.key].values() if at == element_id]
        assert any(containing in text for text in found), f"Expected an incident at {element_id}, but there are {found}"
        return self

    def _ended(self, intent: str, word: str) -> Self:
        end = self._journal.ends.get(self._instance.key)
        if end != intent:
            active = sorted(self._journal.active[self._instance.key].values())
            incidents = list(self._journal.incidents[self._instance.key].values())
            raise AssertionError(
                f"Expected {self._instance} to be {word}, but it is {end or 'active'}"
                f" at {active}, incidents {incidents}; it passed {_path(self._journal.passed[self._instance.key])}"
            )
        return self


def _path(elements: list[str]) -> str:
    return " → ".join(elements) or "nothing"
