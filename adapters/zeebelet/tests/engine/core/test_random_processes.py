"""Random block-structured processes: each completes, leaves nothing behind, and replays to the same state."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from engine_harness import BLANK_TASK, Harness
from engine_models import (
    boundary,
    catch,
    conditional_event,
    end,
    error,
    error_event,
    escalation,
    escalation_event,
    event_sub,
    flow,
    gateway,
    io,
    message,
    message_event,
    model,
    multi,
    service,
    signal,
    signal_event,
    start,
    sub,
    tag,
    throw,
    timer,
    user_task,
)

from zeebelet.loop import Engine

COMPENSATE = tag("compensateEventDefinition")
DEFINITIONS = (message("m", '="k"'), message("n", '="k"'), signal("g"), error("E"), escalation("C"))


@dataclass
class Generator:
    """Builds blocks: each has one entry and one exit, and is given as (elements, first id, last id)."""

    chance: random.Random
    count: int = 0
    depth: int = 0
    blocks: list[Callable[[], tuple[str, str, str]]] = field(default_factory=list)

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def block(self) -> tuple[str, str, str]:
        """Any block; deep inside only simple ones."""
        simple = [
            self.job,
            self.native,
            self.script,
            self.pause,
            self.mail,
            self.call_signal,
            self.guarded,
            self.undoable,
            self.condition,
            self.raised,
            self.looped,
        ]
        nested = [
            self.sequence,
            self.parallel,
            self.exclusive,
            self.inclusive,
            self.nested,
            self.watched,
            self.repeated,
            self.race,
        ]
        self.depth += 1
        chosen = self.chance.choice(simple if self.depth > 4 else simple + nested * 2)
        made = chosen()
        self.depth -= 1
        return made

    def single(self, element: str, name: str) -> tuple[str, str, str]:
        return element, name, name

    def job(self) -> tuple[str, str, str]:
        name = self.name("job")
        return self.single(service(name, "work", mapping=io({"i": "=1"}, {"o": "=i + 1"})), name)

    def native(self) -> tuple[str, str, str]:
        name = self.name("user")
        return self.single(user_task(name), name)

    def script(self) -> tuple[str, str, str]:
        name = self.name("script")
        inside = tag("extensionElements", tag("zeebe:script", expression="=1 + 1", resultVariable="s"))
        return self.single(tag("scriptTask", inside, id=name), name)

    def pause(self) -> tuple[str, str, str]:
        name = self.name("pause")
        return self.single(catch(name, timer("Duration", "PT5S")), name)

    def mail(self) -> tuple[str, str, str]:
        name = self.name("mail")
        if self.chance.random() < 0.5:
            return self.single(catch(name, message_event("m")), name)
        return self.single(tag("receiveTask", id=name, messageRef="message_m"), name)

    def call_signal(self) -> tuple[str, str, str]:
        name = self.name("sig")
        return self.single(catch(name, signal_event("g")), name)

    def condition(self) -> tuple[str, str, str]:
        name = self.name("cond")
        return self.single(catch(name, conditional_event("go = true")), name)

    def raised(self) -> tuple[str, str, str]:
        """An escalation nobody has to catch, or a signal."""
        name = self.name("throw")
        return self.single(throw(name, self.chance.choice([escalation_event("C"), signal_event("g")])), name)

    def looped(self) -> tuple[str, str, str]:
        name = self.name("many")
        marker = multi(
            self.chance.choice(["=[1,2,3]", "=[]", "=[1]"]),
            sequential=self.chance.random() < 0.5,
            output=("results", "=item"),
            until=self.chance.choice(["", "numberOfCompletedInstances >= 2"]),
        )
        return self.single(service(name, "work", inside=marker), name)

    def undoable(self) -> tuple[str, str, str]:
        """An activity with a handler, and the event that may call it."""
        name, undo, event, after = self.name("do"), self.name("undo"), self.name("comp"), self.name("back")
        elements = (
            service(name, "work")
            + boundary(event, name, COMPENSATE)
            + service(undo, "work", isForCompensation="true")
            + tag("association", id=self.name("assoc"), sourceRef=event, targetRef=undo)
            + throw(after, COMPENSATE)
        )
        return elements + flow(name, after), name, after

    def guarded(self) -> tuple[str, str, str]:
        """A task with boundary events whose paths join its own."""
        name, join = self.name("guarded"), self.name("merge")
        elements = service(name, "risky") + gateway("exclusive", join) + flow(name, join)
        kinds = [error_event("E"), timer("Duration", "PT1M"), message_event("n"), signal_event("g")]
        for definition in self.chance.sample(kinds, self.chance.randrange(1, 3)):
            event = self.name("be")
            elements += boundary(event, name, definition) + flow(event, join)
        return elements, name, join

    def sequence(self) -> tuple[str, str, str]:
        first, second = self.block(), self.block()
        return first[0] + second[0] + flow(first[2], second[1]), first[1], second[2]

    def branches(self, kind: str, conditions: list[str], **attributes: str) -> tuple[str, str, str]:
        fork, join = self.name("fork"), self.name("join")
        elements = gateway(
            kind, fork, **{name: value.format(fork=fork) for name, value in attributes.items()}
        ) + gateway(kind, join)
        for condition in conditions:
            made, first, last = self.block()
            elements += made + flow(fork, first, condition) + flow(last, join)
        return elements, fork, join

    def parallel(self) -> tuple[str, str, str]:
        return self.branches("parallel", [""] * self.chance.randrange(2, 4))

    def exclusive(self) -> tuple[str, str, str]:
        return self.branches("exclusive", ["1 > 2", "2 > 1", "true"])

    def inclusive(self) -> tuple[str, str, str]:
        return self.branches("inclusive", [self.chance.choice(["true", "1 > 2"]), "true", "false"])

    def race(self) -> tuple[str, str, str]:
        fork, join = self.name("event"), self.name("merge")
        elements = gateway("eventBased", fork) + gateway("exclusive", join)
        for definition in (timer("Duration", "PT30S"), message_event("m"), signal_event("g")):
            event = self.name("first")
            elements += catch(event, definition) + flow(fork, event) + flow(event, join)
        return elements, fork, join

    def inside(self) -> str:
        made, first, last = self.block()
        begin, finish = self.name("s"), self.name("e")
        return start(begin) + made + end(finish) + flow(begin, first) + flow(last, finish)

    def nested(self) -> tuple[str, str, str]:
        name = self.name("sub")
        return self.single(sub(name, self.inside()), name)

    def watched(self) -> tuple[str, str, str]:
        """A sub-process with an event sub-process, interrupting or not."""
        name, event, trigger = self.name("watched"), self.name("esp"), self.name("on")
        made, first, last = self.block()
        content = made + flow(trigger, first) + end(f"{event}_e") + flow(last, f"{event}_e")
        interrupting = self.chance.random() < 0.5
        # A signal that starts one more each time it ends another would never come to an end.
        definitions = [message_event("n"), timer("Duration", "PT2M"), *([signal_event("g")] if interrupting else [])]
        inner = event_sub(event, trigger, self.chance.choice(definitions), content, interrupting=interrupting)
        return self.single(sub(name, self.inside() + inner), name)

    def repeated(self) -> tuple[str, str, str]:
        name = self.name("each")
        return self.single(sub(name, self.inside() + multi("=[1,2]", sequential=self.chance.random() < 0.5)), name)


def random_model(seed: int) -> bytes:
    generator = Generator(random.Random(seed))
    made, first, last = generator.block()
    more, second, final = generator.block()
    return model(
        start() + made + more + end() + flow("s", first) + flow(last, second) + flow(final, "e"), "", *DEFINITIONS
    )


def play(h: Harness, chance: random.Random) -> None:
    """Do whatever can be done, in random order, until nothing is left."""
    state = h.engine.state
    for _ in range(3_000):
        if not len(state.instances):
            return
        jobs = [(key, entry.value.type) for key, entry in state.jobs.all()]
        tasks = list(state.user_tasks.all())
        moves: list[Callable[[], object]] = [lambda key=key: h.complete(key) for key, _ in jobs]  # type: ignore[misc]
        moves += [lambda key=key: h.do("USER_TASK", "COMPLETE", BLANK_TASK, key=key) for key in tasks]  # type: ignore[misc]
        risky = [key for key, type_ in jobs if type_ == "risky" and chance.random() < 0.3]
        moves += [lambda key=key: throw_if_caught(h, key) for key in risky]  # type: ignore[misc]
        if not moves or chance.random() < 0.2:
            moves = [
                lambda: h.publish("m", "k"),
                lambda: h.pass_time(40),
                lambda: h.broadcast("g"),
                lambda: go(h),
                lambda: h.publish("n", "k"),
            ]
        chance.choice(moves)()
    raise AssertionError(f"still alive after 3,000 moves: {h.active()}")


def throw_if_caught(h: Harness, key: int) -> None:
    entry = h.engine.state.jobs.get(key)
    assert entry is not None
    process = h.engine.state.definitions.process(entry.value.process_definition_key)
    events = (process.elements[event] for event in process.elements[entry.value.element_id].boundary_ids)
    if any(event.error for event in events):
        h.throw(key, "E")


def go(h: Harness) -> None:
    roots = [item for item in h.engine.state.instances.all() if item.value.bpmn_element_type == "PROCESS"]
    scope = roots[0].key
    h.set_variables(scope, {"go": False})
    h.set_variables(scope, {"go": True})


@pytest.mark.parametrize("seed", range(90))
def test_random_process_completes_and_replays(seed: int) -> None:
    """Nothing is left behind: no token, job, timer, subscription, incident; replay is the same state, halfway and at the end."""
    h = Harness()
    h.run(random_model(seed))
    assert Engine(log=h.log).fingerprint() == h.engine.fingerprint()
    play(h, random.Random(seed))
    assert h.completed()[-1] == "p"
    assert h.is_empty(), h.active()
    assert Engine(log=h.log).fingerprint() == h.engine.fingerprint()


def test_generator_reaches_every_kind_of_block() -> None:
    """The seeds used are enough to have tried everything."""
    everything = b"".join(random_model(seed) for seed in range(90))
    for kind in ("guarded", "undo", "watched", "each", "many", "event", "cond", "sub", "fork", "user", "script", "sig"):
        assert f'id="{kind}'.encode() in everything
