"""A short run of the hostile fuzz; `tests/fuzz_hostile.py` runs it for long."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "fuzz_hostile.py"


def test_hostile_values_harm_nobody() -> None:
    """No 500, no INTERNAL, no request over two seconds; nearly every ping at once."""
    spec = importlib.util.spec_from_file_location("fuzz_hostile", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = script
    spec.loader.exec_module(script)
    fuzz, pings = script.run(3.0, 7)
    assert [text for text in fuzz.wrong if " took " not in text] == []
    assert pings.times
