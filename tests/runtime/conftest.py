"""Makes the stand-in broker and the virtual clock of the fault tests importable here too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "faults" / "worker" / "support"))
