"""From a postal code to the region whose holidays apply."""

from __future__ import annotations

from collections.abc import Mapping

# Spain: the first two digits are the province, each belongs to an autonomous community.
SPAIN: Mapping[str, str] = {
    province: community
    for community, provinces in {
        "AN": ("04", "11", "14", "18", "21", "23", "29", "41"),
        "AR": ("22", "44", "50"),
        "AS": ("33",),
        "CB": ("39",),
        "CE": ("51",),
        "CL": ("05", "09", "24", "34", "37", "40", "42", "47", "49"),
        "CM": ("02", "13", "16", "19", "45"),
        "CN": ("35", "38"),
        "CT": ("08", "17", "25", "43"),
        "EX": ("06", "10"),
        "GA": ("15", "27", "32", "36"),
        "IB": ("07",),
        "MC": ("30",),
        "MD": ("28",),
        "ML": ("52",),
        "NC": ("31",),
        "PV": ("01", "20", "48"),
        "RI": ("26",),
        "VC": ("03", "12", "46"),
    }.items()
    for province in provinces
}
# Italy: the province whose patron day is kept in its capital.
ITALY: Mapping[str, str] = {
    "00": "RM",
    "10": "TO",
    "16": "GE",
    "20": "MI",
    "40": "BO",
    "50": "FI",
    "80": "NA",
    "90": "PA",
}
REGIONS: Mapping[str, Mapping[str, str]] = {"ES": SPAIN, "IT": ITALY}


def region(country: str, postal_code: str) -> str | None:
    """The region's code in the library's words; None where only national holidays count."""
    return REGIONS.get(country, {}).get(postal_code[:2])
