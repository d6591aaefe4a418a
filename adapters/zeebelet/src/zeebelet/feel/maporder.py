"""The order in which Camunda lists a context's entries.

Up to four entries keep the order in which they were written; more are kept in a hash map, whose order follows from the keys:
five bits of each key's hash at a time, at every level first the keys that stand alone there, then the groups.
"""

from __future__ import annotations

from typing import Any

_SMALL = 4
_BITS = 5
_WIDTH = 32
_MASK = 0xFFFFFFFF
_TABLE = 16  # the size of the hash table through which a small map is handed over


def ordered(context: dict[str, Any]) -> dict[str, Any]:
    """The context with its entries in Camunda's order."""
    if len(context) <= _SMALL:
        return context
    hashes = [(_hash(key), key) for key in context]
    return {key: context[key] for key in _trie(hashes, 0)}


def as_given(context: dict[str, Any]) -> dict[str, Any]:
    """A context that a caller hands over as a Java map, with its entries in the order that Camunda reads them in."""
    if len(context) > _SMALL:
        return ordered(context)
    spread = {key: (_java_hash(key) ^ _java_hash(key) >> 16) for key in context}
    keys = sorted(context, key=lambda key: (spread[key] & _TABLE - 1, spread[key]))
    return {key: context[key] for key in keys}


def _java_hash(text: str) -> int:
    found = 0
    raw = text.encode("utf-16-be", "surrogatepass")
    for at in range(0, len(raw), 2):
        found = (found * 31 + (raw[at] << 8 | raw[at + 1])) & _MASK
    return found


def _hash(text: str) -> int:
    """Java's hash of a string, spread as Scala's immutable maps do."""
    found = _java_hash(text)
    found = (found + ~(found << 9)) & _MASK
    found ^= found >> 14
    found = (found + (found << 4)) & _MASK
    return found ^ found >> 10


def _trie(hashes: list[tuple[int, str]], shift: int) -> list[str]:
    if shift >= _WIDTH:
        return [key for _, key in hashes]
    groups: dict[int, list[tuple[int, str]]] = {}
    for entry in hashes:
        groups.setdefault(entry[0] >> shift & (1 << _BITS) - 1, []).append(entry)
    slots = sorted(groups)
    alone = [groups[slot][0][1] for slot in slots if len(groups[slot]) == 1]
    together = [key for slot in slots if len(groups[slot]) > 1 for key in _trie(groups[slot], shift + _BITS)]
    return alone + together
