"""Reading and writing values inside of data by a path of names and list positions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

Path = tuple[str | int, ...]
MISSING: Any = object()


def get(data: Any, path: Sequence[str | int], default: Any = MISSING) -> Any:
    """Returns the value at a path, or the default where the path leads nowhere."""
    for step in path:
        in_list = isinstance(data, list) and isinstance(step, int) and step < len(data)
        if not in_list and not (isinstance(data, dict) and step in data):
            return default
        data = data[step]
    return data


def put(data: Any, path: Sequence[str | int], value: Any) -> None:
    """Sets the value at a path; what is missing on the way, or is no container, is made."""
    for step, following in pairwise(path):
        inner = get(data, (step,), None)
        wanted = list if isinstance(following, int) else dict
        if not isinstance(inner, wanted):
            inner = wanted()
            _assign(data, step, inner)
        data = inner
    _assign(data, path[-1], value)


def _assign(data: Any, step: str | int, value: Any) -> None:
    if isinstance(step, int):
        data.extend([None] * (step + 1 - len(data)))
    data[step] = value


def prune(data: Any, path: Path) -> None:
    """Takes the value at a path out, and containers that are empty then; list positions of others do not move."""
    for length in range(len(path), 0, -1):
        holder = get(data, path[: length - 1], None)
        step = path[length - 1]
        if isinstance(holder, dict):
            holder.pop(step, None)
            if holder:
                return
        elif isinstance(holder, list) and isinstance(step, int):
            if step < len(holder):
                holder[step] = None
            if any(item is not None for item in holder):
                return
        else:
            return
