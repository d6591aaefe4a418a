"""The schema that helps editors write scenario files: `python -m workers.workshop.scenarios.schema` writes it anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workers.workshop.scenarios.format import ACTORS, Scenario


def schema() -> dict[str, Any]:
    """JSON schema of a scenario file."""
    made = Scenario.model_json_schema(by_alias=True)
    # Exactly one act per step: the class checks it, editors should too.
    made["$defs"]["Step"]["oneOf"] = [{"required": [name]} for name in ACTORS]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def main() -> None:
    """Writes `tests/scenarios/schema.json` of the working folder."""
    target = Path("tests/scenarios/schema.json")
    target.write_text(json.dumps(schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
