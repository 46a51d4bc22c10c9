"""What a line asks to be reminded of, and when."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.journal.reminding import LONGEST, Problem, Wish, amended, read

BERLIN = ZoneInfo("Europe/Berlin")
# A Monday, 11:00 in Berlin.
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAILY, WORKDAYS = (0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4)
TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)


def wish(line: str) -> Wish:
    found = read(line, NOW, BERLIN)
    assert isinstance(found, Wish), found
    return found


@pytest.mark.parametrize(
    ("line", "text", "at", "weekdays"),
    [
        ("nudge me at 13:00 on weekdays to drink water", "drink water", "13:00", WORKDAYS),
        ("nudge me to drink water at 13:00 on weekdays", "drink water", "13:00", WORKDAYS),
        ("Remind me every day at 9pm: stretch", "stretch", "21:00", DAILY),
        ("please remind me daily at noon to eat", "eat", "12:00", DAILY),
        ("on Mondays and Fridays at 7pm go running", "go running", "19:00", (0, 4)),
        ("every Monday, Wednesday and Friday at 8 vitamins", "vitamins", "08:00", (0, 2, 4)),
        ("mon-fri 8:15 vitamins", "vitamins", "08:15", WORKDAYS),
        ("friday to monday at 10 rest", "rest", "10:00", (0, 4, 5, 6)),
        ("weekends at 10 swim", "swim", "10:00", (5, 6)),
        ("every morning meditate", "meditate", "08:00", DAILY),
        ("every evening at 10 read", "read", "22:00", DAILY),
        ("every Tuesday at half past seven choir", "choir", "07:30", (1,)),
        ("every day at 1 lunch", "lunch", "13:00", DAILY),
        ("every day at 01:00 feed the baby", "feed the baby", "01:00", DAILY),
        ("Erinnere mich jeden Tag um 13 Uhr daran, Wasser zu trinken", "Wasser zu trinken", "13:00", DAILY),
        ("montags und freitags um 18:30 Laufen gehen", "Laufen gehen", "18:30", (0, 4)),
        ("jeden Mittwoch um halb acht Chor", "Chor", "07:30", (2,)),
        ("werktags um 7 Uhr Tabletten", "Tabletten", "07:00", WORKDAYS),
        ("am Wochenende um 10 Uhr ausschlafen", "ausschlafen", "10:00", (5, 6)),
        ("Mo-Fr 9:00 Stand-up", "Stand-up", "09:00", WORKDAYS),
        ("recuérdame beber agua a las 13:00 entre semana", "beber agua", "13:00", WORKDAYS),
        ("los lunes y viernes a las 19 correr", "correr", "19:00", (0, 4)),
        ("todos los días a las 9 de la noche leer", "leer", "21:00", DAILY),
        ("cada martes a las 10:30 llamar a mamá", "llamar a mamá", "10:30", (1,)),
        ("rappelle-moi de boire de l'eau à 13h en semaine", "boire de l'eau", "13:00", WORKDAYS),
        ("tous les lundis et vendredis à 19h30 courir", "courir", "19:30", (0, 4)),
        ("chaque jour à midi manger", "manger", "12:00", DAILY),
        ("every Sunday at 24:00 rest", "rest", "00:00", (0,)),
        ("le week-end à 10h dormir", "dormir", "10:00", (5, 6)),
    ],
)
def test_every_week(line: str, text: str, at: str, weekdays: tuple[int, ...]) -> None:
    found = wish(line)
    assert (found.text, found.at, found.weekdays) == (text, time.fromisoformat(at), weekdays)
    assert found.once_on is None
    there = found.next_at.astimezone(BERLIN)
    assert there.weekday() in weekdays
    assert there.time() == found.at
    assert NOW < found.next_at <= NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("line", "text", "next_at"),
    [
        ("tomorrow at 9 to call the dentist", "call the dentist", "2026-11-24T09:00"),
        ("remind me to call the dentist tomorrow at 9", "call the dentist", "2026-11-24T09:00"),
        ("13:00 💧", "💧", "2026-11-23T13:00"),
        ("at 10 tea", "tea", "2026-11-24T10:00"),
        ("tonight at 9 lock the door", "lock the door", "2026-11-23T21:00"),
        ("tomorrow morning: plants", "plants", "2026-11-24T08:00"),
        ("Monday at 8 call mum", "call mum", "2026-11-30T08:00"),
        ("on Friday at 5pm leave", "leave", "2026-11-27T17:00"),
        ("at 1 call about Monday's meeting on Tuesday", "call about Monday's meeting", "2026-11-24T13:00"),
        (
            "tomorrow at 9 prepare Friday's talk on Friday",
            "prepare Friday's talk on Friday",
            "2026-11-24T09:00",
        ),
        ("on 5 December at 10 buy gifts", "buy gifts", "2026-12-05T10:00"),
        ("December 24 at 18:00 presents", "presents", "2026-12-24T18:00"),
        ("2027-01-02 at 9:30 renew the passport", "renew the passport", "2027-01-02T09:30"),
        ("5.12. um 10 Uhr Geschenke", "Geschenke", "2026-12-05T10:00"),
        ("am 3. März um 9 Geburtstag", "Geburtstag", "2027-03-03T09:00"),
        ("erinnere mich morgen um 9 an den Zahnarzt", "den Zahnarzt", "2026-11-24T09:00"),
        ("morgen früh um 7 Müll", "Müll", "2026-11-24T07:00"),
        ("heute Abend Wäsche", "Wäsche", "2026-11-23T19:00"),
        ("am Montag um 8 Mama anrufen", "Mama anrufen", "2026-11-30T08:00"),
        ("recuérdame mañana a las 9 de la mañana llamar a mamá", "llamar a mamá", "2026-11-24T09:00"),
        ("el viernes a las 17:00 salir", "salir", "2026-11-27T17:00"),
        ("demain à 9h appeler maman", "appeler maman", "2026-11-24T09:00"),
        ("après-demain à 8h30 train", "train", "2026-11-25T08:30"),
        ("in 3 days at 9 call", "call", "2026-11-26T09:00"),
        ("at 18:00 in a week call", "call", "2026-11-30T18:00"),
        ("in zwei Tagen um 9 anrufen", "anrufen", "2026-11-25T09:00"),
        # A day ends at 24:00.
        ("tomorrow at 24:00 the tax is due", "the tax is due", "2026-11-25T00:00"),
        ("heute um 24 Uhr anstoßen", "anstoßen", "2026-11-24T00:00"),
        ("31 December 24:00 fireworks", "fireworks", "2027-01-01T00:00"),
        ("at 24:00 sleep", "sleep", "2026-11-24T00:00"),
    ],
)
def test_once(line: str, text: str, next_at: str) -> None:
    found = wish(line)
    assert found.text == text
    assert found.weekdays == ()
    assert found.next_at == datetime.fromisoformat(next_at).replace(tzinfo=BERLIN)
    assert found.once_on == found.next_at.astimezone(BERLIN).date()


@pytest.mark.parametrize(
    ("line", "minutes"),
    [
        ("in 2 hours take the pizza out", 120),
        ("take the pizza out in 20 minutes", 20),
        ("in half an hour pizza", 30),
        ("in an hour pizza", 60),
        ("in 3 days pizza", 3 * 1440),
        ("in einer Stunde Pizza", 60),
        ("in 90 Minuten Pizza", 90),
        ("dentro de 2 horas sacar la pizza", 120),
        ("dans 2 heures sortir la pizza", 120),
        ("dans une heure pizza", 60),
    ],
)
def test_from_now(line: str, minutes: int) -> None:
    found = wish(line)
    assert "pizza" in found.text.casefold()
    assert "in" not in found.text.split()
    assert (found.next_at - NOW, found.once_on) == (timedelta(minutes=minutes), None)


def test_hours_from_now_go_with_no_hour_of_the_clock() -> None:
    found = wish("in 2 hours at the lake: swim")
    assert (found.next_at - NOW, found.text) == (timedelta(hours=2), "at the lake: swim")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("💧", "no_time"),
        ("drink water", "no_time"),
        ("at noonish to eat", "no_time"),
        ("in 99999999 years party", "no_time"),
        ("on Mondays drink water", "no_hour"),
        ("at 13:00", "no_text"),
        ("in half an hour", "no_text"),
        ("remind me every day at 9", "no_text"),
        ("at 13:00 and 15:00 water", "several"),
        ("at 9 and 10 water", "several"),
        ("every weekday at 9am and 5pm stretch", "several"),
        ("um 9 und um 17 Uhr Wasser", "several"),
        ("tomorrow at 9 to at 10 call", "several"),
        ("at 25:00 sleep", "no_such_hour"),
        ("um 25 Uhr schlafen", "no_such_hour"),
        ("tomorrow at 9:75 sleep", "no_such_hour"),
        ("at 111 sleep", "no_such_hour"),
        ("31.02. um 9 feiern", "no_such_day"),
        ("2026-13-01 at 9 party", "no_such_day"),
        ("in 0 minutes party", "no_such_day"),
        ("in 999999 weeks party", "no_such_day"),
        ("in -5 minutes party", "past"),
        ("2020-01-01 at 9 party", "past"),
        ("today at 9 party", "past"),
        ("2040-01-01 at 9 party", "far"),
        ("9999-12-31 at 24:00 party", "far"),
        ("0001-01-01 at 0:00 party", "past"),
        ("every two weeks at 9 water the plants", "unsupported"),
        ("every month at 9 pay the rent", "unsupported"),
        ("pay the rent at 9 monthly", "unsupported"),
        ("jeden Monat um 9 Miete", "unsupported"),
        ("x" * 5000, "long"),
        ("at 13:00 " + "drink " * 60, "long"),
    ],
)
def test_what_cannot_be(line: str, problem: Problem) -> None:
    assert read(line, NOW, BERLIN) == problem


def test_an_hour_that_the_clocks_leave_out_comes_right_after() -> None:
    night = datetime(2026, 3, 28, 12, tzinfo=UTC)
    found = read("tomorrow at 02:30 wake up", night, BERLIN)
    assert isinstance(found, Wish)
    assert found.next_at == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert found.at == time(2, 30)


OLD = Wish(
    text="drink water",
    at=time(13),
    weekdays=WORKDAYS,
    once_on=None,
    next_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("line", "text", "at", "weekdays"),
    [
        ("at 14:00", "drink water", "14:00", WORKDAYS),
        ("on Mondays and Fridays", "drink water", "13:00", (0, 4)),
        ("drink tea", "drink tea", "13:00", WORKDAYS),
        ("every day at 9 drink tea", "drink tea", "09:00", DAILY),
        ("tomorrow", "drink water", "13:00", ()),
    ],
)
def test_a_change_leaves_what_it_does_not_name(
    line: str, text: str, at: str, weekdays: tuple[int, ...]
) -> None:
    new = amended(line, OLD, NOW, BERLIN)
    assert isinstance(new, Wish)
    assert (new.text, new.at, new.weekdays) == (text, time.fromisoformat(at), weekdays)
    assert new.next_at > NOW


def test_a_changed_hour_keeps_the_day_of_one_that_comes_once() -> None:
    once = wish("on 5 December at 10 buy gifts")
    new = amended("at 11", once, NOW, BERLIN)
    assert isinstance(new, Wish)
    assert (new.once_on, new.at, new.text) == (date(2026, 12, 5), time(11), "buy gifts")
    assert amended("at 25:00", once, NOW, BERLIN) == "no_such_hour"


SAID = """at 13:00|on Mondays|tomorrow|every|day|in 2 hours|to|drink|💧|25:00|um 9|y|and|5.12.|31.02.|-
mon-fri|heute abend|le|lundi|a las 9|de la|tonight|December 24|:|,|٣|in|half an|hour|\u202e|½"""
PIECES = st.sampled_from(SAID.replace("\n", "|").split("|"))
LINES = st.lists(PIECES, max_size=9).map(" ".join) | st.text(max_size=80)


@given(LINES, st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Kiritimati", "America/St_Johns"]))
def test_any_line_is_a_reminder_to_come_or_a_problem(line: str, zone: str) -> None:
    found = read(line, NOW, ZoneInfo(zone))
    if not isinstance(found, Wish):
        return
    assert NOW < found.next_at <= NOW + timedelta(days=367)
    assert 0 < len(found.text) <= LONGEST
    assert set(found.text.split()) <= set(line.replace(",", " ").replace(":", " ").split()) | set(
        line.split()
    )
    if found.weekdays:
        assert found.once_on is None


@given(LINES)
def test_any_line_may_change_one(line: str) -> None:
    new = amended(line, OLD, NOW, BERLIN)
    assert isinstance(new, str) or (new.next_at > NOW and new.text)
