"""Time zones by name, offset, clock and place."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.journal import zones
from bot.journal.zones import names, table

WINTER = datetime(2026, 11, 23, 13, 3, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, 13, 3, tzinfo=UTC)


def found(text: str, language: str | None = "en", now: datetime = WINTER) -> list[str] | None:
    options = zones.find(text, language, now)
    return None if options is None else [option.zone for option in options]


def offset(zone: str, now: datetime) -> timedelta | None:
    return now.astimezone(ZoneInfo(zone)).utcoffset()


def test_each_city_of_our_table_has_a_zone_and_lies_in_it() -> None:
    zone_names = {place.zone for place in table.named()}
    for city in table.cities():
        ZoneInfo(city.zone)
        assert city.zone in zone_names, f"{city.name}: a zone that is nobody's own"
        # A mistyped degree would put it on another continent.
        country = [it for it in (*table.named(), *table.cities()) if it.country == city.country]
        assert any(
            abs(it.latitude - city.latitude) < 15 and abs(it.longitude - city.longitude) < 25
            for it in country
            if it is not city
        ), city.name


def test_city_names_of_our_table_are_told_apart() -> None:
    labels = [city.name for city in table.cities()]
    assert len(labels) == len(set(labels)) > 250
    named = {place.name.casefold() for place in table.named()}
    assert not named & {label.casefold() for label in labels}, "tzdata has these already"


def test_every_zone_is_found_by_its_own_name() -> None:
    for place in table.named():
        assert found(place.zone) == [place.zone]
        assert found(place.zone.lower()) == [place.zone]
        if place.name not in {"Christmas", "Easter", "Wake", "Midway", "Troll"}:
            assert place.zone in (found(place.name) or []), place.name


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("  berlin. ", "Europe/Berlin"),
        ("münchen", "Europe/Berlin"),
        ("Muenchen", "Europe/Berlin"),
        ("MUNICH", "Europe/Berlin"),
        ("Deutschland", "Europe/Berlin"),
        ("Allemagne", "Europe/Berlin"),
        ("Германия", "Europe/Berlin"),
        ("I live in Berlin", "Europe/Berlin"),
        ("in Berlin", "Europe/Berlin"),
        ("ich wohne in Köln", "Europe/Berlin"),
        ("Augsburg, Germany", "Europe/Berlin"),
        ("Москва", "Europe/Moscow"),
        ("東京", "Asia/Tokyo"),
        ("北京", "Asia/Shanghai"),
        ("القاهرة", "Africa/Cairo"),
        ("sao paulo", "America/Sao_Paulo"),
        ("São Paulo", "America/Sao_Paulo"),
        ("nueva york", "America/New_York"),
        ("Kiew", "Europe/Kyiv"),
        ("Kiev", "Europe/Kyiv"),
        ("Saigon", "Asia/Ho_Chi_Minh"),
        ("Singapore", "Asia/Singapore"),
        ("Portland, Maine", "America/New_York"),
        ("Portland, Oregon", "America/Los_Angeles"),
        ("Hyderabad, India", "Asia/Kolkata"),
        ("Paris, France", "Europe/Paris"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Pacific time", "America/Los_Angeles"),
        ("UTC", "UTC"),
        ("UTC+5:30", "Asia/Kolkata"),
        ("+5:45", "Asia/Kathmandu"),
        ("gmt +0545", "Asia/Kathmandu"),
        ("−3:30", "America/St_Johns"),
    ],
)
def test_one_zone_is_meant(text: str, zone: str) -> None:
    assert found(text) == [zone]


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("Springfield", {"America/Chicago", "America/New_York"}),
        ("Portland", {"America/Los_Angeles", "America/New_York"}),
        ("USA", {"America/New_York", "America/Chicago", "America/Denver", "Pacific/Honolulu"}),
        ("Brasilien", {"America/Sao_Paulo", "America/Noronha"}),
        ("Россия", {"Europe/Moscow", "Asia/Vladivostok"}),
        ("Spain", {"Europe/Madrid", "Atlantic/Canary"}),
        ("Cordoba", {"America/Argentina/Cordoba", "Europe/Madrid"}),
        ("CST", {"America/Chicago", "Asia/Shanghai"}),
        ("+2", {"Africa/Cairo", "Etc/GMT-2"}),
    ],
)
def test_a_choice_is_offered_where_several_are_meant(text: str, some: set[str]) -> None:
    options = found(text)
    assert options is not None
    assert len(options) > 1
    assert some <= set(options)


def test_a_country_offers_one_zone_for_each_of_its_clocks_the_chief_one_first() -> None:
    assert table.of_country("DE", WINTER) == ["Europe/Berlin"]
    assert table.of_country("AR", WINTER) == ["America/Argentina/Buenos_Aires"]
    chiefs = {"BR": "America/Sao_Paulo", "RU": "Europe/Moscow", "AU": "Australia/Sydney"}
    for country, chief in chiefs.items():
        own = table.of_country(country, WINTER)
        assert own[0] == chief
        assert len({table.clock(zone, WINTER) for zone in own}) == len(own)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Went to Berlin with Anna",
        "Tired today",
        "Lonely",
        "Einsam",
        "no",
        "No",
        "Christmas",
        "Easter",
        "Nice",
        "5",
        "14",
        "us",
        "Grmblfix",
        "Berlin\nwas great",
        "a" * 5000,
        "\u202e",
        "<b>",
        "/",
        "Etc/",
        "../../etc/passwd",
    ],
)
def test_a_diary_line_is_no_place(text: str) -> None:
    assert found(text) is None


@pytest.mark.parametrize("text", ["+25", "UTC+3:17", "25:00", "UTC-13", "±2", "+14:30", "+1:75"])
def test_an_offset_or_a_clock_that_there_is_not(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "hours"),
    [("14:05", 1), ("it's 14:05 here", 1), ("Hier ist es 14:05", 1), ("2:02 pm", 1), ("18:33", 5.5)],
)
def test_the_clock_on_the_wall_tells_the_offset(text: str, hours: float) -> None:
    options = found(text)
    assert options
    assert {offset(zone, WINTER) for zone in options} == {timedelta(hours=hours)}


def test_where_today_meets_tomorrow_a_clock_leaves_the_day_open() -> None:
    options = found("03:03") or []
    assert {offset(zone, WINTER) for zone in options} == {timedelta(hours=h) for h in (-10, 14)}


def test_a_clock_of_twelve_hours_leaves_both_halves_open() -> None:
    options = found("2:05") or []
    assert {"Europe/Berlin", "Pacific/Auckland"} <= set(options) | set(found("2:05", "de") or [])
    assert {offset(zone, WINTER) for zone in options} == {timedelta(hours=h) for h in (1, 13, -11)}


def test_an_offset_is_that_of_now() -> None:
    assert "Europe/London" in (found("+1", now=SUMMER) or [])
    assert "Europe/London" not in (found("+1", now=WINTER) or [])
    assert "Europe/Berlin" in (found("+1", "de", WINTER) or [])
    assert "Europe/Berlin" in (found("+2", "de", SUMMER) or [])


@given(st.integers(-12 * 4, 14 * 4), st.sampled_from(["UTC", "GMT", "utc ", ""]), st.booleans())
def test_each_offset_offers_zones_that_have_it_now(quarters: int, before: str, compact: bool) -> None:
    ahead = timedelta(minutes=15 * quarters)
    sign, minutes = ("-" if quarters < 0 else "+"), abs(15 * quarters)
    text = f"{before}{sign}{minutes // 60:02d}{'' if compact else ':'}{minutes % 60:02d}"
    for moment in (WINTER, SUMMER):
        options = found(text, None, moment)
        assert options is not None
        assert {offset(zone, moment) for zone in options} <= {ahead}
        if minutes % 60 == 0:
            assert options, "whole hours have a zone of their own"


@given(st.sampled_from([place.zone for place in table.named()]), st.integers(0, 59), st.integers(0, 23))
def test_the_time_in_a_zone_leads_to_its_offset(zone: str, minute: int, hour: int) -> None:
    now = WINTER.replace(hour=hour, minute=minute)
    if zone.startswith("Antarctica/"):
        return
    options = found(f"{now.astimezone(ZoneInfo(zone)):%H:%M} here", None, now)
    assert options is not None
    assert offset(zone, now) in {offset(it, now) for it in options}


@given(st.text(max_size=80), st.sampled_from(["en", "de", "zh-hans", "xx", "", None, "../x", "\u0000"]))
def test_any_text_in_any_language_is_survived(text: str, language: str | None) -> None:
    for zone in found(text, language) or []:
        ZoneInfo(zone)
    zones.countries(text, language)
    zones.resembling(text, language)
    for zone in zones.likely(language):
        ZoneInfo(zone)


def test_a_slip_of_the_finger_is_a_guess_only() -> None:
    assert found("Barcelna") is None
    assert [it.zone for it in zones.resembling("Barcelna", "en")] == ["Europe/Madrid"]
    assert not zones.resembling("Lonely", "en")
    assert not zones.resembling("Rom", "en")


@pytest.mark.parametrize(
    ("latitude", "longitude", "first", "others"),
    [
        (48.1, 11.6, "Europe/Berlin", {"Europe/Vienna"}),
        (47.5, 9.75, "Europe/Vienna", {"Europe/Berlin", "Europe/Zurich"}),
        (48.6, 7.75, "Europe/Paris", {"Europe/Berlin"}),
        (41.6, -87.3, "America/Chicago", {"America/New_York"}),
        (28.6, 77.2, "Asia/Kolkata", set()),
        (21.3, -157.8, "Pacific/Honolulu", set()),
        (-17.8, 179.9, "Pacific/Fiji", set()),
    ],
)
def test_a_location_offers_the_zones_around_it(
    latitude: float, longitude: float, first: str, others: set[str]
) -> None:
    near = zones.nearest(latitude, longitude, WINTER)
    assert near[0] == first
    assert others <= set(near[1:])
    assert len(near) <= 4


def test_what_is_far_off_is_not_offered() -> None:
    assert zones.nearest(21.3, -157.8, WINTER) == ["Pacific/Honolulu"]
    assert zones.nearest(64.1, -21.9, WINTER) == ["Atlantic/Reykjavik"]


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_everywhere_on_earth_is_near_some_zone(latitude: float, longitude: float) -> None:
    near = zones.nearest(latitude, longitude, WINTER)
    assert 1 <= len(near) == len(set(near)) <= 4


def test_the_far_side_of_the_date_line_is_near() -> None:
    assert zones.nearest(-17.8, -179.9, WINTER)[0] == "Pacific/Fiji"


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("de", "Europe/Berlin"),
        ("en-US", "America/New_York"),
        ("en-AU", "Australia/Sydney"),
        ("pt-br", "America/Sao_Paulo"),
        ("pl", "Europe/Warsaw"),
        ("uk", "Europe/Kyiv"),
        ("ja", "Asia/Tokyo"),
    ],
)
def test_a_language_tells_where_most_of_its_people_live(language: str, first: str) -> None:
    assert zones.likely(language)[0] == first


def test_all_zones_are_in_some_region() -> None:
    listed = [place.zone for region in zones.regions() for place in zones.of_region(region)]
    assert sorted(listed) == sorted(place.zone for place in table.named())


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("Germany", {"DE"}),
        ("Österreich", {"AT"}),
        ("DE", {"DE"}),
        ("USA", {"US"}),
        ("uk", {"GB"}),
        ("Munich", {"DE"}),
        ("日本", {"JP"}),
        ("de", set()),
        ("XX", set()),
        ("Tired", set()),
        ("x" * 5000, set()),
    ],
)
def test_countries_by_name_code_or_city(text: str, countries: set[str]) -> None:
    assert zones.countries(text, "en") == countries


def test_names_and_codes() -> None:
    assert zones.country_name("DE") == "Germany"
    assert zones.country_of("Europe/Berlin") == "DE"
    assert zones.country_of("UTC") is None
    assert zones.shown("Etc/GMT-2") == zones.city("Etc/GMT-2") == "UTC+2"
    assert zones.city("America/Indiana/Knox") == "Knox, Indiana"
    assert zones.is_country("DE")
    assert not zones.is_country("XX")
    assert not zones.is_country("de")


def test_outdated_names_lead_to_todays() -> None:
    known = {place.zone for place in table.named()}
    assert set(names._RENAMED.values()) <= known
    assert not set(names._RENAMED) & known
