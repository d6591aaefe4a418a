"""Makes the support modules importable: the stand-in broker, the virtual clock, the harness."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))
