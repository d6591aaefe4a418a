"""What stands under deploy/ and .github/: valid, by our rules, in agreement with the code; and mistakes are found."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
Document = dict[str, Any]
Change = Callable[[Document], object]


def found(check: Any, kind: str, name: str = "") -> Document:
    """A copy of a document under deploy/."""
    return next(
        deepcopy(doc) for _, doc in check.manifests() if doc["kind"] == kind and name in ("", doc["metadata"]["name"])
    )


def said(check: Any, document: Document) -> list[str]:
    """Everything the rules say about one document."""
    return [text for rule in check.RULES for text in rule(document)]


def test_every_file_is_valid(check: Any) -> None:
    """Nothing wrong in what can be checked without the chart's and Terraform's tools (`make deploy-check` has them)."""
    looked, wrong = check.findings()
    assert looked >= 38
    assert [line for line in wrong if "cannot be checked here" not in line] == []


# What somebody types wrong, or takes from an old page: the document, and the change.
SEEDS: dict[str, tuple[str, Change]] = {
    "a version field that never was": ("Cluster", lambda d: d["spec"].update(version=15)),
    "backups the old way": ("Cluster", lambda d: d["spec"].update(backup={"barmanObjectStore": {}})),
    "one instance": ("Cluster", lambda d: d["spec"].update(instances=1)),
    "no synchronous standby": ("Cluster", lambda d: d["spec"]["postgresql"].pop("synchronous")),
    "no archive": ("Cluster", lambda d: d["spec"].pop("plugins")),
    "an API version of the past": ("Cluster", lambda d: d.update(apiVersion="postgresql.cnpg.io/v1beta1")),
    "a number as text": ("Cluster", lambda d: d["spec"].update(instances="3")),
    "a storage class misspelt": ("Cluster", lambda d: d["spec"]["storage"].update(storageClassName="x")),
    "a cron of five fields": ("ScheduledBackup", lambda d: d["spec"].update(schedule="0 2 * * *")),
    "an unknown backup method": ("ScheduledBackup", lambda d: d["spec"].update(metod="plugin")),
    "retention in the wrong place": ("ObjectStore", lambda d: d["spec"]["configuration"].update(retentionPolicy="30d")),
    "ZooKeeper": ("Kafka", lambda d: d["spec"].update(zookeeper={"replicas": 3})),
    "Strimzi before 1.0": ("Kafka", lambda d: d.update(apiVersion="kafka.strimzi.io/v1beta2")),
    "one broker may acknowledge": ("Kafka", lambda d: d["spec"]["kafka"]["config"].update({"min.insync.replicas": 1})),
    "a pool without roles": ("KafkaNodePool", lambda d: d["spec"].pop("roles")),
    "an unknown operation": ("KafkaUser", lambda d: d["spec"]["authorization"]["acls"][0].update(operations=["Reed"])),
    "a Redis of the past": ("RedisReplication", lambda d: d.update(apiVersion="redis.redis.opstreelabs.in/v1beta1")),
    "a Redis field misspelt": ("RedisReplication", lambda d: d["spec"].update(clusterSiz=3)),
    "an agent of the past": ("DatadogAgent", lambda d: d.update(apiVersion="datadoghq.com/v1alpha1")),
    "an agent's feature misspelt": ("DatadogAgent", lambda d: d["spec"]["features"].update(apmm={})),
    "a listener renamed": ("Gateway", lambda d: d["spec"]["listeners"][1].update(name="grpc")),
    "a listener without a port": ("Gateway", lambda d: d["spec"]["listeners"][0].pop("port")),
    "a certificate without an issuer": ("Certificate", lambda d: d["spec"].pop("issuerRef")),
    "a monitor without a selector": ("PodMonitor", lambda d: d["spec"].pop("selector")),
}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mistake_in_a_resource_is_found(check: Any, seed: str) -> None:
    """The schema or a rule says so."""
    kind, change = SEEDS[seed]
    document = found(check, kind)
    assert said(check, document) == []
    change(document)
    assert said(check, document) != []


VALUES: dict[str, Change] = {
    "a count misspelt": lambda v: v["orchestration"].update(partitionCounts="3"),
    "the block of older charts": lambda v: v["orchestration"].update(zeebe={"partitionCount": 7}),
    "the store misspelt": lambda v: v["orchestration"]["data"].update(secondaryStore={}),
    "the demo user left in": lambda v: v["orchestration"]["security"]["initialization"].pop("users"),
    "no authorisations": lambda v: v["orchestration"]["security"]["authorizations"].update(enabled=False),
}


@pytest.mark.parametrize("seed", VALUES)
def test_a_mistake_in_camundas_values_is_found(check: Any, seed: str) -> None:
    """The chart itself would ignore it."""
    values = check.documents(ROOT / "deploy/camunda/values.yaml")[0]
    VALUES[seed](values)
    assert list(check.camunda_values(values)) != []


WORKFLOWS: dict[str, tuple[str, str]] = {
    "an action by tag": ("actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", "actions/checkout@v7"),
    "another hash": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "0" * 40),
    "all rights": ("permissions: {contents: read}\n", ""),
    "no time limit": ("    timeout-minutes: 60\n", ""),
    "the token kept": ("        with: {persist-credentials: false}\n", ""),
    "a branch's name in a script": ("- run: bash .ci/run", "- run: echo ${{ github.head_ref }}"),
}


@pytest.mark.parametrize("seed", WORKFLOWS)
def test_a_mistake_in_a_workflow_is_found(check: Any, seed: str) -> None:
    """Pinned, limited, with least rights."""
    text = (ROOT / ".github/workflows/ci.yml").read_text()
    right, wrong = WORKFLOWS[seed]
    assert right in text
    assert list(check.workflow(yaml.safe_load(text), text)) == []
    changed = text.replace(right, wrong)
    assert list(check.workflow(yaml.safe_load(changed), changed)) != []


IMAGES = {
    "root": ("USER 10001:10001", "USER root"),
    "a base nobody named": ("FROM python:3.13-slim-trixie AS build", "FROM python:latest AS build"),
    "one stage": ("FROM python:3.13-slim-trixie AS build", "# no build stage"),
}


@pytest.mark.parametrize("seed", IMAGES)
def test_a_mistake_in_the_image_is_found(check: Any, seed: str) -> None:
    """No root, a named base, no build tools inside."""
    text = (ROOT / "deploy/docker/Dockerfile").read_text()
    right, wrong = IMAGES[seed]
    assert list(check.dockerfile(text.replace(right, wrong))) != []


def test_monitors_name_metrics_that_the_code_sends(generate: Any) -> None:
    """A renamed metric fails here, not in the night."""
    assert generate.unknown(generate.table()) == set()
    broken = generate.table()
    broken["dashboard"][0]["query"] = "sum:fsm.jobs.startd{*}"
    assert generate.unknown(broken) == {"jobs.startd"}


def test_every_monitor_has_its_runbook(generate: Any) -> None:
    """Who is woken up finds what to do."""
    page = (ROOT / "docs/operations.md").read_text()
    headings = {
        re.sub(r"[^a-z-]", "", line.lstrip("# ").lower().replace(" ", "-"))
        for line in page.splitlines()
        if line.startswith("### ")
    }
    assert {row["runbook"] for row in generate.table()["monitors"]} <= headings


def test_the_cost_of_a_month_is_the_sum_of_its_parts(cost: Any) -> None:
    """Three n2-standard-4 nodes in europe-west1 with sustained use: 374 USD a month, as the vendor's list has it."""
    prices, stack = cost.read("prices.yaml"), cost.read("stack.yaml")
    stack["variants"]["small"] = {"nodes": 3, "size": 4, "ssd_gb": 0, "forwarding_rules": 0, "egress_gb": 0}
    rows = cost.month(prices, stack, variant="small", region="europe-west1", factor="sustained", bookings=0)
    assert round(rows["nodes"]) == 374


def test_worker_groups_name_task_types_that_exist() -> None:
    """A type that nobody serves would wait for ever."""
    from workers.tasks import TASKS

    values = yaml.safe_load((ROOT / "deploy/helm/fsm-platform/values.yaml").read_text())
    named = {name for group in values["workers"].values() for name in group["only"]}
    assert named - set(TASKS) == set()
