"""Holds everything under deploy/ and .github/ to its schema and to our rules, offline: `make deploy-check`.

Kubernetes' own kinds need the package kubernetes-validate, the chart needs helm-python-sdk, Terraform python-hcl2:
`make deploy-check` installs them in an environment of their own. What cannot be checked for want of one is a finding.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
Document = dict[str, Any]
CORE = frozenset({"v1", "apps/v1", "batch/v1", "policy/v1", "autoscaling/v2", "networking.k8s.io/v1"})
WORKLOADS = frozenset({"Deployment", "Job"})
DIGEST = "sha256:" + "0" * 64


def documents(path: Path) -> list[Document]:
    """The documents of a YAML file."""
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def manifests() -> Iterator[tuple[str, Document]]:
    """Every Kubernetes document that stands in a file."""
    for path in sorted([*(DEPLOY / "k8s").glob("*.yaml"), *(DEPLOY / "kong").glob("*.yaml")]):
        for document in documents(path):
            yield str(path.relative_to(ROOT)), document


def rendered() -> list[Document]:
    """The chart's documents with its own values and an image. `ModuleNotFoundError` without helm-python-sdk."""
    helm = importlib.import_module("helm_python")
    chart = helm.Chart.load(str(DEPLOY / "helm" / "fsm-platform"))
    values = {"image": {"repository": "registry.example/fsm-platform", "digest": DIGEST}}
    text = chart.render(values)
    parts = text.values() if isinstance(text, dict) else [text]
    return [found for part in parts for found in yaml.safe_load_all(part) if found]


# --- schemas


def against_schema(document: Document) -> Iterator[str]:
    """What a resource has that its definition does not know. No schema is a finding: that is how old versions are caught."""
    version = document.get("apiVersion", "")
    if version in CORE:
        yield from _core(document)
        return
    group, _, number = version.partition("/")
    path = DEPLOY / "schemas" / group / f"{document.get('kind', '').lower()}_{number}.json"
    if not path.is_file():
        yield f"no schema for {version} {document.get('kind')}"
        return
    for error in Draft7Validator(json.loads(path.read_text())).iter_errors(document):
        yield f"{'.'.join(map(str, error.absolute_path))}: {error.message[:160]}"


def _core(document: Document) -> Iterator[str]:
    try:
        validate = importlib.import_module("kubernetes_validate")
    except ModuleNotFoundError:
        return
    try:
        validate.validate(document, _minor(), strict=True)
    except validate.ValidationError as error:
        yield str(error.message)[:200]
    except (validate.SchemaNotFoundError, validate.VersionNotSupportedError) as error:
        yield str(error)


def _minor() -> str:
    return str(yaml.safe_load((DEPLOY / "versions.yaml").read_text())["kubernetes"])


# --- our rules


def _pod(document: Document) -> Document:
    found: Document = document.get("spec", {}).get("template", {}).get("spec", {})
    return found


def containers(document: Document) -> list[Document]:
    """The containers of a workload."""
    found: list[Document] = _pod(document).get("containers", [])
    return found


def hardened(document: Document) -> Iterator[str]:
    """A workload of ours runs without rights, by digest, within limits."""
    if document["kind"] not in WORKLOADS:
        return
    if not _pod(document).get("securityContext", {}).get("runAsNonRoot"):
        yield "runs as root"
    for container in containers(document):
        context = container.get("securityContext", {})
        if context.get("allowPrivilegeEscalation") is not False or context.get("capabilities", {}).get("drop") != [
            "ALL"
        ]:
            yield f"{container['name']} keeps rights"
        if context.get("readOnlyRootFilesystem") is not True:
            yield f"{container['name']} may write to its file system"
        if not re.search(r"@sha256:[0-9a-f]{64}$", str(container.get("image", ""))):
            yield f"{container['name']} names its image by a tag"
        resources = container.get("resources", {})
        if "memory" not in resources.get("limits", {}) or {"cpu", "memory"} - set(resources.get("requests", {})):
            yield f"{container['name']} has no requests and limits"


def probed(document: Document) -> Iterator[str]:
    """A process that stays is asked whether it lives and whether it is ready, and has time to end."""
    if document["kind"] != "Deployment":
        return
    for container in containers(document):
        for probe in ("livenessProbe", "readinessProbe"):
            if probe not in container:
                yield f"{container['name']} has no {probe}"
        drain = [int(word.partition("=")[2]) for word in container.get("args", []) if str(word).startswith("--drain=")]
        if drain and _pod(document).get("terminationGracePeriodSeconds", 30) <= drain[0]:
            yield "is killed before its jobs are handed back"


def data_rules(document: Document) -> Iterator[str]:
    """What a database, a broker and a listener need beyond their schemas."""
    spec = document.get("spec", {})
    kind = document["kind"]
    if kind == "Cluster":
        if "backup" in spec:
            yield "uses backup.barmanObjectStore, which the operator drops"
        if int(spec.get("instances", 0)) < 3 or "synchronous" not in spec.get("postgresql", {}):
            yield "loses data with one machine"
        if not any(plugin.get("isWALArchiver") for plugin in spec.get("plugins", [])):
            yield "archives no WAL"
    if kind == "ScheduledBackup" and len(str(spec.get("schedule", "")).split()) != 6:
        yield "has a schedule without seconds"
    if kind == "Kafka" and int(spec["kafka"].get("config", {}).get("min.insync.replicas", 1)) < 2:
        yield "acknowledges what one broker has"
    if kind == "Gateway" and {"https", "grpcs"} - {listener["name"] for listener in spec.get("listeners", [])}:
        yield "lacks the listeners that Camunda's chart attaches to"
    if kind == "ScaledObject" and ("fallback" not in spec or spec.get("minReplicaCount", 0) < 2):
        yield "may scale to nothing"


RULES: tuple[Callable[[Document], Iterator[str]], ...] = (against_schema, hardened, probed, data_rules)


def together(found: Iterable[Document]) -> Iterator[str]:
    """What documents owe to each other: a budget, a network policy and a scaler for each process, names that exist."""
    every = list(found)
    selectors = {
        kind: [_labels(doc) for doc in every if doc["kind"] == kind]
        for kind in ("PodDisruptionBudget", "NetworkPolicy")
    }
    deployments = {doc["metadata"]["name"]: doc for doc in every if doc["kind"] == "Deployment"}
    for name, document in deployments.items():
        labels = document["spec"]["template"]["metadata"]["labels"]
        if document["spec"]["selector"]["matchLabels"].items() - labels.items():
            yield f"{name}: its selector does not fit its pods"
        for kind, listed in selectors.items():
            if not any(selector.items() <= labels.items() for selector in listed):
                yield f"{name}: no {kind}"
    for document in every:
        target = document.get("spec", {}).get("scaleTargetRef", {}).get("name")
        if target and target not in deployments:
            yield f"{document['kind']} {document['metadata']['name']}: scales {target}, which is not there"


def _labels(document: Document) -> Document:
    spec = document["spec"]
    found: Document = (spec.get("selector") or spec.get("podSelector") or {}).get("matchLabels", {})
    return found


# --- other files


def closed(schema: Any) -> Any:
    """A values schema in which no unknown key passes."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(part) for key, part in schema.items()}
    if made.get("properties") and "additionalProperties" not in made and made.get("type", "object") == "object":
        made["additionalProperties"] = False
    return made


def camunda_values(values: Document) -> Iterator[str]:
    """Keys and types of the chart, and what it must not be left to."""
    schema = closed(json.loads((DEPLOY / "schemas" / "camunda-values-8.9.json").read_text()))
    for error in Draft7Validator(schema).iter_errors(values):
        where = ".".join(map(str, error.absolute_path))
        if "defaultRoles" not in where:  # an open map in the chart's own schema
            yield f"{where}: {error.message[:160]}"
    security = values.get("orchestration", {}).get("security", {})
    if security.get("initialization", {}).get("users") != []:
        yield "orchestration.security.initialization.users: the chart's demo user stays unless the list is empty"
    if not security.get("authorizations", {}).get("enabled"):
        yield "orchestration.security.authorizations: everybody may do everything"


def workflow(content: Document, text: str) -> Iterator[str]:
    """Actions by hash and as in versions.yaml, least rights, a time limit, nothing of a request in a script."""
    known = yaml.safe_load((DEPLOY / "versions.yaml").read_text())["actions"]
    for name, mark in re.findall(r"uses:\s*([\w./-]+)@(\S+)", text):
        if known.get(name, {}).get("hash") != mark:
            yield f"{name}@{mark} is not the version of versions.yaml"
    if "permissions" not in content:
        yield "has all rights"
    for name, job in content.get("jobs", {}).items():
        if "timeout-minutes" not in job:
            yield f"{name} has no time limit"
        for step in job.get("steps", []):
            if "${{ inputs." in str(step.get("run", "")) or "${{ github." in str(step.get("run", "")):
                yield f"{name} puts what somebody typed into a script"
            if (
                str(step.get("uses", "")).startswith("actions/checkout@")
                and step.get("with", {}).get("persist-credentials") is not False
            ):
                yield f"{name} keeps the token after the checkout"


def dockerfile(text: str) -> Iterator[str]:
    """Two stages, no root, a pinned base."""
    stages = re.findall(r"^FROM\s+(\S+)", text, re.MULTILINE)
    allowed = yaml.safe_load((DEPLOY / "versions.yaml").read_text())["images"].values()
    if len(stages) < 2:
        yield "has one stage: build tools stay in the image"
    yield from (f"is made of {stage}, which versions.yaml does not name" for stage in stages if stage not in allowed)
    if not re.search(r"^USER\s+[1-9]\d*", text, re.MULTILINE):
        yield "runs as root"


def terraform(path: Path) -> Iterator[str]:
    """Arguments of the google provider: unknown ones, and required ones that are missing."""
    hcl2 = importlib.import_module("hcl2")
    known = json.loads((DEPLOY / "schemas" / "tf-google.json").read_text())
    content = hcl2.loads(path.read_text())
    for entry in content.get("resource", []):
        for kind, named in _plain(entry).items():
            if kind not in known:
                yield f"{kind}: not in the provider's schema"
                continue
            for name, body in _plain(named).items():
                yield from _arguments(_plain(body), known[kind], f"{kind}.{name}")


META = frozenset({"count", "for_each", "depends_on", "lifecycle", "provider", "dynamic"})


def _plain(block: Document) -> Document:
    return {key.strip('"'): part for key, part in block.items() if not key.startswith("__")}


def _arguments(body: Document, known: Document, where: str) -> Iterator[str]:
    for name, part in body.items():
        if name in META:
            continue
        if name not in known:
            yield f"{where}: unknown argument {name}"
        elif "b" in known[name] and isinstance(part, list):
            for block in part:
                if isinstance(block, dict):
                    yield from _arguments(_plain(block), known[name]["b"], f"{where}.{name}")
    yield from (f"{where}: lacks {name}" for name, entry in known.items() if entry["r"] and name not in body)


def findings() -> tuple[int, list[str]]:
    """How many documents were looked at, and what is wrong."""
    looked, wrong = 0, []
    for place, document in manifests():
        looked += 1
        wrong += [
            f"{place} {document['kind']}/{document['metadata']['name']}: {said}"
            for rule in RULES
            for said in rule(document)
        ]
    for name, checked in OTHERS.items():
        try:
            count, said = checked()
        except ModuleNotFoundError as missing:
            count, said = 0, [f"cannot be checked here without {missing.name}: run `make deploy-check`"]
        looked += count
        wrong += [f"{name}: {text}" for text in said]
    return looked, wrong


def _chart() -> tuple[int, list[str]]:
    found = rendered()
    said = [f"{doc['kind']}/{doc['metadata']['name']}: {text}" for doc in found for rule in RULES for text in rule(doc)]
    return len(found), said + list(together(found))


def _workflows() -> tuple[int, list[str]]:
    paths = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    return len(paths), [
        f"{p.name}: {said}" for p in paths for said in workflow(yaml.safe_load(p.read_text()), p.read_text())
    ]


def _terraform() -> tuple[int, list[str]]:
    paths = sorted((DEPLOY / "terraform").glob("*.tf"))
    return len(paths), [f"{path.name}: {said}" for path in paths for said in terraform(path)]


OTHERS: dict[str, Callable[[], tuple[int, list[str]]]] = {
    "chart": _chart,
    "camunda": lambda: (1, list(camunda_values(documents(DEPLOY / "camunda" / "values.yaml")[0]))),
    "workflows": _workflows,
    "Dockerfile": lambda: (1, list(dockerfile((DEPLOY / "docker" / "Dockerfile").read_text()))),
    "terraform": _terraform,
}


def main() -> int:
    """Prints what is wrong, then the count; 1 when something is."""
    looked, wrong = findings()
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{looked} documents checked, {len(wrong)} findings\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
