"""What a name means at a place in the tree, and the Python expression that reads it there.

A scope is a chain of frames from the inside out. What a frame of variables binds is known when the expression is compiled;
what the item of a filter brings into scope is only known when it is evaluated, so that reading a name inside of a filter asks
the item first.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Variables:
    """Names bound to Python variables: iterators, parameters, entries of a context."""

    bound: dict[str, str]
    entries: bool = False  # of a context literal: a function among them is a function, not a variable


@dataclass(frozen=True, slots=True)
class Item:
    """The item that a filter looks at: `item` itself, and all of its entries."""

    variable: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """Where `?` (or the input that a test is about) has a value."""

    variable: str
    implicit: bool  # the input of tests; else the value of `?`


Frame = Variables | Item | Symbol


@dataclass(frozen=True, slots=True)
class Scope:
    """The frames at a place, the innermost first, and what was read from outside of the expression."""

    frames: tuple[Frame, ...] = ()
    read: set[str] = field(default_factory=set)
    maybe_read: set[str] = field(default_factory=set)
    functions_are_variables: bool = False

    def inside(self, frame: Frame) -> Scope:
        """The scope within one more frame."""
        return Scope((frame, *self.frames), self.read, self.maybe_read, self.functions_are_variables)

    def name(self, name: str, *, missing: str = "no_variable") -> str:
        """The Python expression that reads a variable, or calls what is to happen when there is none."""
        return self._name(name, self.frames, missing, in_filter=False)

    def _name(self, name: str, frames: tuple[Frame, ...], missing: str, *, in_filter: bool) -> str:
        for at, frame in enumerate(frames):
            if isinstance(frame, Variables) and name in frame.bound:
                variable = frame.bound[name]
                if not frame.entries or self.functions_are_variables:
                    return variable
                outer = self._name(name, frames[at + 1 :], missing, in_filter=in_filter)
                return f"({variable} if type({variable}) is not Function else {outer})"
            if isinstance(frame, Item):
                return self._item(name, frame.variable, frames[at + 1 :], missing)
        (self.maybe_read if in_filter else self.read).add(name)
        return f"(scope[{name!r}] if {name!r} in scope else {missing}(run, {name!r}))"

    def _item(self, name: str, variable: str, outer: tuple[Frame, ...], missing: str) -> str:
        otherwise = self._name(name, outer, missing, in_filter=True)
        if name == "item":
            otherwise = f"({variable} if {variable} is not UNBOUND else {otherwise})"
        return f"({variable}[{name!r}] if type({variable}) is dict and {name!r} in {variable} else {otherwise})"

    def symbol(self, *, implicit: bool) -> str | None:
        """The Python variable that holds the input of a test, or the value of `?`; None outside of both."""
        for frame in self.frames:
            if isinstance(frame, Symbol) and frame.implicit is implicit:
                return frame.variable
        return None

    def candidates(self, name: str) -> list[str]:
        """Python expressions for what could be the function of that name, the innermost first."""
        found = []
        for frame in self.frames:
            if isinstance(frame, Variables) and name in frame.bound and (frame.entries or self.functions_are_variables):
                found.append(frame.bound[name])
            if isinstance(frame, Item):
                found.append(f"({frame.variable}.get({name!r}) if type({frame.variable}) is dict else None)")
        return found

    def binds(self, name: str) -> bool:
        """Whether a frame of variables binds a function's name."""
        frames = (frame for frame in self.frames if isinstance(frame, Variables))
        return any(name in frame.bound and (frame.entries or self.functions_are_variables) for frame in frames)
