"""No location is stored more exactly than the nearest city."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.inbox import received
from bot.telegram.places import blur

AT_HOME = {"latitude": 48.137154, "longitude": 11.576124, "horizontal_accuracy": 12.5}


def message(**content: Any) -> dict[str, Any]:
    return {"update_id": 1, "message": {"message_id": 5, "chat": {"id": 7, "type": "private"}, **content}}


@pytest.mark.parametrize(
    "payload",
    [
        message(location=dict(AT_HOME)),
        message(venue={"location": dict(AT_HOME), "title": "At home", "address": "Main Street 1"}),
        message(reply_to_message={"location": dict(AT_HOME)}),
        message(external_reply={"venue": {"location": dict(AT_HOME), "title": "At home", "address": ""}}),
        {"update_id": 1, "edited_message": {"location": {**AT_HOME, "live_period": 60}}},
        {"update_id": 1, "some_new_kind": [{"deep": [{"location": dict(AT_HOME)}]}]},
    ],
)
def test_a_location_becomes_that_of_the_nearest_city(payload: dict[str, Any]) -> None:
    stored = json.dumps(received(payload).payload)
    assert "48.13" not in stored
    assert "11.57" not in stored
    assert "12.5" not in stored
    assert "home" not in stored
    assert "Street" not in stored
    assert '{"latitude": 48.1, "longitude": 11.6}' in stored


@pytest.mark.parametrize(
    "odd",
    [
        {"latitude": "x", "longitude": None},
        {"latitude": 10**400, "longitude": 0},
        {"longitude": 5.123456},
        {"latitude": {"latitude": 48.137154}},
    ],
)
def test_an_odd_location_is_none_at_all(odd: dict[str, Any]) -> None:
    payload = message(location=odd)
    blur(payload)
    location = payload["message"]["location"]
    assert set(location) == {"latitude", "longitude"}
    assert abs(location["latitude"]) < 10
    assert "48.137154" not in json.dumps(payload)
    assert "5.123456" not in json.dumps(payload)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=20,
)


@given(JSON)
def test_all_else_stays_as_it_is(payload: Any) -> None:
    before = json.dumps(payload)
    blur(payload)
    assert json.dumps(payload) == before


def test_however_deep_it_lies() -> None:
    payload: Any = {"location": dict(AT_HOME)}
    for _ in range(5000):
        payload = [payload]
    blur(payload)
    while isinstance(payload, list):
        [payload] = payload
    assert payload == {"location": {"latitude": 48.1, "longitude": 11.6}}
