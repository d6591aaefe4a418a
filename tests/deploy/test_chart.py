"""The chart and Terraform, with their own tools: run by `make deploy-check` in an environment that has them."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.deploy
ROOT = Path(__file__).resolve().parents[2]
Document = dict[str, Any]


@pytest.fixture(scope="session")
def chart(check: Any) -> list[Document]:
    return check.rendered()  # type: ignore[no-any-return]


def test_nothing_is_wrong(check: Any) -> None:
    """Every document of every kind, the chart's and Terraform's too."""
    looked, wrong = check.findings()
    assert wrong == []
    assert looked > 70


def first(d: Document) -> Document:
    container: Document = d["spec"]["template"]["spec"]["containers"][0]
    return container


SEEDS: dict[str, Callable[[Document], object]] = {
    "root": lambda d: d["spec"]["template"]["spec"].pop("securityContext"),
    "rights kept": lambda d: first(d)["securityContext"].pop("capabilities"),
    "a file system one can write to": lambda d: first(d)["securityContext"].pop("readOnlyRootFilesystem"),
    "an image by tag": lambda d: first(d).update(image="fsm-platform:latest"),
    "no limits": lambda d: first(d).pop("resources"),
    "no liveness": lambda d: first(d).pop("livenessProbe"),
    "no readiness": lambda d: first(d).pop("readinessProbe"),
    "too little time to end": lambda d: d["spec"]["template"]["spec"].update(terminationGracePeriodSeconds=25),
    "a field misspelt": lambda d: first(d).update(imagePulPolicy="Always"),
    "an API version of the past": lambda d: d.update(apiVersion="extensions/v1beta1"),
}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mistake_in_a_workload_is_found(check: Any, chart: list[Document], seed: str) -> None:
    """The schema or a rule says so."""
    document = deepcopy(
        next(d for d in chart if d["metadata"]["name"] == "fsm-work-default" and d["kind"] == "Deployment")
    )
    assert [text for rule in check.RULES for text in rule(document)] == []
    SEEDS[seed](document)
    assert [text for rule in check.RULES for text in rule(document)] != []


@pytest.mark.parametrize("kind", ["PodDisruptionBudget", "NetworkPolicy"])
def test_a_workload_without_its_companions_is_found(check: Any, chart: list[Document], kind: str) -> None:
    """Each process has a budget and a policy, and scalers name processes that exist."""
    assert list(check.together(chart)) == []
    left = [d for d in chart if d["kind"] != kind]
    assert list(check.together(left)) != []
    renamed = deepcopy(chart)
    next(d for d in renamed if d["kind"] == "ScaledObject")["spec"]["scaleTargetRef"]["name"] = "nobody"
    assert list(check.together(renamed)) != []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("datapath_provider", "data_path_provider"),
        ("network                  = google", "netwrk = google"),
        ("google_container_node_pool", "google_container_nodepool"),
    ],
)
def test_a_mistake_in_terraform_is_found(check: Any, tmp_path: Path, right: str, wrong: str) -> None:
    """An argument or a type that the provider does not have."""
    text = (ROOT / "deploy/terraform/cluster.tf").read_text()
    assert right in text
    (tmp_path / "x.tf").write_text(text.replace(right, wrong, 1))
    assert list(check.terraform(tmp_path / "x.tf")) != []
