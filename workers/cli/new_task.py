"""`fsm new-task TYPE`: a task, its test and its page, ready to be filled in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from workers.cli.console import UsageError, out

_TYPE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
_TASK = '''"""{type}: {purpose}"""

from __future__ import annotations

from uuid import UUID

from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task


class Input(TaskInput):
    """What the process hands over."""

    service_order_id: UUID


class Output(TaskOutput):
    """What the process gets back."""

    service_order_id: UUID


@task("{type}")
def {name}(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """{purpose}"""
    order = unit.orders.get(data.service_order_id)
    ctx.log.info("{type} for order in state %s", order.state)
    return Output(service_order_id=data.service_order_id)
'''
_TEST = '''"""{type} keeps its contract."""

from __future__ import annotations

import workers.tasks.{name}  # noqa: F401 - declares the task
from workers.runtime import registry


def test_{name}_reads_and_writes_what_it_declares() -> None:
    """The variables of {type} are part of the model's contract: changing them is a decision, not an accident."""
    definition = registry["{type}"]

    assert definition.fetch_variables == ("serviceOrderId",)
    assert definition.output_variables == ("serviceOrderId",)
'''
_PAGE = """# {type}

{purpose}

| | |
|---|---|
| reads | `serviceOrderId` |
| writes | `serviceOrderId` |
| BPMN errors | none |
| system | postgres |

When it fails: what an operator should look at first.
"""


def new_task(
    task_type: Annotated[str, typer.Argument(metavar="TYPE", help="Such as `route-optimise`.")],
    purpose: Annotated[
        str, typer.Option(help="One sentence: what it does for the order.")
    ] = "One sentence on what it does.",
    root: Annotated[Path, typer.Option(hidden=True)] = Path(),
) -> None:
    """Writes a new task, its test and its documentation page.

    `fsm new-task route-optimise --purpose "Orders a team's visits of a day."` makes `workers/tasks/route_optimise.py`,
    `tests/tasks/test_route_optimise.py` and `docs/tasks/route-optimise.md`. Then add the type to the table in
    `workers/tasks/__init__.py`.
    """
    if not _TYPE.fullmatch(task_type):
        raise UsageError(
            f"Expected two or more lower-case words joined by dashes, such as route-optimise, but got {task_type!r}."
        )
    words = {"type": task_type, "name": task_type.replace("-", "_"), "purpose": purpose}
    files = {
        root / "workers/tasks" / f"{words['name']}.py": _TASK,
        root / "tests/tasks" / f"test_{words['name']}.py": _TEST,
        root / "docs/tasks" / f"{task_type}.md": _PAGE,
    }
    known = [str(path) for path in files if path.exists()]
    if known:
        raise UsageError(f"Nothing was written, because this exists already: {', '.join(known)}.")
    for path, template in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(template.format(**words))
        out.print(f"wrote {escape(str(path))}")
