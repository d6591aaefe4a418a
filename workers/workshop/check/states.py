"""The variables that are known at an element, and how they come together where ways meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from workers.workshop.check.shapes import ANY, Shape, join, put


@dataclass(frozen=True)
class State:
    """Variables by name; a shape with kind `missing` is not set on every way. `loose`: there may be others.

    `cases` are the ends of the scope it comes from: the next gateway tells them apart, and then they are forgotten.
    """

    names: Mapping[str, Shape]
    loose: bool = False
    cases: tuple[State, ...] = ()

    def with_(self, more: Mapping[str, Shape]) -> State:
        """The same after variables were set."""
        return State({**self.names, **more}, self.loose) if more else self

    def assigned(self, target: str, value: Shape) -> State:
        """The same after a mapping wrote to a path."""
        first, *rest = target.split(".")
        return self.with_({first: put(self.names.get(first), rest, value) if rest else value})

    def maybe(self, more: Mapping[str, Shape]) -> State:
        """The same where other variables may or may not have been set besides."""
        return State({**{n: s.also("missing") for n, s in more.items()}, **_joined(self.names, more)}, self.loose)

    def maybe_missing(self, known: Iterable[str]) -> State:
        """The same where only the named variables are sure."""
        sure = set(known)
        return State({n: s if n in sure else s.also("missing") for n, s in self.names.items()}, self.loose)


def _joined(mine: Mapping[str, Shape], more: Mapping[str, Shape]) -> dict[str, Shape]:
    return {n: join(s, more[n].without("missing")) if n in more else s for n, s in mine.items()}


CASES = 16
"""More cases than this are not told apart."""


def alternatives(states: Iterable[State | None]) -> State | None:
    """Where the ends of a scope meet: their common state, which remembers each of them."""
    come = [state for state in states if state is not None]
    whole = meet(come)
    if whole is None or len(come) > CASES:
        return whole
    return replace(whole, cases=tuple(replace(state, cases=()) for state in come))


def forgetful(state: State | None) -> State | None:
    """The same without its cases."""
    return state if state is None or not state.cases else replace(state, cases=())


EMPTY, LOOSE = State({}), State({}, loose=True)


def meet(states: Iterable[State | None]) -> State | None:
    """What is known where ways meet; None while no way has come."""
    come = [state for state in states if state is not None]
    if not come:
        return None
    first, *others = come
    if not others:
        return first
    names = dict(first.names)
    for other in others:
        if other.names is first.names:
            continue
        for name in [*names, *(n for n in other.names if n not in names)]:
            mine, theirs = names.get(name), other.names.get(name)
            if mine is None or theirs is None:
                names[name] = ((mine or theirs) or ANY).also("missing")
            elif mine is not theirs:
                names[name] = join(mine, theirs)
    return State(names, any(state.loose for state in come))
