"""Reference data to begin with: tenants, catalogue, places, providers and teams. Everything in it is invented.

In production the catalogue is kept up to date by the client's events and providers by their onboarding; these rows make a
laptop and the tests work, and show an operator what has to be there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from adapters.postgres.client import engine_url
from adapters.postgres.repositories.people import OPERATORS
from adapters.postgres.repositories.reference import PROVIDERS, TEAMS
from adapters.postgres.tables import (
    business_units,
    operators,
    places,
    provider_zones,
    providers,
    service_catalogue,
    signatories,
    stores,
    work_teams,
)
from workers.domain import ids
from workers.domain.desk import Grade, Operator
from workers.domain.providers import Certificate, Provider, Quality, WorkTeam
from workers.domain.values import Category, Preference, ZoneKind

KM_PER_DEGREE = 111.19
FOREVER = date(2035, 12, 31)
CERTIFICATES = ("PLUMBING_LICENSE", "HVAC_CERTIFICATION", "GAS_CERTIFICATION", "ELECTRICAL_LICENSE")

BUSINESS_UNITS = (
    ("pyxis", "102", "FR", "FR-HOME"),
    ("pyxis", "201", "ES", "ES-HOME"),
    ("pyxis", "301", "IT", "IT-HOME"),
    ("pyxis", "401", "PL", "PL-HOME"),
    ("tempo", "ES-DIY", "ES", "ES-DIY"),
    ("tempo", "IT-DIY", "IT", "IT-DIY"),
)
STORES = (
    ("FR-0112", "FR-HOME", "Lille Centre"),
    ("FR-0075", "FR-HOME", "Paris Nation"),
    ("ES-0028", "ES-HOME", "Madrid Norte"),
    ("ES-0046", "ES-HOME", "Valencia Puerto"),
    ("IT-0020", "IT-HOME", "Milano Sud"),
    ("PL-0001", "PL-HOME", "Warszawa Praga"),
)


class Service(NamedTuple):
    """One row of the catalogue."""

    sku: str
    service_code: str
    category: Category
    service_type: str
    minutes: int
    urgency: str = "STANDARD"


PYXIS = (
    Service("70011200", "INSTALL_KITCHEN_12", Category.KITCHEN, "INSTALLATION", 240),
    Service("70011800", "INSTALL_KITCHEN_18", Category.KITCHEN, "INSTALLATION", 240),
    Service("70012000", "INSTALL_BATHROOM", Category.BATHROOM, "INSTALLATION", 480),
    Service("70013000", "INSTALL_HVAC_SPLIT", Category.HVAC, "INSTALLATION", 180),
    Service("70014000", "INSTALL_GAS_BOILER", Category.PLUMBING, "INSTALLATION", 180),
    Service("70015000", "INSTALL_ELEC_PANEL", Category.ELECTRICAL, "INSTALLATION", 120),
    Service("70016000", "INSTALL_FLOORING", Category.FLOORING, "INSTALLATION", 120),
    Service("70017000", "INSTALL_DOOR", Category.WINDOWS_DOORS, "INSTALLATION", 120),
    Service("70018000", "INSTALL_APPLIANCE", Category.APPLIANCE, "INSTALLATION", 120),
    Service("70019910", "INSTALL_WATER_POINT", Category.PLUMBING, "INSTALLATION", 120),
    Service("70020100", "TV_KITCHEN", Category.KITCHEN, "CONFIRMATION_TV", 60),
    Service("70020200", "TV_BATHROOM", Category.BATHROOM, "CONFIRMATION_TV", 60),
    Service("70020900", "TV_QUOTE_KITCHEN", Category.KITCHEN, "QUOTATION_TV", 60),
    Service("70090000", "REWORK_GENERIC", Category.OTHER, "REWORK", 120, "URGENT"),
)
TEMPO = (
    Service("PLUMBING_REPAIR", "REPAIR_PLUMBING", Category.PLUMBING, "REPAIR", 120),
    Service("ELECTRICAL_REPAIR", "REPAIR_ELECTRICAL", Category.ELECTRICAL, "REPAIR", 120),
    Service("HVAC_MAINTENANCE", "MAINTENANCE_HVAC", Category.HVAC, "MAINTENANCE", 120),
    Service("EMERGENCY_PLUMBING", "EMERGENCY_PLUMBING", Category.PLUMBING, "REPAIR", 120, "URGENT"),
)


class Area(NamedTuple):
    """A town we work in: its centre, the postal codes around it, and the telephone prefix of its invented numbers."""

    country: str
    bu: str
    town: str
    lat: float
    lng: float
    near: tuple[str, ...]
    phone: str


AREAS = (
    Area("FR", "FR-HOME", "Lille", 50.6311, 3.0468, ("59",), "+3363998"),
    Area("FR", "FR-HOME", "Paris", 48.8566, 2.3522, ("75", "92", "93", "94"), "+3363999"),
    Area("ES", "ES-HOME", "Madrid", 40.4168, -3.7038, ("28",), "+3460010"),
    Area("ES", "ES-HOME", "Valencia", 39.4699, -0.3763, ("46",), "+3460011"),
    Area("ES", "ES-DIY", "Madrid", 40.4168, -3.7038, ("28",), "+3460012"),
    Area("ES", "ES-DIY", "Valencia", 39.4699, -0.3763, ("46",), "+3460013"),
    Area("IT", "IT-HOME", "Milano", 45.4642, 9.19, ("20",), "+3932010"),
    Area("IT", "IT-DIY", "Milano", 45.4642, 9.19, ("20",), "+3932011"),
    Area("PL", "PL-HOME", "Warszawa", 52.2297, 21.0122, ("00-", "01-", "02-", "03-", "04-"), "+4860010"),
)


class Firm(NamedTuple):
    """A kind of provider every town has: how good, how far out, how many teams."""

    name: str
    tier: int
    km: float
    quality: tuple[float, float, float]
    zone: ZoneKind
    teams: int


# Figures of the three candidates of the scoring example (domain brief, S14), and a fourth that is further out.
FIRMS = (
    Firm("Atelier Nord", 1, 8.5, (0.96, 4.3, 0.90), ZoneKind.PRIMARY, 3),
    Firm("Bati Service", 2, 22.0, (0.88, 4.6, 0.97), ZoneKind.PRIMARY, 2),
    Firm("Casa Plus", 3, 45.0, (0.80, 3.6, 0.82), ZoneKind.SECONDARY, 2),
    Firm("Domo Works", 2, 34.0, (0.86, 4.0, 0.85), ZoneKind.OVERFLOW, 1),
)


def _provider(area: Area, index: int, firm: Firm) -> Provider:
    slug = f"{firm.name} {area.town} {area.bu}".lower().replace(" ", "-")
    return Provider(
        id=ids.derived_id("provider", slug),
        country_code=area.country,
        bu_code=area.bu,
        name=f"{firm.name} {area.town}",
        tier=firm.tier,
        quality=Quality(first_time_rate=firm.quality[0], satisfaction=firm.quality[1], punctuality=firm.quality[2]),
        preferences=dict.fromkeys(Category, Preference.P1),
        email=f"planning@{slug}.example.com",
        phone=f"{area.phone}{1000 + index}",
        device=f"device-{slug}",
        supplier_number=f"{area.country}{area.bu[-3:]}-{area.town[:3].upper()}-{index + 1}",
        supplier_site="MAIN",
    )


def _teams(area: Area, firm: Firm, provider: Provider) -> Iterator[WorkTeam]:
    held = tuple(Certificate(name=name, valid_until=FOREVER) for name in CERTIFICATES)
    for number in range(1, firm.teams + 1):
        yield WorkTeam(
            id=ids.derived_id("team", provider.id, number),
            provider_id=provider.id,
            name=f"{provider.name} {number}",
            base_lat=round(area.lat - firm.km / KM_PER_DEGREE, 5),
            base_lng=area.lng,
            certificates=held,
        )


def _rows() -> Iterator[tuple[sa.Table, list[dict[str, Any]]]]:
    firms = [(area, firm, _provider(area, n, firm)) for area in AREAS for n, firm in enumerate(FIRMS)]
    units = ("source_system", "external_id", "country_code", "bu_code")
    yield business_units, [dict(zip(units, row, strict=True)) for row in BUSINESS_UNITS]
    yield (
        signatories,
        [
            {
                "country_code": c,
                "bu_code": bu,
                "name": "Contracts office",
                "email": f"contracts.{bu.lower()}@example.com",
            }
            for c, bu in dict.fromkeys((country, unit) for _, _, country, unit in BUSINESS_UNITS)
        ],
    )
    yield (
        stores,
        [{"code": c, "bu_code": bu, "email": f"store-{c.lower()}@example.com", "name": n} for c, bu, n in STORES],
    )
    yield service_catalogue, [*_catalogue("pyxis", PYXIS), *_catalogue("tempo", TEMPO)]
    yield places, list(_places())
    yield providers, [PROVIDERS.row(provider) for _, _, provider in firms]
    yield (
        provider_zones,
        [
            {"provider_id": provider.id, "postal_prefix": prefix, "kind": firm.zone}
            for area, firm, provider in firms
            for prefix in area.near
        ],
    )
    yield operators, [OPERATORS.row(person) for person in _operators()]
    yield work_teams, [TEAMS.row(team) for area, firm, provider in firms for team in _teams(area, firm, provider)]


# Role -> who does its tasks; each role has a senior, a lead and a manager beside them.
DESK = {
    "ops": "operator",
    "ops-supervisor": "supervisor",
    "capacity": "capacity",
    "quality": "quality",
    "finance": "finance",
    "compliance": "compliance",
    "lead": "lead",
}
ABOVE = {"senior": Grade.SENIOR, "lead": Grade.LEAD, "manager": Grade.MANAGER}


def _operators() -> Iterator[Operator]:
    """Invented people of every role in every country we sell in: `operator.fr`, `supervisor.fr`, `lead.fr` ..."""
    for country, unit in {country: unit for _, _, country, unit in reversed(BUSINESS_UNITS)}.items():
        for role, name in DESK.items():
            for who, grade in {**({} if role == "lead" else ABOVE), name: Grade.MEMBER}.items():
                login = f"{who}.{country.lower()}"
                yield Operator(
                    id=ids.derived_id("operator", login, role),
                    login=login,
                    country_code=country,
                    bu_code=unit,
                    role=role,
                    grade=grade,
                    language=country.lower() if country != "PT" else None,
                    email=f"{login}@example.com",
                )


def _catalogue(system: str, services: Iterable[Service]) -> Iterator[dict[str, Any]]:
    return ({"source_system": system, **service._asdict()} for service in services)


def _places() -> Iterator[dict[str, Any]]:
    known = {(area.country, prefix): (area.lat, area.lng) for area in AREAS for prefix in area.near}
    return (
        {"country_code": country, "postal_prefix": prefix, "lat": lat, "lng": lng}
        for (country, prefix), (lat, lng) in known.items()
    )


def seed(url: str) -> Mapping[str, int]:
    """Writes the reference data as the owner that `url` names; rows that are there are brought up to date."""
    written: dict[str, int] = {}
    engine = sa.create_engine(engine_url(url), poolclass=sa.NullPool)
    with engine.begin() as connection:
        for table, rows in _rows():
            statement = insert(table)
            keys = [column.name for column in table.primary_key.columns]
            changed = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
            connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)
            written[table.name] = len(rows)
    return written
