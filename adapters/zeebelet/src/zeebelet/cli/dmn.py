"""`zeebelet dmn`: make decisions and check their examples, without an engine and in milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from zeebelet import dmn
from zeebelet.cli.console import UsageError, json_text, out, parsed_json, print_json
from zeebelet.dmn import examples as kept

# The folder `dmn` here if there is one, else this one.
FOLDER = Path("dmn") if Path("dmn").is_dir() else Path()
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    help="""Decisions (DMN): try a table, run the examples kept beside the tables.

    `zeebelet dmn eval AssignmentMode --in countryCode=ES` shows the result and the rule that fired.

    `zeebelet dmn test` runs every example and names the rules that no example reaches.
    """,
)
FolderOption = Annotated[Path, typer.Option("--folder", envvar="ZEEBELET_DMN", help="Where the .dmn files are.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document for scripts.")]


@app.command("eval")
def evaluate(
    decision: Annotated[str, typer.Argument(help="Id of the decision, for example AssignmentMode.")],
    *,
    values: Annotated[
        list[str] | None,
        typer.Option("--in", metavar="KEY=VALUE", help="An input. A dot reaches into it: `--in facts.total=2500`."),
    ] = None,
    file: Annotated[Path | None, typer.Option("--in-file", help="Inputs from a JSON file; --in comes on top.")] = None,
    folder: FolderOption = FOLDER,
    dialect: Annotated[
        str, typer.Option(help="`camunda` (what Camunda 8 answers) or `dmn` (the standard).")
    ] = "camunda",
    as_json: JsonOption = False,
) -> None:
    """Make a decision and show which rules fired.

    A value is read as JSON where it is JSON (`12`, `true`, `null`, `[1,2]`), else as text, so names need no quotes.

    **Examples**

    `zeebelet dmn eval AssignmentMode --in countryCode=ES --in urgency=STANDARD`

    `zeebelet dmn eval TechnicalVisitPolicy --in facts.total=3000 --in facts.category=KITCHEN --in service.serviceType=COMPLEX`

    `zeebelet dmn eval ProviderScore --in-file candidate.json --json`
    """
    graph = _graph_with(decision, folder, dialect)
    answer = graph.evaluate(decision, _inputs(values or [], file))
    if as_json:
        print_json({"output": answer.output, "failure": answer.message or None, "decisions": _plain(answer)})
    else:
        _show(graph, answer)
    if answer.failure:
        raise typer.Exit(1)


@app.command("test")
def run_examples(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Examples files; all of the folder if none is named.")
    ] = None,
    folder: FolderOption = FOLDER,
    strict: Annotated[bool, typer.Option(help="A rule without an example is a failure too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Run the examples kept beside the tables, and name the rules that no example reaches.

    The examples of `dmn/wcf-handling.dmn` are in `dmn/examples/wcf-handling.json`: inputs, expected output, and why.

    **Examples**

    `zeebelet dmn test`

    `zeebelet dmn test dmn/examples/assignment-mode.json`
    """
    paths = files or kept.find(folder)
    if not paths:
        raise UsageError(
            f"Expected examples in '{folder / kept.FOLDER}', but there are none. Run from the project's folder"
        )
    reports = [_report(path) for path in paths]
    if as_json:
        print_json([_plain_report(report) for report in reports])
    else:
        _show_reports(reports)
    if any(report.failed or (strict and report.uncovered) for report in reports):
        raise typer.Exit(1)


# -- inputs --------------------------------------------------------------------------------------------------------------


def _graph_with(decision: str, folder: Path, dialect: str) -> dmn.DecisionRequirementsGraph:
    """The graph of the file that holds a decision."""
    known: list[str] = []
    for path in sorted(folder.glob("*.dmn")):
        graph = _parsed(path, dialect)
        if decision in graph.decisions:
            return graph
        known += graph.decisions
    if not known:
        raise UsageError(
            f"Expected .dmn files in '{folder}', but there are none. Run from the project's folder or use --folder"
        )
    close = get_close_matches(decision, known, 1)
    hint = f"Did you mean '{close[0]}'?" if close else f"There are {', '.join(sorted(known))}."
    raise UsageError(f"Expected a decision '{decision}' in '{folder}', but there is none. {hint}")


def _parsed(path: Path, dialect: str) -> dmn.DecisionRequirementsGraph:
    try:
        return dmn.parse(path.read_bytes(), dialect=dialect)
    except dmn.DmnParseError as error:
        raise UsageError(f"'{path}' cannot be deployed: {error}") from error


def _inputs(values: Iterable[str], file: Path | None) -> dict[str, Any]:
    inputs: dict[str, Any] = _from_file(file) if file else {}
    for text in values:
        key, separator, value = text.partition("=")
        if not separator or not key:
            raise UsageError(f"Expected --in key=value, but got '{text}'")
        _put(inputs, key.split("."), _value(value))
    return inputs


def _from_file(file: Path) -> dict[str, Any]:
    try:
        document = parsed_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"Expected '{file}' to be a JSON file, but {error}") from error
    if not isinstance(document, dict):
        raise UsageError(f"Expected '{file}' to hold a JSON object with the inputs by name, but it holds another value")
    return document


def _put(inputs: dict[str, Any], path: list[str], value: Any) -> None:
    *parents, last = path
    for name in parents:
        inner = inputs.setdefault(name, {})
        if not isinstance(inner, dict):
            raise UsageError(
                f"Expected '{name}' to be an object, because of --in {'.'.join(path)}, but it is {inner!r}"
            )
        inputs = inner
    inputs[last] = value


def _value(text: str) -> Any:
    try:
        return parsed_json(text)
    except ValueError:
        return text


def _report(path: Path) -> kept.Report:
    try:
        return kept.run(kept.load(path))
    except dmn.DmnError as error:
        raise UsageError(str(error)) from error


# -- answers -------------------------------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    return escape(json_text(value))


def _show(graph: dmn.DecisionRequirementsGraph, answer: dmn.Evaluation) -> None:
    for trace in answer.decisions:
        out.print(_decision_table(graph, trace))
    if answer.failure:
        out.print(f"[bold red]failed[/] {escape(answer.message)}")
        return
    for problem in answer.problems:
        out.print(f"[yellow]null because[/] {escape(problem)}")
    out.print(f"[bold green]result[/] {_text(answer.output)}")


def _decision_table(graph: dmn.DecisionRequirementsGraph, trace: dmn.EvaluatedDecisionTrace) -> Table:
    title = f"[bold]{escape(trace.decision_name)}[/] ({escape(trace.decision_id)})"
    table = Table("", "", title=title, title_justify="left", show_header=False)
    for column in trace.evaluated_inputs:
        table.add_row(escape(column.input_name), _text(column.input_value))
    table.add_section()
    for line in _fired(graph, trace):
        table.add_row(*line, style="cyan")
    table.add_section()
    table.add_row("result", _text(trace.decision_output), style="bold")
    return table


def _fired(graph: dmn.DecisionRequirementsGraph, trace: dmn.EvaluatedDecisionTrace) -> Iterator[tuple[str, str]]:
    rules = graph.decisions[trace.decision_id].rules
    for rule in trace.matched_rules:
        outputs = ", ".join(f"{escape(each.output_name)} {_text(each.output_value)}" for each in rule.evaluated_outputs)
        why = rules[rule.rule_index - 1].description
        yield f"rule {rule.rule_index}", outputs + (f"\n[dim]{escape(why)}[/]" if why else "")
    if rules and not trace.matched_rules:
        yield "no rule", "none of the rules matches these inputs"


def _plain(answer: dmn.Evaluation) -> list[dict[str, Any]]:
    return [
        {
            "decision": trace.decision_id,
            "output": trace.decision_output,
            "inputs": {column.input_name: column.input_value for column in trace.evaluated_inputs},
            "rules": [rule.rule_index for rule in trace.matched_rules],
        }
        for trace in answer.decisions
    ]


def _show_reports(reports: Iterable[kept.Report]) -> None:
    table = Table("examples", "passed", "rules without an example")
    for report in reports:
        total = len(report.results)
        color = "red" if report.failed else "green"
        uncovered = "\n".join(
            f"{escape(u.decision)} rule {u.rule} [dim]{escape(u.description)}[/]" for u in report.uncovered
        )
        table.add_row(
            escape(report.examples.path.stem), f"[{color}]{total - len(report.failed)} of {total}[/]", uncovered
        )
    out.print(table)
    for report in reports:
        for result in report.failed:
            _show_failure(report, result)


def _show_failure(report: kept.Report, result: kept.Result) -> None:
    actual = escape(result.evaluation.message) or _text(result.evaluation.output)
    out.print(f"[bold red]failed[/] {escape(report.examples.path.stem)}: {escape(result.example.why)}")
    out.print(f"  inputs   {_text(result.example.inputs)}")
    out.print(f"  expected {_text(result.example.output)}")
    out.print(f"  but got  {actual}")
    for trace in result.evaluation.decisions:
        for rule in trace.matched_rules:
            out.print(f"  by rule {rule.rule_index} of {escape(trace.decision_id)}")


def _plain_report(report: kept.Report) -> dict[str, Any]:
    return {
        "file": str(report.examples.path),
        "passed": len(report.results) - len(report.failed),
        "failed": [
            {
                "why": result.example.why,
                "inputs": result.example.inputs,
                "expected": result.example.output,
                "output": result.evaluation.output,
                "failure": result.evaluation.message or None,
            }
            for result in report.failed
        ],
        "uncovered": [{"decision": each.decision, "rule": each.rule} for each in report.uncovered],
    }
