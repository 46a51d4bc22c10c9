from zoneinfo import available_timezones

import pytest

from bot.journal.safety import country_of
from bot.journal.safety.countries import known_countries


@pytest.mark.parametrize(
    ("zone", "language", "country"),
    [
        ("Europe/Berlin", None, "DE"),
        ("America/New_York", "es", "US"),
        ("Asia/Calcutta", "hi", "IN"),
        ("Europe/Kiev", None, "UA"),
        ("GB", None, "GB"),
        ("America/Argentina/Buenos_Aires", "es", "AR"),
        ("UTC", "pt-BR", "BR"),
        ("UTC", "pt_br", "BR"),
        ("Etc/GMT+3", "ja", "JP"),
        ("UTC", "zh-Hant-TW", "TW"),
        ("UTC", "es", None),
        ("UTC", "en-XX", None),
        ("Nowhere/Land", "", None),
        ("", None, None),
    ],
)
def test_the_zone_tells_and_if_not_the_language_may(
    zone: str, language: str | None, country: str | None
) -> None:
    assert country_of(zone, language) == country


def test_every_zone_of_a_place_has_a_country() -> None:
    places = ("Africa/", "America/", "Asia/", "Australia/", "Europe/", "Pacific/")
    unknown = [it for it in available_timezones() if it.startswith(places) and country_of(it, None) is None]
    assert unknown == []
    assert {country_of(it, None) for it in available_timezones()} - {None} <= known_countries()
