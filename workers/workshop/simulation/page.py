"""The comparison as a page: a table, bars, and how long orders wait for a provider. Plain HTML and SVG."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from workers.workshop.simulation.figures import Figures, side_by_side
from workers.workshop.simulation.run import Result

COLOURS = ("#1565c0", "#ef6c00")
WIDTH, ROW, LABEL = 900, 34, 300
STEPS = (1, 2, 4, 8, 12, 24, 36, 48, 72, 96, 144, 240)
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulation</title>
<style>body{{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1000px;color:#222}} svg{{width:100%;height:auto}}
td,th{{padding:.15rem 1rem .15rem 0;text-align:right}} td:first-child,th:first-child{{text-align:left}}
.a{{color:#1565c0}} .b{{color:#ef6c00}}</style>
<h1>{orders} orders, simulated</h1><p>{legend}</p><table>{table}</table><h2>Side by side</h2>{bars}
<h2>Hours from the sale to the assignment</h2>{waiting}</html>"""


def write_page(path: Path, versions: Mapping[str, tuple[Figures, Sequence[Result]]]) -> Path:
    """Writes the page of one version, or of two: the working models first."""
    names = list(versions)
    figures = [versions[name][0] for name in names]
    rows = side_by_side(figures[0], figures[1] if len(figures) > 1 else None)
    marks = (f'<b class="{"ab"[n]}">■ {html.escape(name)}</b>' for n, name in enumerate(names))
    head = "".join(f"<th>{html.escape(name)}" for name in names)
    table = f"<tr><th>{head}" + "".join(_row(row) for row in rows)
    waiting = _waiting([versions[name][1] for name in names])
    text = PAGE.format(orders=figures[0].orders, legend=" ".join(marks), table=table, bars=_bars(rows), waiting=waiting)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _row(row: tuple[str, float, float | None, str]) -> str:
    name, value, other, unit = row
    cells = f"<td>{value:.1f} {unit}" + (f"<td>{other:.1f} {unit}" if other is not None else "")
    return f"<tr><td>{html.escape(name)}{cells}</tr>"


def _bars(rows: Sequence[tuple[str, float, float | None, str]]) -> str:
    """One pair of bars per figure, each pair on its own scale."""
    drawn = "".join(_pair(number, row) for number, row in enumerate(rows))
    return f'<svg viewBox="0 0 {WIDTH} {ROW * len(rows)}" font-size="13" font-family="sans-serif">{drawn}</svg>'


def _pair(number: int, row: tuple[str, float, float | None, str]) -> str:
    name, value, other, unit = row
    values = [value] if other is None else [value, other]
    scale = (WIDTH - LABEL - 110) / (max(values) or 1)
    top = number * ROW
    label = f'<text x="{LABEL - 10}" y="{top + 20}" text-anchor="end">{html.escape(name)}</text>'
    height = 12 if other is not None else 22
    bars = "".join(
        f'<rect x="{LABEL}" y="{top + 4 + n * 13}" width="{max(1.0, v * scale):.1f}" height="{height}" fill="{COLOURS[n]}"/>'
        f'<text x="{LABEL + v * scale + 6:.1f}" y="{top + 14 + n * 13}" font-size="11">{v:.1f} {unit}</text>'
        for n, v in enumerate(values)
    )
    return label + bars


def _waiting(versions: Sequence[Sequence[Result]]) -> str:
    """The share of orders that have a provider after so many hours, as lines."""
    lines = "".join(_line(results, COLOURS[n]) for n, results in enumerate(versions))
    marks = "".join(
        f'<text x="{_x(step):.0f}" y="285" text-anchor="middle">{step}</text><path d="M{_x(step):.0f} 20V265" stroke="#eee"/>'
        for step in STEPS
    )
    shares = "".join(
        f'<text x="40" y="{265 - 245 * s / 100:.0f}" text-anchor="end">{s} %</text>' for s in (0, 25, 50, 75, 100)
    )
    return f'<svg viewBox="0 0 {WIDTH} 300" font-size="12" font-family="sans-serif">{marks}{shares}{lines}</svg>'


def _line(results: Sequence[Result], colour: str) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in _points(results))
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>'


def _points(results: Sequence[Result]) -> Iterator[tuple[float, float]]:
    hours = [result.hours_to_assignment for result in results if result.hours_to_assignment is not None]
    for step in STEPS:
        share = sum(hour <= step for hour in hours) / max(1, len(results))
        yield _x(step), 265 - 245 * share


def _x(step: int) -> float:
    return 60 + STEPS.index(step) * (WIDTH - 90) / (len(STEPS) - 1)
