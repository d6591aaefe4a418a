"""The test helpers of this folder, and Camunda's engines of the folder beside, can be imported."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
for folder in (HERE, HERE.parents[1] / "oracle", HERE.parents[1] / "conformance"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
