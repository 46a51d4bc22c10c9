"""What stands under a reply: one quiet line, one small row, and what opens from it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from bot.journal import corrections, numbers, panels, replies
from bot.journal.days import day_of
from bot.journal.message import Reply
from bot.journal.metrics import KINDS, VOCABULARY
from bot.journal.safety import Concern
from db.models import Metric
from db.queries.entries import EntryRecord
from db.queries.people import Person

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()


def entry(**changes: Any) -> EntryRecord:
    nothing: dict[str, Any] = dict.fromkeys(EntryRecord.__dataclass_fields__)
    basic = {
        "id": uuid7(),
        "user_id": uuid7(),
        "kind": "text",
        "body": "A day",
        "local_date": TODAY,
        "written_at": NOW,
        "is_question": False,
        "day_is_chosen": False,
        "reply": "I see.",
    }
    return EntryRecord(**nothing | basic | changes)


def metric(name: str, value: float, **changes: Any) -> Metric:
    kind = KINDS[name]
    basic = {"id": uuid7(), "ordinal": 0, "unit": kind.unit, "quote": "so they said", "source": "model"}
    return Metric(name=name, value=value, **basic | {"model_value": value} | changes)


def labels(reply: Reply | panels.Panel) -> list[list[str]]:
    rows = reply.buttons if isinstance(reply, Reply) else reply.rows
    return [[button.label for button in row] for row in rows]


def sizes(rows: Sequence[Sequence[Any]]) -> list[int]:
    return [len(button.data.encode()) for row in rows for button in row]


def test_a_reply_without_numbers_has_one_small_button() -> None:
    shown = replies.render(entry(), [])
    assert (shown.html, labels(shown)) == ("I see.", [["⋯"]])


def test_the_numbers_stand_below_in_one_quiet_line_in_human_words() -> None:
    known = [metric("exercise_minutes", 30), metric("mood", 7), metric("sleep_hours", 6.5)]
    shown = replies.render(entry(), known)
    assert shown.html == "I see.\n\n<i>mood 7/10 · slept 6.5 h · exercise 30 min</i>"
    assert labels(shown) == [["✎", "⋯"]]


@pytest.mark.parametrize(
    ("body", "language", "asked"),
    [
        ("Yesterday I walked to the lake", "en", "📅 Sun 22 Nov?"),
        ("Am Freitag habe ich gut geschlafen", "de", "📅 Fri 20 Nov?"),
        ("Yesterday I walked, and today I am glad of it", "en", None),
        ("A long walk to the lake with Noor, as yesterday", "en", None),
        ("Last week was hard", "en", None),
        ("3 May 2020 was a good day", "en", None),
        ("Today I walked", "en", None),
    ],
)
def test_who_begins_with_another_day_is_asked_about_it(body: str, language: str, asked: str | None) -> None:
    told = entry(body=body, language=language)
    assert labels(replies.render(told, [])) == [[asked, "⋯"] if asked else ["⋯"]]
    assert labels(replies.render(replace(told, day_is_chosen=True), [])) == [["⋯"]]


def test_several_of_one_name_are_added_up() -> None:
    known = [metric("exercise_minutes", 30), metric("exercise_minutes", 20, ordinal=1)]
    assert numbers.line(known) == "exercise 50 min"


@given(names=st.sets(st.sampled_from([kind.name for kind in VOCABULARY]), min_size=1))
def test_the_line_stays_short_and_tells_of_every_number(names: set[str]) -> None:
    line = numbers.line([metric(name, KINDS[name].maximum) for name in names])
    *pieces, last = line.split(" · ")
    assert len(line) <= numbers.LONGEST_LINE + len(" · +21")
    more = int(last[1:]) if last.startswith("+") else 0
    assert len(pieces) + (0 if more else 1) + more == len(names)


def test_another_day_is_told_with_its_year_where_that_is_not_plain() -> None:
    chosen = entry(local_date=date(2026, 11, 21), day_is_chosen=True)
    assert replies.quiet_line(chosen, [metric("mood", 7)]) == "for Sat 21 Nov · mood 7/10"
    long_ago = entry(local_date=date(2024, 2, 29), day_is_chosen=True)
    assert replies.quiet_line(long_ago, []) == "for Thu 29 Feb 2024"


@pytest.mark.parametrize("concern", [Concern.ACUTE, Concern.INDIRECT])
def test_no_numbers_stand_below_words_of_care(concern: Concern) -> None:
    shown = replies.render(entry(concern=concern.value), [metric("mood", 1)])
    assert "mood" not in shown.html
    assert labels(shown) == [["⋯"]]


def test_a_check_in_stands_above_the_small_row() -> None:
    shown = replies.render(entry(reply_check_in="mood"), [])
    assert labels(shown) == [list("12345"), ["6", "7", "8", "9", "10"], ["⋯"]]


def test_each_number_is_shown_with_its_quote_and_what_was_read() -> None:
    known = [
        metric("mood", 4, quote='mood <b>7</b> & "fine"', source="person", model_value=7.0),
        metric("sleep_hours", 6, quote="and then " + "very " * 40 + "long"),
        metric("stress", 2, quote=None, source="person", model_value=None),
    ]
    shown = replies.render(entry(), known, panels.listed(entry(), known, 0)).html
    assert '<b>mood 4/10</b> (I read 7) — “mood &lt;b&gt;7&lt;/b&gt; &amp; "fine"”' in shown
    assert "very…”" in shown
    assert "<b>stress 2/10</b>\n" in shown
    assert max(len(line) for line in shown.splitlines()) < 160


def test_a_dozen_numbers_come_in_pages() -> None:
    known = [metric(kind.name, kind.maximum) for kind in VOCABULARY[:14]]
    here = entry()
    pages = [panels.listed(here, known, page) for page in range(3)]
    named = [row[1] for page in pages for row in labels(page) if row[0] == "−"]
    assert named == [numbers.shown(kind.name, kind.maximum) for kind in VOCABULARY[:14]]
    assert [["‹", "›"] in labels(page) for page in pages] == [False, True, False]
    assert labels(panels.listed(here, known, 99)) == labels(pages[2])


def test_what_was_removed_can_come_back() -> None:
    gone = metric("mood", 7, removed_at=NOW)
    here = entry()
    shown = panels.listed(here, [gone], 0)
    assert labels(shown)[0] == ["↩ mood 7/10"]
    assert "mood" not in shown.html


def test_the_whole_vocabulary_can_be_added_and_nothing_twice() -> None:
    here = entry()
    known = [metric("mood", 7)]
    found: list[str] = []
    for page in range(2):
        buttons = [button for row in panels.adding(here, known, page).rows for button in row]
        found += [button.data.split(":")[2] for button in buttons if ":new:" in button.data]
    assert found == [kind.name for kind in VOCABULARY if kind.name != "mood"]


def test_every_button_fits_into_what_telegram_takes() -> None:
    here = entry()
    known = [metric(kind.name, kind.maximum) for kind in VOCABULARY]
    shown = [panels.listed(here, known, page) for page in range(4)]
    shown += [panels.one(here, it) for it in known]
    shown += [panels.typing(here, kind.name) for kind in VOCABULARY]
    shown += [panels.adding(here, [], page) for page in range(3)]
    shown += [panels.menu(here), panels.days(here, TODAY, TODAY), panels.deleting(here)]
    assert max(size for panel in shown for size in sizes(panel.rows)) <= 64
    assert max(sum(len(row) for row in panel.rows) for panel in shown) <= 100


def test_the_days_nearest_to_the_writing_are_offered() -> None:
    here = entry()
    assert labels(panels.days(here, TODAY, TODAY))[:3] == [
        ["• Today, Mon 23 Nov"],
        ["Yesterday, Sun 22 Nov"],
        ["Sat 21 Nov"],
    ]
    old = replace(here, local_date=date(2026, 1, 1))
    assert labels(panels.days(old, date(2026, 1, 2), TODAY))[:3] == [
        ["Fri 2 Jan"],
        ["• Thu 1 Jan"],
        ["Wed 31 Dec 2025"],
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-03", date(2026, 11, 3)),
        ("3 Nov", date(2026, 11, 3)),
        ("Nov 3.", date(2026, 11, 3)),
        ("yesterday", date(2026, 11, 22)),
        ("Last Friday!", date(2026, 11, 20)),
        ("gestern", date(2026, 11, 22)),
        ("2027-01-05", "future"),
        ("99999999", None),
        ("", None),
    ],
)
def test_a_typed_day_and_nothing_else(text: str, day: date | str | None) -> None:
    assert corrections.typed_day(text, TODAY, "de" if text == "gestern" else "en") == day


@pytest.mark.parametrize(
    ("language", "text", "why"),
    [
        ("en", "tomorrow", "future"),
        ("en", "The day after tomorrow!", "future"),
        ("en", "next Friday", "future"),
        ("en", "in 3 days", "future"),
        ("en", "3 Nov 2027", "future"),
        ("de", "morgen", "future"),
        ("de", "nächste Woche", "future"),
        ("es", "mañana", "future"),
        ("ru", "завтра", "future"),
        ("xx", "tomorrow", "future"),
        (None, "tomorrow", "future"),
        ("en", "31 February", "none"),
        ("de", "31. Februar", "none"),
        ("ru", "31 февраля", "none"),
        ("en", "29 Feb 2025", "none"),
        ("en", "31.02.2026", "none"),
        ("en", "2026-13-45", "none"),
        ("en", "0001-01-01", "none"),
        ("en", "99999-01-01", "none"),
        ("en", "1026-11-03", "none"),
        ("en", "1 Jan 1850", "none"),
        ("en", "last week", "none"),
        ("en", "May 2020", "none"),
    ],
)
def test_a_day_that_cannot_be_is_no_day_and_no_diary_line(language: str | None, text: str, why: str) -> None:
    assert corrections.typed_day(text, TODAY, language) == why


@pytest.mark.parametrize("language", ["en", "de", "es", None])
@pytest.mark.parametrize(
    "line",
    [
        "yesterday was long", "tomorrow will be better", "Sunday walk", "May", "Christmas", "7", "8/10",
        "7.5", "22:30", "2020", "I", "the", "10.5 km", "Mood 8/10", "May 7 was long", "31 sober days", "…",
        "the second", "3-1", "Guten Morgen", "am Morgen", "Feb 31 is no day",
    ],
)  # fmt: skip
def test_a_diary_line_is_no_day(language: str | None, line: str) -> None:
    assert corrections.typed_day(line, TODAY, language) is None


def test_a_recording_shows_what_was_heard_and_then_what_was_said() -> None:
    heard = entry(kind="voice", caption="Monday", body="Monday\n\nI <3 tea", transcript="I <3 tea")
    assert replies.spoken_of(heard) == "I <3 tea"
    shown = replies.transcript(heard.id, "I <3 tea")
    assert "What I heard" in shown.html
    assert "I &lt;3 tea" in shown.html
    assert labels(shown) == [["✎ Fix"]]


def test_a_key_names_one_number_or_none() -> None:
    one, other = metric("mood", 7), metric("stress", 3)
    assert panels.by_key([one, other], panels.key(one)) is one
    assert panels.by_key([one], panels.key(other)) is None
    twin = metric("energy", 3, id=UUID(int=one.id.int & 0xFFFFFFFF))
    assert panels.by_key([one, twin], panels.key(one)) is None


def test_a_person_abroad_has_their_own_day() -> None:
    person = Person(
        user_id=uuid7(),
        chat_id=1,
        name="Mina",
        time_zone="Pacific/Kiritimati",
        locale="en",
        day_starts_at=time(4),
        summary_time=time(21),
        settings={},
    )
    late = datetime(2026, 11, 23, 20, tzinfo=UTC)
    assert day_of(person, late) == date(2026, 11, 24)
    assert corrections.written_on(entry(written_at=late), person) == date(2026, 11, 24)
