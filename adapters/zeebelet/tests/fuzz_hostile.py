"""Hostile values over gRPC and REST: no 500, no INTERNAL, no request over two seconds, and a ping is answered within 100 ms.

    python tests/fuzz_hostile.py --seconds 600 [--seed 1]

The gate runs it short (`engine/gateway/test_gateway_fuzz.py`). On a busy machine the times are those of the machine.
"""

from __future__ import annotations

import argparse
import json
import random
import string
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import grpc
import httpx

sys.path[:0] = [str(Path(__file__).parent / "engine" / part) for part in ("field", "core/support")]

from engine_models import end, extensions, model, service, start, tag, user_task  # noqa: E402 - found beside the tests
from pyzeebe.proto import gateway_pb2 as pb  # noqa: E402
from served import Served  # noqa: E402

from zeebelet.gateway.rest.source import source  # noqa: E402
from zeebelet.server import EngineThread  # noqa: E402

SLOWEST_S = 2.0
PING_S = 0.1
TEXTS = [
    "",
    " ",
    "null",
    "=",
    "=1 +",
    "\x00",
    "\ud83d".encode("utf-8", "replace").decode(),
    "🐎",
    "x" * 5_000,
    "*" * 200,
    "*x" * 500,
    "2027-01-01",
    "P999999999Y",
    "R/PT0S",
    "../../etc/passwd",
    "<x/>",
    "-1",
    "9" * 30,
    "1e400",
    "true",
    "<default>",
    "a.b.c",
]
RAW = [
    "",
    "null",
    "[]",
    "{",
    '"x"',
    "NaN",
    '{"x":NaN}',
    '{"x":1e400}',
    '{"x":"\\ud83d"}',
    '{"\\udc00":1}',
    "[" * 3_000 + "]" * 3_000,
    '{"a":' * 900 + "1" + "}" * 900,
    '{"x":' + "9" * 5_000 + "}",
    '{"x":"' + "y" * 200_000 + '"}',
    '{"x":{"x":[1,{"x":null}]}}',
    "{}" * 2,
    json.dumps({f"k{number}": number for number in range(2_000)}),
]
EXPRESSIONS = [
    "=x",
    "=1/0",
    "=[1..1000000]",
    "=count(for i in 1..10000, j in 1..10000 return 1)",
    "=string(for i in 1..100000 return [i,i])",
    "={a0:[1,1],a1:[a0,a0],a2:[a1,a1],a3:[a2,a2],a4:[a3,a3],a5:[a4,a4]}",
    '=matches("' + "a" * 60 + '!", "(a+)+$")',
    "=null.x",
    "=1 +",
    '=date("2027-02-30")',
    '=substring("\U0001f40e", 2)',
    "=x[item > 1]",
    '=@"2027-01-01T00:00:00@Europe/Nowhere"',
    "=-(" * 200,
]


class Fuzz:
    """Makes requests and remembers what went wrong."""

    def __init__(self, served: Served, chance: random.Random) -> None:
        self.served = served
        self.chance = chance
        self.keys = [-1, 0, 1, 2**62, 2251799813685249, 2251799813685300]
        self.wrong: list[str] = []
        self.counts: Counter[str] = Counter()
        self.operations = source()["operations"]
        self.methods = [
            name for name in dir(served.stub) if name[0].isupper() and "Stream" not in name and name != "ActivateJobs"
        ]

    def prepare(self) -> None:
        """Some processes to be hit."""
        script = tag("scriptTask", extensions(tag("zeebe:script", expression="=x", resultVariable="r")), id="x")
        self.served.deploy(model(start() + script + service("a", "fa") + user_task("u") + end(), "s x a u e", id_="f"))
        for _ in range(20):
            self.keys.append(self.served.create("f", '{"x":1}'))
        self.keys += [job.key for job in self.served.jobs("fa")]

    def step(self) -> None:
        """One request, measured."""
        began = time.perf_counter()
        what = self.chance.choice((self._rest, self._rest, self._grpc, self._expression))()
        took = time.perf_counter() - began
        if took > SLOWEST_S:
            self.wrong.append(f"{what} took {took:.1f} s")

    def value(self, depth: int = 0) -> Any:
        """Anything JSON can say."""
        kind = self.chance.randrange(9 if depth < 4 else 6)
        if kind < 2:
            return self.chance.choice(TEXTS)
        if kind == 2:
            return self.chance.choice([0, -1, 1.5, 2**31, 2**63, -(2**63), 10**25, 1e308])
        if kind == 3:
            return self.chance.choice([None, True, False])
        if kind in (4, 5):
            return str(self.chance.choice(self.keys))
        if kind == 6:
            return [self.value(depth + 1) for _ in range(self.chance.randrange(4))]
        names = ["filter", "variables", "sort", "page", "key", "$or", "$in", "$like", "x", *string.ascii_lowercase[:3]]
        return {self.chance.choice(names): self.value(depth + 1) for _ in range(self.chance.randrange(5))}

    def _body(self, operation: dict[str, Any]) -> bytes:
        if self.chance.random() < 0.3:
            return self.chance.choice(RAW).encode()
        schema = operation.get("body", {}).get("application/json", {})
        named = source()["schemas"].get(schema.get("$ref", ""), {})
        names = list(named.get("properties", {})) or ["filter"]
        body = {name: self.value(1) for name in names if self.chance.random() < 0.7}
        return json.dumps(body).encode()

    def _rest(self) -> str:
        name = self.chance.choice(list(self.operations))
        if name in ("activateJobs", "pinClock", "resetClock"):
            return name
        operation = self.operations[name]
        path = operation["path"]
        while "{" in path:
            head, _, rest = path.partition("{")
            _, _, tail = rest.partition("}")
            part = self.chance.choice([str(self.chance.choice(self.keys)), "meow", "%00", "%F0%9F%90%8E", "1" * 40])
            path = f"{head}{part}{tail}"
        content, kind = self._body(operation), "application/json"
        answer = self.served.http.request(operation["method"], path, content=content, headers={"content-type": kind})
        self.counts[f"REST {answer.status_code}"] += 1
        if answer.status_code >= 500 and answer.status_code != 503:
            self.wrong.append(f"{name} {path} {content[:200]!r} -> {answer.status_code} {answer.text[:300]}")
        return name

    def _message(self, kind: Any, depth: int = 0) -> Any:
        made = kind()
        for field in made.DESCRIPTOR.fields:
            if self.chance.random() < 0.2 or field.name == "requestTimeout":
                continue
            if field.message_type is not None:
                if depth < 3 and field.is_repeated and not field.message_type.GetOptions().map_entry:
                    getattr(made, field.name).add()
                continue
            self._fill(made, field)
        return made

    def _fill(self, made: Any, field: Any) -> None:
        choices: list[Any] = [*self.keys, -(2**31), 2**31 - 1]
        if field.cpp_type == field.CPPTYPE_STRING:
            choices = RAW if "ariables" in field.name else TEXTS
        if field.type == field.TYPE_BYTES:
            choices = [b"", b"x", b"<x/>", b"\xff\xfe", b"<" * 3_000]
        value = self.chance.choice(choices)
        try:
            if field.is_repeated:
                getattr(made, field.name).append(value)
            else:
                setattr(made, field.name, value)
        except (TypeError, ValueError):
            return

    def _grpc(self) -> str:
        name = self.chance.choice(self.methods)
        kind = getattr(pb, f"{name}Request", None)
        if kind is None or name == "CreateProcessInstanceWithResult":
            return name
        request = self._message(kind)
        try:
            getattr(self.served.stub, name)(request, timeout=30)
            self.counts["gRPC OK"] += 1
        except grpc.RpcError as error:
            self.counts[f"gRPC {error.code().name}"] += 1
            if error.code() in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.DEADLINE_EXCEEDED):
                self.wrong.append(f"{name} {str(request)[:200]} -> {error.code()} {str(error.details())[:300]}")
        return name

    def _expression(self) -> str:
        body = {"expression": self.chance.choice(EXPRESSIONS), "variables": {"x": self.value(2)}}
        answer = self.served.http.post("/expression/evaluation", content=json.dumps(body).encode())
        self.counts[f"FEEL {answer.status_code}"] += 1
        if answer.status_code >= 500:
            self.wrong.append(f"{body} -> {answer.text[:300]}")
        return str(body["expression"])[:80]


class Pings:
    """Asks for the health of the engine all the time, in a thread of its own."""

    def __init__(self, url: str) -> None:
        self.times: list[float] = []
        self._url = url
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Pings:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        with httpx.Client(timeout=30) as client:
            while not self._done.wait(0.05):
                began = time.perf_counter()
                client.get(self._url)
                self.times.append(time.perf_counter() - began)

    def share_within(self, seconds: float) -> float:
        """How many were answered in time."""
        return sum(took <= seconds for took in self.times) / max(len(self.times), 1)


def run(seconds: float, seed: int) -> tuple[Fuzz, Pings]:
    """Fuzz an engine of its own for so long."""
    with EngineThread() as engine:
        served = Served(engine.addresses)
        fuzz = Fuzz(served, random.Random(seed))
        fuzz.prepare()
        with Pings(engine.addresses.http + "/health") as pings:
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                fuzz.step()
        assert served.all_searches_answer()
        served.close()
    return fuzz, pings


def main() -> int:
    """Print what happened; 1 when something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    fuzz, pings = run(options.seconds, options.seed)
    print(dict(fuzz.counts))
    slowest = max(pings.times)
    print(f"{len(pings.times)} pings, {pings.share_within(PING_S):.2%} within {PING_S} s, slowest {slowest:.3f} s")
    print("\n".join(fuzz.wrong[:20]) or "nothing went wrong")
    return 1 if fuzz.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
