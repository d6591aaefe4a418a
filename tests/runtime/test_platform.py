"""Opening the parts of a process: each waits for itself alone, and is opened once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from workers import bootstrap
from workers.bootstrap import Platform
from workers.settings import Settings


class Slow:
    """A part whose system does not answer until it is let go."""


class Quick:
    """A part that needs nothing."""


class Made:
    """A part made of another."""


class Openings:
    """What was opened, and the gate the slow part waits at."""

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()
        self.count = 0

    def slow(self, platform: Platform) -> Slow:
        """Opens when it is let go."""
        self.count += 1
        self.begun.set()
        assert self.let_go.wait(10)
        return Slow()


@pytest.fixture
def openings(monkeypatch: pytest.MonkeyPatch) -> Openings:
    """Three parts beside the real ones' table."""
    found = Openings()
    parts = {Slow: found.slow, Quick: lambda _: Quick(), Made: lambda platform: platform.get(Slow) and Made()}
    monkeypatch.setattr(bootstrap, "PARTS", parts)
    return found


def test_a_slow_part_holds_nobody_else(openings: Openings) -> None:
    """While one system does not answer, a part of another opens and one that is open is handed out."""
    platform = Platform(Settings())
    with ThreadPoolExecutor() as threads:
        slow = threads.submit(platform.get, Slow)
        assert openings.begun.wait(10)
        quick = threads.submit(platform.get, Quick).result(5)
        assert threads.submit(platform.get, Quick).result(5) is quick
        assert not slow.done()
        openings.let_go.set()


def test_a_part_is_opened_once_for_all_who_ask(openings: Openings) -> None:
    """Ten threads ask for a part and for one made of it: one opening, one object."""
    platform = Platform(Settings())
    with ThreadPoolExecutor(10) as threads:
        asked = [threads.submit(platform.get, kind) for kind in (Slow, Made) * 5]
        assert openings.begun.wait(10)
        openings.let_go.set()
        found = {id(part.result(10)) for part in asked}
    assert (len(found), openings.count) == (2, 1)


def test_a_part_that_could_not_be_opened_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed opening leaves nothing behind: the next who asks opens it anew."""
    answers = iter([ValueError("away"), None])

    def opened(_: Platform) -> Quick:
        if trouble := next(answers):
            raise trouble
        return Quick()

    monkeypatch.setattr(bootstrap, "PARTS", {Quick: opened})
    platform = Platform(Settings())
    with pytest.raises(ValueError, match="away"):
        platform.get(Quick)
    assert isinstance(platform.get(Quick), Quick)
