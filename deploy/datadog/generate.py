"""Datadog's monitors, dashboard and objectives, made of monitors.yaml: `python deploy/datadog/generate.py FOLDER`.

Nothing is written by hand twice, and a metric that the code does not send is an error.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

from workers.runtime.dogstatsd import METRICS

HERE = Path(__file__).parent
RUNBOOKS = "https://github.com/OWNER/fsm-platform/blob/main/docs/operations.md#"
PAGED = {"high": "@pagerduty-fsm-platform", "low": "@slack-fsm-platform"}
Document = dict[str, Any]


def table() -> Document:
    """The file."""
    found: Document = yaml.safe_load((HERE / "monitors.yaml").read_text())
    return found


def metrics_of(query: str, namespace: str) -> set[str]:
    """The metrics a query names, without the namespace."""
    return set(re.findall(rf"\b{namespace}\.([a-z_.]+)\{{", query))


def queries(content: Document) -> list[str]:
    """Every query of the file."""
    monitors = [monitor["query"] for monitor in content["monitors"]]
    goals = [text for goal in content["objectives"] for text in (goal["good"], goal["total"])]
    return monitors + goals + [widget["query"] for widget in content["dashboard"]]


def unknown(content: Document) -> set[str]:
    """Metrics that the code does not send."""
    named = {name for query in queries(content) for name in metrics_of(query, content["namespace"])}
    return named - METRICS


def monitor(row: Document) -> Document:
    """One monitor, as Datadog's API takes it."""
    message = f"{row['why']}\n\nWhat to do: {RUNBOOKS}{row['runbook']}\n\n{PAGED[row['urgency']]}"
    threshold = float(row["query"].rpartition(">")[2])
    options = {"thresholds": {"critical": threshold}, "notify_no_data": False, "include_tags": True}
    tags = ["team:fsm-platform", f"urgency:{row['urgency']}"]
    kind = "query alert"
    return {
        "name": row["name"],
        "type": kind,
        "query": row["query"],
        "message": message,
        "options": options,
        "tags": tags,
    }


def objective(row: Document) -> Document:
    """One objective with its budget over thirty days."""
    return {
        "name": row["name"],
        "type": "metric",
        "query": {"numerator": row["good"], "denominator": row["total"]},
        "thresholds": [{"timeframe": "30d", "target": row["target"]}],
        "tags": ["team:fsm-platform"],
    }


def dashboard(content: Document) -> Document:
    """One board: what works, what waits, what fails."""
    widgets = [
        {"definition": {"type": "timeseries", "title": row["title"], "requests": [{"q": row["query"]}]}}
        for row in content["dashboard"]
    ]
    return {"title": "Field-service orders: workers", "layout_type": "ordered", "widgets": widgets}


def documents() -> dict[str, Document]:
    """Everything, by file name. `ValueError` when a query names a metric that nobody sends."""
    content = table()
    wrong = unknown(content)
    if wrong:
        raise ValueError(f"Expected metrics that the code sends, but {', '.join(sorted(wrong))} are none of them")
    made = {f"monitor-{row['runbook']}.json": monitor(row) for row in content["monitors"]}
    made |= {f"slo-{number}.json": objective(row) for number, row in enumerate(content["objectives"], 1)}
    return made | {"dashboard.json": dashboard(content)}


def main(folder: Path) -> int:
    """Writes the files; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    made = documents()
    for name, document in made.items():
        (folder / name).write_text(json.dumps(document, indent=1) + "\n")
    return len(made)


if __name__ == "__main__":
    sys.stdout.write(f"{main(Path(sys.argv[1]))} documents\n")
