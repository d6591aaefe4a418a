"""Decision tables: rows that overlap or never apply, inputs no row answers, rows no example tries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path

from workers.workshop.check.decisions import DecisionFile
from workers.workshop.check.findings import Finding, Severity, did_you_mean
from workers.workshop.check.grids import Grid
from workers.workshop.check.project import Project
from workers.workshop.check.rules.say import ERROR, WARNING, told
from workers.workshop.model import extension
from zeebelet.dmn import DmnError, examples
from zeebelet.feel import FeelError, compile, unary_tests
from zeebelet.model import dmn as model
from zeebelet.model.dmn import DecisionTable, Rule

SOURCES = tuple(Path(__file__).resolve().parents[4] / name for name in ("workers", "adapters"))
SINGLE = frozenset({"UNIQUE", "ANY", "FIRST", "PRIORITY", ""})


def check(project: Project) -> Iterator[Finding]:
    """All rules of this page for all decisions."""
    for file in project.decisions:
        if file.problem:
            yield _finding(file, "", "decision-file", f"The file cannot be deployed: {file.problem}")
            continue
        for decision in file.decisions.values():
            if isinstance(decision.expression, DecisionTable):
                yield from _table(Table(file, decision, decision.expression))
        yield from _examples(file)
    yield from _unused(project)


def _finding(
    file: DecisionFile, element: str, rule: str, *said: str, name: str = "", severity: Severity = ERROR
) -> Finding:
    line = _line(file, element)
    return Finding(rule=rule, file=file.path, element=element, name=name, line=line, severity=severity, **told(said))


def _line(file: DecisionFile, element: str) -> int:
    if not element:
        return 1
    text = file.path.read_text(encoding="utf-8") if file.path.exists() else ""
    before, found, _ = text.partition(f'id="{element}"')
    return before.count("\n") + 1 if found else 1


@dataclass(frozen=True)
class Table:
    """One table and where it stands."""

    file: DecisionFile
    decision: model.Decision
    table: DecisionTable

    def say(self, rule: Rule | None, code: str, *said: str, severity: Severity = ERROR) -> Finding:
        """A finding about a row, or about the table."""
        element = rule.id if rule else self.decision.id
        return _finding(self.file, element, code, *said, name=self.decision.name, severity=severity)

    def row(self, number: int) -> str:
        """A row, counted from 0, in words."""
        return f"row {number + 1} of {self.decision.id}"


def _table(at: Table) -> Iterator[Finding]:
    grid = Grid(at.table)
    yield from _cells(at)
    yield from _never(at, grid)
    policy = at.table.hit_policy
    if policy in ("UNIQUE", "ANY", ""):
        yield from _overlaps(at, grid)
    if policy in ("FIRST", "PRIORITY"):
        yield from _hidden(at, grid)
    if policy in ("COLLECT", "RULE ORDER"):
        yield from _twice(at)
    gap = grid.gap() if policy in SINGLE and not any(o.default for o in at.table.outputs) else ""
    if gap:
        why, fix = (
            "The result is null, and whatever reads it goes on without",
            "Add a row, or a last one that takes the rest",
        )
        yield at.say(None, "row-gap", f"No row of {at.decision.id} answers {gap}", why, fix, severity=WARNING)


def _never(at: Table, grid: Grid) -> Iterator[Finding]:
    for number, rule in enumerate(at.table.rules):
        if grid.never(number):
            yield at.say(
                rule, "row-never", f"The {at.row(number)} never applies", grid.why_never(number), "Correct the cell"
            )


def _overlaps(at: Table, grid: Grid) -> Iterator[Finding]:
    rules = at.table.rules
    for a, b in combinations(range(len(rules)), 2):
        if grid.overlap(a, b) and (at.table.hit_policy != "ANY" or _outputs(rules[a]) != _outputs(rules[b])):
            what = f"The {at.row(a)} and the {at.row(b)} apply both, such as for {grid.shared(a, b)}"
            why, fix = (
                "A table that expects one row then fails",
                "Make them exclude each other, or choose the hit policy First",
            )
            yield at.say(rules[b], "row-overlap", what, why, fix)


def _hidden(at: Table, grid: Grid) -> Iterator[Finding]:
    for number, rule in enumerate(at.table.rules):
        if not grid.never(number) and grid.hidden(number):
            why = "The rows above it take every input that it takes"
            yield at.say(
                rule, "row-unreachable", f"The {at.row(number)} is never reached", why, "Move it up, or remove it"
            )


def _twice(at: Table) -> Iterator[Finding]:
    rules = at.table.rules
    for a, b in combinations(range(len(rules)), 2):
        if _same(rules[a], rules[b]):
            what = f"The {at.row(a)} and the {at.row(b)} are the same"
            yield at.say(rules[b], "row-twice", what, "Both count", "Remove one", severity=WARNING)


def _outputs(rule: Rule) -> tuple[str, ...]:
    return tuple((o.text or "").strip() for o in rule.outputs)


def _same(a: Rule, b: Rule) -> bool:
    return _outputs(a) == _outputs(b) and [t.text.strip() for t in a.tests] == [t.text.strip() for t in b.tests]


def _cells(at: Table) -> Iterator[Finding]:
    """Each cell can be read, and gives what its column allows."""
    for number, rule in enumerate(at.table.rules):
        for test in rule.tests:
            problem = _unreadable(test.text, is_test=True)
            if problem:
                yield at.say(rule, "feel", f"A cell of the {at.row(number)}, '{test.text}', cannot be read: {problem}")
        for output, cell in zip(at.table.outputs, rule.outputs, strict=False):
            text = (cell.text or "").strip()
            problem = _unreadable(text, is_test=False)
            if problem:
                yield at.say(rule, "feel", f"A cell of the {at.row(number)}, '{text}', cannot be read: {problem}")
            allowed = _words(output.values.text) if output.values else []
            if allowed and text.startswith('"') and text[1:-1] not in allowed:
                what = f"The {at.row(number)} gives {text} as '{output.name}'"
                why, fix = f"The column allows {', '.join(allowed)}", did_you_mean(text[1:-1], allowed)
                yield at.say(rule, "row-output", what, why, fix)


def _words(text: str) -> list[str]:
    return [part.strip().strip('"') for part in text.split(",")] if '"' in text else []


def _unreadable(text: str, *, is_test: bool) -> str:
    if text.strip() in ("", "-"):
        return ""
    try:
        unary_tests(text) if is_test else compile(text)
    except FeelError as error:
        return str(getattr(error, "reason", error))
    return ""


# -- examples and use ----------------------------------------------------------------------------------------------------


def _examples(file: DecisionFile) -> Iterator[Finding]:
    path = file.path.parent / examples.FOLDER / f"{file.path.stem}.json"
    tables = [d for d in file.decisions.values() if isinstance(d.expression, DecisionTable)]
    if not path.exists():
        if tables:
            yield _finding(
                file,
                "",
                "examples",
                "There are no examples of this file",
                "A slip in a row is only seen by one",
                f"Write {path}",
                severity=WARNING,
            )
        return
    try:
        report = examples.run(examples.load(path))
    except DmnError as error:
        yield Finding(rule="examples", file=path, what=str(error))
        return
    for result in report.failed:
        got = result.evaluation.message or result.evaluation.output
        yield _finding(
            file,
            result.example.decision,
            "example-fails",
            f"'{result.example.why}' gives {got}, expected is {result.example.output}",
            f"For {dict(result.example.inputs)}",
            f"Correct the row, or the example in {path.name}",
        )
    for row in report.uncovered:
        decision = file.decisions.get(row.decision)
        rules = decision.expression.rules if decision and isinstance(decision.expression, DecisionTable) else ()
        element = rules[row.rule - 1].id if row.rule <= len(rules) else row.decision
        yield _finding(
            file,
            element,
            "row-no-example",
            f"No example reaches row {row.rule} of {row.decision}",
            "A slip in it would not be seen",
            f"Add one to {path.name}",
            name=row.description,
            severity=WARNING,
        )


@lru_cache(maxsize=64)
def _used_by_code(decision: str) -> bool:
    """Whether the platform itself makes a decision, such as how a message travels."""
    return any(decision in path.read_text(encoding="utf-8") for root in SOURCES for path in root.rglob("*.py"))


def _unused(project: Project) -> Iterator[Finding]:
    called = {
        e.get("decisionId")
        for m in project.models
        for n in m.nodes
        if (e := extension(n, "calledDecision")) is not None
    }
    needed = {r.id for f in project.decisions for d in f.decisions.values() for r in d.decisions}
    for file in project.decisions if project.models else ():
        for decision in file.decisions.values():
            if decision.id not in called | needed and not file.problem and not _used_by_code(decision.id):
                yield _finding(
                    file,
                    decision.id,
                    "unused-decision",
                    f"No task and no decision uses {decision.id}",
                    "",
                    "Call it, or remove it",
                    name=decision.name,
                    severity=WARNING,
                )
