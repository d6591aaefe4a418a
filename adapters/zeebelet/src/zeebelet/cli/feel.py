"""`zeebelet feel`: what an expression gives, its type and its warnings; for a mistake in it, the place."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape

from zeebelet import feel as language
from zeebelet.cli.console import UsageError, err, json_text, out, parsed_json, print_json


def feel(
    expression: Annotated[str, typer.Argument(help="The expression, without the leading `=` of a model.")],
    context: Annotated[str, typer.Option(help="The variables it sees, as a JSON object.")] = "{}",
    unary: Annotated[
        str | None,
        typer.Option("--test", metavar="VALUE", help="Read it as the cell of a table and test this JSON value."),
    ] = None,
    dialect: Annotated[
        str, typer.Option(help="`camunda` (what Camunda 8 answers) or `dmn` (the standard).")
    ] = "camunda",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document for scripts.")] = False,
) -> None:
    """Evaluate a FEEL expression.

    A missing variable or a type that does not fit is no error in FEEL: the value is null, and a warning says why.

    **Examples**

    `zeebelet feel 'order.total >= 3000 and order.category = "KITCHEN"' --context '{"order": {"total": 9, "category": "BATH"}}'`

    `zeebelet feel 'date and time(start) - duration("PT2H")' --context '{"start": "2027-01-28T08:00:00Z"}'`

    `zeebelet feel '[24..48)' --test 30`
    """
    variables = _object(context)
    if unary is not None:
        variables["?"] = _json(unary)
    try:
        read = language.compile if unary is None else language.unary_tests
        compiled = read(expression, dialect=dialect)
        result = compiled.evaluate(variables)
    except language.FeelSyntaxError as error:
        _show_syntax_error(expression, error, as_json=as_json)
        raise typer.Exit(1) from None
    except language.FeelEvaluationError as error:
        _show_failure(str(error), as_json=as_json)
        raise typer.Exit(1) from None
    _show(result, as_json=as_json)


def _object(text: str) -> dict[str, Any]:
    value = _json(text)
    if not isinstance(value, dict):
        raise UsageError(f"Expected --context to be a JSON object like '{{\"total\": 5}}', but it is {text}")
    return value


def _json(text: str) -> Any:
    try:
        return parsed_json(text)
    except ValueError as error:
        raise UsageError(f"Expected JSON, but '{text}' is not: {error}") from error


def _show(result: Any, *, as_json: bool) -> None:
    value, kind = language.to_json(result.value), language.type_name(result.value)
    if as_json:
        warnings = [{"type": warning.type, "message": warning.message} for warning in result.warnings]
        print_json({"value": value, "type": kind, "warnings": warnings})
        return
    out.print(f"[bold green]{escape(json_text(value))}[/]  [dim]{kind}[/]", highlight=False)
    for warning in result.warnings:
        out.print(f"[yellow]warning[/] {escape(warning.type)}: {escape(warning.message)}", highlight=False)


def _show_syntax_error(expression: str, error: language.FeelSyntaxError, *, as_json: bool) -> None:
    if as_json:
        print_json({"error": str(error), "position": error.position})
        return
    line = (expression.splitlines() or [""])[min(error.line, len(expression.splitlines()) or 1) - 1]
    err.print(f"[bold red]error[/] {escape(error.reason)}", highlight=False)
    err.print(f"  {escape(line)}", highlight=False)
    err.print(f"  {' ' * (error.column - 1)}[bold red]^[/]", highlight=False)


def _show_failure(message: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"error": message})
    else:
        err.print(f"[bold red]error[/] {escape(message)}", highlight=False)
