"""The time zones around a place on the map."""

from datetime import datetime
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

from . import table
from .table import Place

# How much farther than the nearest city another one may be, in kilometres, to count as near too.
AROUND = 600.0
EARTH = 6371.0


def nearest(latitude: float, longitude: float, now: datetime, most: int = 4) -> list[str]:
    """Up to `most` zones of the nearest cities, the nearest first, one for each clock of a country. A
    border may run anywhere between two cities, so none of them is sure."""
    found: dict[tuple[str, table.Clock], str] = {}
    limit = None
    for distance, place in _by_distance(latitude, longitude):
        limit = distance + AROUND if limit is None else limit
        if distance > limit or len(found) == most:
            break
        shows = table.clock(place.zone, now)
        own = (it for it in table.of_country(place.country, now) if table.clock(it, now) == shows)
        found.setdefault((place.country, shows), next(own, place.zone))
    return list(found.values())


def city_near(latitude: float, longitude: float) -> Place:
    return min(_all(), key=lambda it: _distance(latitude, longitude, it))


@lru_cache(maxsize=1)
def _all() -> tuple[Place, ...]:
    return (*table.cities(), *table.named())


def _by_distance(latitude: float, longitude: float) -> list[tuple[float, Place]]:
    found = [(_distance(latitude, longitude, it), it) for it in _all()]
    return sorted(found, key=lambda it: it[0])


def _distance(latitude: float, longitude: float, place: Place) -> float:
    """In kilometres, along a great circle."""
    here, there = radians(latitude), radians(place.latitude)
    across = radians(place.longitude - longitude)
    chord = sin((there - here) / 2) ** 2 + cos(here) * cos(there) * sin(across / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(chord)))
