"""The sales systems there are: a third one is a folder beside these and a line here (docs/add-a-sales-system.md)."""

from __future__ import annotations

from adapters.sales.contract import SalesAdapter
from adapters.sales.pyxis.client import PYXIS
from adapters.sales.tempo.client import TEMPO

SYSTEMS: tuple[SalesAdapter, ...] = (
    PYXIS,
    TEMPO,
)
