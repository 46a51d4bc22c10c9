"""Hours in people's own words."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.journal import hours

TIMES = st.builds(time, hour=st.integers(0, 23), minute=st.integers(0, 59))


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("21:30", time(21, 30)),
        ("21.30", time(21, 30)),
        ("21:30 Uhr", time(21, 30)),
        ("9pm", time(21)),
        ("9 p.m.", time(21)),
        ("9:30 PM", time(21, 30)),
        ("half past nine", time(21, 30)),
        ("half nine", time(21, 30)),
        ("quarter to ten", time(21, 45)),
        ("nine thirty", time(21, 30)),
        ("at nine o'clock, please", time(21)),
        ("22 Uhr", time(22)),
        ("um 22 Uhr", time(22)),
        ("9 Uhr abends", time(21)),
        ("halb zehn", time(21, 30)),
        ("viertel vor zehn", time(21, 45)),
        ("21h30", time(21, 30)),
        ("à 21 heures", time(21)),
        ("9 heures du soir", time(21)),
        ("a las 9 de la noche", time(21)),
        ("alle 21", time(21)),
        ("в 21:30", time(21, 30)),
        ("9 часов вечера", time(21)),
        ("晚上9点", time(21)),
        ("午後9時30分", time(21, 30)),
        ("9", time(21)),
        ("09:00", time(9)),
        ("9am", time(9)),
        ("7 in the morning", time(7)),
        ("noon", time(12)),
        ("midnight", time(0)),
        ("24:00", time(0)),
        ("12am", time(0)),
        ("12 pm", time(12)),
        (" 21:30 . ", time(21, 30)),
    ],
)
def test_an_evening_hour_is_read(text: str, hour: time) -> None:
    assert hours.read(text, evening=True) == hour


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Woke at 21:30",
        "21:30 was too late for me",
        "einsam",
        "pm",
        "tonight",
        "100",
        "99",
        "1:2",
        "half past",
        "slept 9",
        "9" * 5000,
        "٩٩:٩٩ x",
    ],
)
def test_what_names_no_hour_names_none(text: str) -> None:
    assert hours.read(text, evening=True) is None
    assert hours.possible(text) == ()


@pytest.mark.parametrize("text", ["25:00", "21:60", "24:30", "13am", "at 99:99", "31 Uhr", "half past 30"])
def test_an_hour_that_no_clock_shows_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="no clock"):
        hours.read(text, evening=True)


@pytest.mark.parametrize("text", ["off", "Off.", "none", "no", "aus", "Нет!", "no, thanks", "NUNCA"])
def test_off_is_off(text: str) -> None:
    assert hours.is_off(text.replace(",", ""))
    assert not hours.is_off(f"{text} more of this")
    assert not hours.is_off("21:30")


@given(TIMES)
def test_a_full_clock_time_is_that_time_and_no_other(moment: time) -> None:
    text = f"{moment:%H:%M}"
    if moment.hour == 0 or moment.hour > 12 or text.startswith("0"):
        assert hours.read(text) == hours.read(text, evening=True) == moment
        assert hours.possible(text) == (moment,)


@given(TIMES, st.sampled_from(["%I:%M %p", "%I:%M%p", "%I.%M %p"]))
def test_a_half_of_the_day_settles_it(moment: time, form: str) -> None:
    text = moment.strftime(form)
    assert hours.read(text) == hours.read(text.lower(), evening=True) == moment
    assert hours.possible(text.lstrip("0")) == (moment,)


@given(st.integers(1, 12), st.integers(0, 59))
def test_a_bare_clock_may_show_either_half(hour: int, minute: int) -> None:
    morning, evening = hours.possible(f"{hour}:{minute:02d}")
    assert {morning.hour % 12, evening.hour % 12} == {hour % 12}
    assert morning.minute == evening.minute == minute
    assert abs(morning.hour - evening.hour) == 12
    assert hours.read(f"{hour}:{minute:02d}", evening=True) == evening


@given(st.integers(24, 99), st.integers(0, 99))
def test_no_hour_beyond_the_clock_is_ever_read(hour: int, minute: int) -> None:
    if (hour, minute) != (24, 0):
        with pytest.raises(ValueError, match="no clock"):
            hours.read(f"{hour}:{minute:02d}", evening=True)


@given(st.text())
def test_any_text_is_an_hour_or_none_or_impossible(text: str) -> None:
    try:
        found = hours.read(text, evening=True)
    except ValueError:
        return
    assert found is None or isinstance(found, time)
    assert len(hours.possible(text)) <= 2
