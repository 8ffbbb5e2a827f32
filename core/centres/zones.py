"""The time zones that a centre may choose from."""

import zoneinfo
from functools import cache
from typing import Final

NO_PLACES: Final = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")


@cache
def all_zones() -> frozenset[str]:
    """Every IANA time zone that this machine knows; read from disk once."""
    return frozenset(zoneinfo.available_timezones())


@cache
def zones_by_region() -> dict[str, tuple[tuple[str, str], ...]]:
    """Named places for a list to pick from: `Europe` -> (`Europe/Madrid`, `Madrid`), ..."""
    places = sorted(z for z in all_zones() if "/" in z and not z.startswith(NO_PLACES))
    regions: dict[str, list[tuple[str, str]]] = {}
    for zone in places:
        region, _, place = zone.partition("/")
        regions.setdefault(region, []).append((zone, place.replace("_", " ")))
    return {region: tuple(found) for region, found in regions.items()} | {"": (("UTC", "UTC"),)}
