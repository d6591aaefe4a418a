"""How long searches take over many orders: `python tests/benchmarks/order_search.py --orders 1000000`.

Rows are generated in the database; each kind of search runs with the adapter, warm, one after the other on one connection.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time

import psycopg

from adapters.postgres.client import Database
from adapters.postgres.local import LocalPostgres
from adapters.postgres.search import OrderSearch, Within
from adapters.postgres.seed import seed
from adapters.postgres.settings import PostgresSettings

NAMES = (
    "Garnier Martin Bernard Muñoz García Rossi Ferrari Kowalski Nowak Żółć Dubois Lefèvre Esposito Wiśniewska".split()
)
TOWNS = "Lille Paris Madrid València Milano Warszawa Roubaix Nantes Sevilla Torino Kraków Łódź".split()
SALES = """
INSERT INTO service_orders (id, source_system, external_order_id, sales_channel, country_code, bu_code, customer_data, products,
                            service_type, raw_payload, created_at)
SELECT gen_random_uuid(), CASE WHEN n %% 5 = 0 THEN 'tempo' ELSE 'pyxis' END, (8000000 + n)::text, 'web',
       (ARRAY['FR','ES','IT','PL'])[1 + n %% 4], (ARRAY['FR-HOME','ES-DIY','IT-DIY','PL-HOME'])[1 + n %% 4],
       jsonb_build_object('id', 'C-' || n,
           'name', 'Anna ' || (%(names)s::text[])[1 + (n * 7) %% %(n)s] || ' ' || to_hex(n * 7919),
           'phone', '+336' || (10000000 + n), 'email', to_hex(n) || '@example.com', 'address', jsonb_build_object(
           'street', (n %% 300) || ' rue ' || to_hex(n %% 5000), 'city', (%(towns)s::text[])[1 + n %% %(t)s],
           'postalCode', lpad((n %% 95000)::text, 5, '0'))),
       '[{"name": "Kitchen installation"}]', 'INSTALLATION', '{}', timestamptz '2025-01-01' + n * interval '1 minute'
FROM generate_series(%(first)s, %(last)s) AS n
"""
PROGRESS = """
INSERT INTO order_progress (order_id, order_number, state, service_code, category, urgency, issues)
SELECT id, 'SO-' || external_order_id, 'CLOSED', 'X', 'KITCHEN', 'STANDARD', '[]' FROM service_orders
"""
FILL = """
INSERT INTO order_search SELECT o.id, o.country_code, o.bu_code, o.store_code, o.created_at, search_words(o) FROM service_orders o
"""


def fill(url: str, count: int, batch: int = 50_000) -> None:
    """The orders, and then what they are found by: as the migration does it with a table that is full."""
    names = {"names": NAMES, "n": len(NAMES), "towns": TOWNS, "t": len(TOWNS)}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "ALTER TABLE service_orders DISABLE TRIGGER USER; ALTER TABLE order_progress DISABLE TRIGGER USER"
        )
        for first in range(0, count, batch):
            connection.execute(SALES, names | {"first": first, "last": min(count, first + batch) - 1})
        connection.execute(PROGRESS)
        begun = time.monotonic()
        connection.execute(FILL)
        print(f"filled order_search in {time.monotonic() - begun:.1f} s")
        connection.execute("VACUUM ANALYZE")


def main() -> None:
    """Prints p50, p95 and the longest of each kind of search."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=100)
    given = parser.parse_args()
    rng = random.Random(7)
    with LocalPostgres() as server:
        seed(server.url)
        fill(server.url, given.orders)
        search = OrderSearch(Database(PostgresSettings(url=server.url)))
        number = lambda: str(8_000_000 + rng.randrange(given.orders))  # noqa: E731
        kinds = {
            "whole number": lambda: search.find(number()),
            "part of a number": lambda: search.find(number()[2:]),
            "name and town": lambda: search.find(f"{rng.choice(NAMES)} {rng.choice(TOWNS)}"),
            "common name": lambda: search.find(rng.choice(NAMES)),
            "rare word": lambda: search.find(f"{rng.randrange(given.orders) * 7919:x}"),
            "postal code, one country": lambda: search.find(
                f"{rng.randrange(95_000):05d}", within=Within(countries=["FR"])
            ),
            "phone": lambda: search.find(f"+336{10_000_000 + rng.randrange(given.orders)}"),
            "second page": lambda: search.find("kitchen", after=search.find("kitchen").following),
        }
        for kind, run in kinds.items():
            run()
            took = []
            for _ in range(given.runs):
                begun = time.perf_counter()
                run()
                took.append((time.perf_counter() - begun) * 1000)
            took.sort()
            p95 = took[int(len(took) * 0.95) - 1]
            print(f"{kind:28} p50 {statistics.median(took):7.1f} ms   p95 {p95:7.1f} ms   longest {took[-1]:7.1f} ms")


if __name__ == "__main__":
    main()
