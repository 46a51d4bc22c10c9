"""Where people are is nobody's business: of a location only the nearest city goes any further."""

from typing import Any

from bot.journal import zones


def blur(payload: Any) -> None:
    """Make every location in a raw update that of the nearest city in our tables, and leave no name or
    address to a venue."""
    waiting = [payload]
    while waiting:
        it = waiting.pop()
        if isinstance(it, dict):
            if "latitude" in it or "longitude" in it:
                city = _city(it.get("latitude"), it.get("longitude"))
                it.clear()
                it.update(city)
            elif isinstance(venue := it.get("venue"), dict):
                it["venue"] = {"title": "", "address": "", "location": venue.get("location") or _city(0, 0)}
            waiting.extend(it.values())
        elif isinstance(it, list):
            waiting.extend(it)


def _city(latitude: Any, longitude: Any) -> dict[str, float]:
    known = isinstance(latitude, int | float) and isinstance(longitude, int | float)
    if not known or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        latitude, longitude = 0.0, 0.0
    city = zones.city_near(latitude, longitude)
    return {"latitude": city.latitude, "longitude": city.longitude}
