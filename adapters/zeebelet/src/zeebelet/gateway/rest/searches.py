"""The searches of the API: a view each, some within a scope the path names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from zeebelet.gateway.errors import NotFoundError
from zeebelet.gateway.rest.context import Call
from zeebelet.gateway.search import views
from zeebelet.gateway.search.columns import Columns
from zeebelet.gateway.search.query import View, search
from zeebelet.gateway.search.rows import UserTaskRow, VariableRow
from zeebelet.gateway.search.tables import Tables


class Search(NamedTuple):
    """A search operation: what it reads, and from which rows when the path narrows it."""

    view: View
    rows: Callable[[Call], Iterable[Any]] | None = None


_UNCUT: Columns = {name: views.FULL_VARIABLES.get(name, column) for name, column in views.VARIABLES.shown.items()}


def _shown(call: Call, view: View) -> Columns | None:
    return _UNCUT if view is views.VARIABLES and call.parameters.get("truncateValues") is False else None


def _incidents_of_instance(call: Call) -> Iterable[Any]:
    key, tables = call.key("processInstanceKey"), call.services.tables
    if tables.instances.get(key) is None:
        raise NotFoundError(f"Process instance with key '{key}' not found")
    return _with_called(tables, key)


def _with_called(tables: Tables, key: int) -> list[Any]:
    """The incidents of an instance and of those it called."""
    found = tables.incidents.where("value.process_instance_key", key)
    for called in tables.instances.where("value.parent_process_instance_key", key):
        found += _with_called(tables, called.key)
    return found


def _incidents_of_element(call: Call) -> Iterable[Any]:
    key, tables = call.key("elementInstanceKey"), call.services.tables
    element = tables.elements.get(key)
    if element is None:
        raise NotFoundError(f"Element instance with key '{key}' not found")
    found = tables.incidents.where("value.element_instance_key", key)
    for called in tables.instances.where("value.parent_process_instance_key", element.value.process_instance_key):
        if called.value.parent_element_instance_key == key:
            found += _with_called(tables, called.key)
    return found


def _scopes(tables: Tables, task: UserTaskRow) -> list[int]:
    """The scopes a user task sees, nearest first."""
    scopes = [task.value.element_instance_key]
    element = tables.elements.get(scopes[0])
    while element is not None and element.value.flow_scope_key > 0:
        scopes.append(element.value.flow_scope_key)
        element = tables.elements.get(element.value.flow_scope_key)
    return scopes


def _task_variables(call: Call) -> list[VariableRow]:
    key, tables = call.key("userTaskKey"), call.services.tables
    task = tables.user_tasks.get(key)
    if task is None:
        raise NotFoundError(f"User task with key '{key}' not found")
    return [variable for scope in _scopes(tables, task) for variable in tables.variables.where("scope_key", scope)]


def _effective_variables(call: Call) -> list[VariableRow]:
    nearest: dict[str, VariableRow] = {}
    for variable in _task_variables(call):
        nearest.setdefault(variable.name, variable)
    return list(nearest.values())


SEARCHES: dict[str, Search] = {
    "searchBatchOperationItems": Search(views.BATCH_ITEMS),
    "searchBatchOperations": Search(views.BATCHES),
    "searchCorrelatedMessageSubscriptions": Search(views.CORRELATIONS),
    "searchDecisionDefinitions": Search(views.DECISIONS),
    "searchDecisionInstances": Search(views.DECISION_INSTANCES),
    "searchDecisionRequirements": Search(views.REQUIREMENTS),
    "searchElementInstanceIncidents": Search(views.INCIDENTS, _incidents_of_element),
    "searchElementInstances": Search(views.ELEMENT_INSTANCES),
    "searchIncidents": Search(views.INCIDENTS),
    "searchJobs": Search(views.JOBS),
    "searchMessageSubscriptions": Search(views.MESSAGE_SUBSCRIPTIONS),
    "searchProcessDefinitions": Search(views.PROCESS_DEFINITIONS),
    "searchProcessInstanceIncidents": Search(views.INCIDENTS, _incidents_of_instance),
    "searchProcessInstances": Search(views.PROCESS_INSTANCES),
    "searchUserTaskEffectiveVariables": Search(views.VARIABLES, _effective_variables),
    "searchUserTaskVariables": Search(views.VARIABLES, _task_variables),
    "searchUserTasks": Search(views.USER_TASKS),
    "searchVariables": Search(views.VARIABLES),
}


def answer(operation: str, call: Call) -> Any:
    """Answers a search."""
    found = SEARCHES[operation]
    rows = found.rows(call) if found.rows else None
    return search(call.services.tables, found.view, call.body, rows=rows, shown=_shown(call, found.view))
