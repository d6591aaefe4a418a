"""What the platform costs a month and an order: `python deploy/cost/cost.py`. Figures from prices.yaml and stack.yaml beside it.

Subscriptions (Datadog, Confluent, Camunda) are added where prices.yaml has a price, and named where it has none.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
Table = dict[str, Any]


def read(name: str) -> Table:
    """One of the files."""
    table: Table = yaml.safe_load((HERE / name).read_text())
    return table


def month(prices: Table, stack: Table, *, variant: str, region: str, factor: str, bookings: int) -> dict[str, float]:
    """USD a month by part, without subscriptions that have no price."""
    part, place, hours = stack["variants"][variant], prices["regions"][region], prices["hours_a_month"]
    nodes = part["nodes"]
    rows = {
        "nodes": nodes * part["size"] / 4 * place["n2_4_hour"] * hours * prices["factors"][factor],
        "cluster": prices["gke_hour"] * hours,
        "boot disks": nodes * stack["boot_disk_gb"] * place["balanced_gb"],
        "data disks": part["ssd_gb"] * place["ssd_gb"],
        "load balancer": part["forwarding_rules"] * prices["forwarding_rule_hour"] * hours,
        "address translation": nodes * prices["nat"]["node_hour"] * hours + part["egress_gb"] * prices["nat"]["gb"],
        # A year's documents are there: what is kept longer grows with it.
        "objects": bookings * 12 / 1000 * stack["object_gb_per_1000_orders"] * prices["object_storage_gb"],
    }
    rows |= {name: price for name, price in prices["subscriptions"].items() if price is not None}
    return rows


def report(prices: Table, stack: Table, *, region: str = "europe-west1") -> str:
    """The table, as Markdown."""
    lines = ["| Variant | Price | Bookings a month | USD a month | USD an order |", "|---|---|---|---|---|"]
    for variant in stack["variants"]:
        for factor in prices["factors"]:
            for bookings in stack["bookings"]:
                rows = month(prices, stack, variant=variant, region=region, factor=factor, bookings=bookings)
                total = sum(rows.values())
                lines.append(f"| {variant} | {factor} | {bookings:,} | {total:,.0f} | {total / bookings:.3f} |")
    missing = [name for name, price in prices["subscriptions"].items() if price is None]
    band = stack["client_band"]
    lines.append(
        f"\nClient's band: {band['from']:,} to {band['to']:,} USD. Without: {', '.join(missing) or 'nothing'}."
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(report(read("prices.yaml"), read("stack.yaml")) + "\n")
