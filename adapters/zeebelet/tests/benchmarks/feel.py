"""Microseconds to compile and to evaluate twenty expressions, beside bkflow-feel, npm's feelin, and Camunda's engine on the JVM.

    python tests/benchmarks/feel.py [--seconds 1.5]

Each figure is the best of many short runs, so that what else the machine does shows least. An engine that is not there, or an
expression that it does not understand or answers otherwise, has no figure; ratios and means are over what both answered.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "oracle")]

from zeebelet import feel  # noqa: E402 - the path is set first

ITEMS = [{"sku": f"A{at}", "price": at * 1.5 if at % 2 else at, "qty": at % 7, "tags": ["x", "y"]} for at in range(100)]
CONTEXT: dict[str, Any] = {
    "amount": 120,
    "status": "NEW",
    "name": "Maria Lopez",
    "retries": 2,
    "order": {"total": 250, "customer": {"name": "Ana", "vip": True, "address": {"city": "Madrid", "zip": "28001"}}},
    "items": ITEMS,
    "numbers": list(range(1, 51)),
}
TABLE = (
    " else ".join(f'if amount < {limit * 10} and status = "NEW" then "rule {limit}"' for limit in range(1, 21))
    + ' else "none"'
)
EXPRESSIONS = (
    ("simple condition", "amount > 100"),
    ("text condition", 'status = "NEW"'),
    ("two conditions", 'amount > 100 and status = "NEW"'),
    ("nested access", "order.customer.address.city"),
    ("arithmetic", "order.total * 2 + amount - 5"),
    ("decimal arithmetic", "order.total * 1.21"),
    ("if then else", 'if order.customer.vip then "gold" else "standard"'),
    ("in range", "amount in [1..200]"),
    ("in list", 'status in ["OPEN", "NEW", "DONE"]'),
    ("context", "{id: status, total: order.total, double: total * 2}"),
    ("filter over 100 items", "items[price > 50]"),
    ("filter and path", "items[qty = 3].sku"),
    ("loop over 100 items", "for i in items return i.price * i.qty"),
    ("some over 100 items", "some i in items satisfies i.price > 140"),
    ("sum of 50 numbers", "sum(numbers)"),
    ("date and duration", 'date("2024-01-31") + duration("P1M")'),
    ("compare moments", 'date and time("2024-01-01T10:00:00Z") < date and time("2024-01-01T12:00:00+01:00")'),
    ("string functions", 'upper case(substring(name, 1, 5)) + "-" + string(amount)'),
    ("contains and length", 'contains(name, "Lopez") and string length(name) > 3'),
    ("20-rule table", TABLE),
)
BEST_OF = 0.01  # seconds of one short run

Figures = dict[str, tuple[float | None, float | None]]


def best(work: Callable[[], Any], seconds: float) -> float:
    """Microseconds of one call: the best of short runs within the time given."""
    started = time.perf_counter()
    work()
    loops = max(1, int(BEST_OF / max(time.perf_counter() - started, 1e-7)))
    ended, found = time.perf_counter() + seconds, math.inf
    while time.perf_counter() < ended:
        started = time.perf_counter()
        for _ in range(loops):
            work()
        took = (time.perf_counter() - started) / loops
        found = min(found, took)
        loops = max(1, int(BEST_OF / max(took, 1e-7)))
    return found * 1e6


def ours(seconds: float) -> Figures:
    """Our own engine; compiling means without its cache."""
    from zeebelet.feel.expression import _compiled

    figures: Figures = {}
    for name, text in EXPRESSIONS:
        expression = feel.compile(text)
        compiled = best(lambda text=text: _compiled.__wrapped__(text, "camunda", frozenset(), False), seconds)
        figures[name] = compiled, best(lambda run=expression.evaluate: run(CONTEXT), seconds)
    return figures


def bkflow(seconds: float) -> Figures:
    """bkflow-feel parses and evaluates in one step."""
    try:
        from bkflow_feel.api import parse_expression
    except ImportError:
        print("bkflow-feel is not installed (pip install bkflow-feel)")
        return {}
    figures: Figures = {}
    for name, text in EXPRESSIONS:
        expected = feel.to_json(feel.compile(text).evaluate(CONTEXT).value)
        try:
            agrees = parse_expression(text, CONTEXT) == expected
        except Exception:  # whatever it raises means that it does not understand the expression
            agrees = False
        figures[name] = None, best(lambda text=text: parse_expression(text, CONTEXT), seconds) if agrees else None
    return figures


FEELIN = """
import { evaluate } from 'feelin';
import { readFileSync } from 'node:fs';
const { expressions, context, seconds } = JSON.parse(readFileSync(0));
const now = () => Number(process.hrtime.bigint()) / 1e3;
const best = (work) => {
  let found = Infinity, loops = 1;
  for (const end = now() + seconds * 1e6; now() < end;) {
    const started = now();
    for (let i = 0; i < loops; i++) work();
    const took = (now() - started) / loops;
    found = Math.min(found, took);
    loops = Math.max(1, Math.floor(1e4 / Math.max(took, 0.1)));
  }
  return found;
};
const figures = {};
for (const [name, text] of expressions) {
  try {
    const value = evaluate(text, context);
    figures[name] = [(value && value.value !== undefined) ? value.value : value, best(() => evaluate(text, context))];
  } catch (error) { figures[name] = [String(error), null]; }
}
console.log(JSON.stringify(figures));
"""


def feelin(seconds: float) -> Figures:
    """npm's feelin, in a folder of its own; it parses and evaluates in one step."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        print("feelin needs node and npm, which this machine does not have")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, "feelin"]
        ended = subprocess.run(install, capture_output=True, text=True, timeout=180, check=False)
        if ended.returncode:
            print(f"feelin could not be installed: {ended.stderr.strip()[-200:]}")
            return {}
        script = Path(folder) / "bench.mjs"
        script.write_text(FEELIN)
        asked = json.dumps({"expressions": EXPRESSIONS, "context": CONTEXT, "seconds": seconds})
        ran = subprocess.run(["node", script], input=asked, capture_output=True, text=True, timeout=600, check=False)
    if ran.returncode:
        print(f"feelin ended with {ran.returncode}: {ran.stderr.strip()[-300:]}")
        return {}
    return {name: (None, figure) for name, (_, figure) in json.loads(ran.stdout).items()}


def jvm(seconds: float) -> Figures:
    """Camunda's feel-engine."""
    from arbiter import Arbiter

    if Arbiter.missing():
        print(Arbiter.missing())
        return {}
    questions = [{"id": name, "expr": text, "context": CONTEXT, "seconds": seconds} for name, text in EXPRESSIONS]
    answers = Arbiter.found().ask("bench", questions, seconds=900)
    return {answer["id"]: (answer.get("compile"), answer.get("evaluate")) for answer in answers}


def mean(ratios: list[float]) -> float:
    """The geometric mean."""
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else math.nan


def cell(value: float | None) -> str:
    """A figure as the table shows it."""
    return f"{value:11.2f}" if value is not None else f"{'-':>11}"


def main(arguments: list[str]) -> int:
    """Measures every engine that is there and prints the table."""
    seconds = float(arguments[arguments.index("--seconds") + 1]) if "--seconds" in arguments else 0.3
    mine = ours(seconds)
    others = {"JVM": jvm(seconds), "feelin": feelin(seconds), "bkflow": bkflow(seconds)}
    print(
        f"{'microseconds':24}{'ours':>11}"
        + "".join(f"{name:>11}" for name in others)
        + f"{'compile':>11}{'JVM parse':>11}"
    )
    for name, _ in EXPRESSIONS:
        figures = [found.get(name, (None, None)) for found in others.values()]
        row = [mine[name][1], *(figure[1] for figure in figures), mine[name][0], figures[0][0]]
        print(f"{name:24}" + "".join(map(cell, row)))
    for other, found in others.items():
        pairs = [(mine[name][1], figure[1]) for name, figure in found.items() if figure[1] is not None]
        ratios = [own / theirs for own, theirs in pairs if own is not None]
        if ratios:
            print(
                f"ours / {other}: geometric mean {mean(ratios):.4f} over {len(ratios)} ({1 / mean(ratios):.1f} times as fast)"
            )
    print(f"simple condition: {mine['simple condition'][1]:.2f} microseconds")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
