"""`fsm messages`: look at what people are told, and check it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from adapters.texts import files, preview
from workers.cli.console import UsageError, out, print_json
from workers.domain import segments
from workers.domain.message_checks import did_you_mean
from workers.domain.messages import LANGUAGES, Catalogue, Template
from workers.domain.values import Recipient
from workers.ports.errors import Misconfigured
from workers.ports.messaging import Channel
from workers.settings import MODELS as SHIPPED
from workers.workshop.messages import check_templates

# The folder here if it holds the texts, else the models that came with the package.
MODELS = Path() if (Path() / files.FOLDER).is_dir() else SHIPPED
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    help="""What customers, providers, operators and stores are told: the files in `forms/messages/`.

    `fsm messages show appointment-confirmed --language fr` writes a message with sample data.

    `fsm messages check` names everything that is missing or wrong, in texts and in the models that send them.
    """,
)
FolderOption = Annotated[Path, typer.Option("--folder", help="The models' folder: it holds forms/messages/ and bpmn/.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document for scripts.")]


@app.command("list")
def list_(folder: FolderOption = MODELS, as_json: JsonOption = False) -> None:
    """All messages: class, recipients, when they are sent, what they need."""
    catalogue = _catalogue(folder)
    if as_json:
        print_json([_plain(template) for template in catalogue.templates.values()])
        return
    table = Table("template", "class", "to", "when")
    for template in catalogue.templates.values():
        table.add_row(template.name, _classes(template), ", ".join(template.texts), escape(template.when))
    out.print(table)
    out.print(f"{len(catalogue.templates)} templates in {', '.join(LANGUAGES)}")


@app.command("show")
def show(
    template: Annotated[str, typer.Argument(help="Name of the message, for example appointment-confirmed.")],
    *,
    language: Annotated[str, typer.Option("--language", "-l", help=f"One of {', '.join(LANGUAGES)}.")] = "en",
    recipient: Annotated[Recipient | None, typer.Option("--to", help="Default: everybody it is for.")] = None,
    bare: Annotated[bool, typer.Option(help="Without everything that may be absent.")] = False,
    html: Annotated[bool, typer.Option(help="The e-mail's HTML alone, for a browser.")] = False,
    folder: FolderOption = MODELS,
    as_json: JsonOption = False,
) -> None:
    """Write a message with the samples of its variables, as e-mail, SMS and push.

    **Examples**

    `fsm messages show job-offer --language pl`

    `fsm messages show order-cancelled --to customer --bare`
    """
    catalogue = _catalogue(folder)
    known = _known(catalogue, template)
    if language not in LANGUAGES:
        raise UsageError(f"Expected a language of {', '.join(LANGUAGES)}, but got '{language}'.")
    if recipient is not None and recipient not in known.texts:
        raise UsageError(f"Expected one of {', '.join(known.texts)}, but {template} is not sent to {recipient}.")
    shown = [_shown(catalogue, template, to, language, bare=bare) for to in ([recipient] if recipient else known.texts)]
    if as_json:
        print_json(shown)
    elif html:
        out.print(shown[0]["html"], markup=False, highlight=False, soft_wrap=True)
    else:
        for one in shown:
            _print(one)


@app.command("check")
def check(folder: FolderOption = MODELS, as_json: JsonOption = False) -> None:
    """Name everything wrong with the texts, and with the elements of the models that send them."""
    findings = check_templates(folder)
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            out.print(f"[red]{escape(finding.file)}[/] {escape(finding.where)}: {escape(finding.problem)}")
        out.print(f"{len(findings)} findings")
    if findings:
        raise typer.Exit(1)


def _catalogue(folder: Path) -> Catalogue:
    try:
        return files.load(folder)
    except Misconfigured as error:
        raise UsageError(str(error)) from error


def _known(catalogue: Catalogue, name: str) -> Template:
    if name not in catalogue.templates:
        hint = did_you_mean(name, catalogue.templates) or " `fsm messages list` shows all."
        raise UsageError(f"Expected a message '{name}', but there is none.{hint}")
    return catalogue.templates[name]


def _classes(template: Template) -> str:
    return " / ".join(dict.fromkeys(template.notices.values()))


def _plain(template: Template) -> dict[str, Any]:
    return {
        "template": template.name,
        "class": template.notices,
        "recipients": list(template.texts),
        "when": template.when,
        "required": sorted(template.required),
        "optional": sorted(template.optional),
        "languages": list(LANGUAGES),
    }


def _shown(catalogue: Catalogue, template: str, to: Recipient, language: str, *, bare: bool) -> dict[str, Any]:
    mail, sms, push = (
        preview.preview(catalogue, template, to, channel, language, bare=bare)
        for channel in (Channel.EMAIL, Channel.SMS, Channel.PUSH)
    )
    return {
        "template": template,
        "recipient": to,
        "language": language,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "sms": sms.text,
        "smsSize": segments.size(sms.text)._asdict(),
        "push": push.text,
    }


def _print(one: dict[str, Any]) -> None:
    size = one["smsSize"]
    title = f"{one['template']} to {one['recipient']} in {one['language']}"
    table = Table("", "", title=title, title_justify="left", show_header=False, show_lines=True)
    for name, text in _lines(one, f"{size['length']} in {size['alphabet']}, segments: {size['segments']}"):
        table.add_row(name, escape(text))
    out.print(table)


def _lines(one: dict[str, Any], size: str) -> Iterator[tuple[str, str]]:
    yield "subject", one["subject"]
    yield "e-mail", one["text"]
    yield f"SMS\n{size}", one["sms"]
    yield "push", one["push"]
