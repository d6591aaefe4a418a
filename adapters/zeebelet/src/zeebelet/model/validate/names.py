"""What must be unique within a scope: message and signal names, error and escalation codes, links and conditions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from zeebelet.model.validate.model import Element, Model, child, is_a

_DUPLICATE = {
    "Message": "Multiple message event definitions with the same name '{}' are not allowed.",
    "Signal": "Multiple signal event definitions with the same name '{}' are not allowed.",
    "Link": "Multiple intermediate catch link event definitions with the same name '{}' are not allowed.",
}
_SAME_CODE = "Multiple {0} catch events with the same {0} code '{1}' are not supported on the same scope."
_CATCH_ALL = {
    "error": (
        "The same scope can not contain more than one error catch event without error code."
        " An error catch event without error code catches all errors."
    ),
    "escalation": (
        "The same scope can not contain more than one escalation catch event without escalation code."
        " An escalation catch event without escalation code catches all escalations."
    ),
}
_SAME_CONDITION = "Multiple conditional event definitions with the same condition expression '{}' are not allowed."


def repeated(names: Iterable[str | None]) -> list[str]:
    """Non-empty names that occur more than once, in order of appearance."""
    return [name for name, count in Counter(n for n in names if n).items() if count > 1]


def duplicated_definitions(definitions: Sequence[Element], model: Model) -> Iterator[str]:
    """Two subscriptions of one scope with the same name would compete."""
    for kind, text in _DUPLICATE.items():
        own = [d for d in definitions if is_a(d, f"{kind}EventDefinition")]
        names = [d.get("name") if kind == "Link" else _referenced_name(d, kind, model) for d in own]
        yield from (text.format(name) for name in repeated(names))


def _referenced_name(definition: Element, kind: str, model: Model) -> str | None:
    target = model.reference(definition, f"{kind.lower()}Ref", kind)
    return None if target is None else target.get("name")


def duplicated_handlers(definitions: Sequence[Element], model: Model) -> Iterator[str]:
    """One handler per code, and one for all codes, in a scope."""
    for word, kind in (("escalation", "Escalation"), ("error", "Error")):
        own = [d for d in definitions if is_a(d, f"{kind}EventDefinition")]
        targets = [model.reference(d, f"{word}Ref", kind) for d in own]
        codes = [None if target is None else target.get(f"{word}Code") for target in targets]
        if sum(target is None for target in targets) > 1:
            yield _CATCH_ALL[word]
        known = Counter(code for target, code in zip(targets, codes, strict=True) if target is not None)
        for code, count in known.items():
            if count > 1:
                yield _SAME_CODE.format(word, code) if code is not None else _CATCH_ALL[word]


def duplicated_conditions(definitions: Sequence[Element]) -> Iterator[str]:
    """Two equal conditions in one scope would fire together."""
    conditions = [child(d, "condition") for d in definitions if is_a(d, "ConditionalEventDefinition")]
    texts = [condition.text for condition in conditions if condition is not None]
    yield from (_SAME_CONDITION.format(text) for text in repeated(texts))
