"""Takes out of data what hidden fields hold, so that nothing depends on what nobody sees."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from zeebelet.console.forms.context import Clock, Scope, holds
from zeebelet.console.forms.paths import Path, get, prune
from zeebelet.console.forms.schema import Field


def visible_data(root: Field, data: Mapping[str, Any], clock: Clock) -> dict[str, Any]:
    """Returns a copy of the data without what hidden fields hold. Conditions see all of the data."""
    made = copy.deepcopy(dict(data))
    scope = Scope(data, data, None, (), clock)
    _take_out(root, (), scope, made, hidden=False)
    return made


def _take_out(field: Field, prefix: Path, scope: Scope, made: dict[str, Any], *, hidden: bool) -> None:
    path = (*prefix, *field.path)
    hidden = hidden or holds(field.hide, scope)
    if hidden and (field.kind.keyed or field.repeats):
        prune(made, path)
    elif field.repeats:
        items = get(scope.data, path, None)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            inner = Scope(scope.data, item, scope.this, (*scope.i, index + 1), scope.clock)
            for child in field.children:
                _take_out(child, (*path, index), inner, made, hidden=hidden)
    else:
        for child in field.children:
            _take_out(child, path, scope, made, hidden=hidden)
