"""`/stats`, `/week` and `/month`: the pictures, the words that say the same, and the way between them."""

from datetime import date, timedelta

import pytest

from bot.journal.charts import CATEGORIES, DayPoint, Trend, Year, caption, draw
from bot.journal.dates import spans
from bot.journal.phrases_back import AHEAD, month, short_span
from bot.journal.phrases_correcting import day as short_day
from bot.playground.chat import Message
from db.models import Outgoing, StoredPicture, Update
from tests.journal.charts.looking import opened

from .conftest import World
from .meeting import labels, nothing_failed
from .scored import Diary, diary_of, theme_of

# A Monday, and so far back that all its month and the next are past.
MONDAY = date(2026, 3, 9)


async def asks(diary: Diary, words: str) -> Message:
    await diary.person.writes(words)
    message = await diary.person.hears(lambda it: it.buttons)
    await diary.world.settle()
    return message


async def taps(diary: Diary, message: Message, label: str) -> Message:
    """The message after it, which must be the same one."""
    before = len(message.edits)
    tap = await diary.person.taps(message, label)
    assert not (await tap.answered()).text
    await diary.world.telegram.until(lambda: len(message.edits) > before)
    await diary.world.settle()
    return message


async def test_thirty_days_with_their_categories(started: World) -> None:
    diary = await diary_of(started)
    scores = {back: 30 + 2 * back for back in range(0, 30, 2)}
    for back, score in scores.items():
        await diary.score(back, score, dict.fromkeys(CATEGORIES, score))
    await diary.score(30, 1)
    message = await asks(diary, "/stats")
    dates = {diary.today - timedelta(days=back): score for back, score in scores.items()}
    days = [
        DayPoint(local_date=day, overall=it, categories=dict.fromkeys(CATEGORIES, it))
        for day, it in dates.items()
    ]
    trend = Trend(days=days, last=diary.today)
    assert message.text == caption(trend)
    assert "15 of 30 days scored" in message.text
    assert "Average 58 of 100 over 15 days." in message.text
    assert diary.picture(message).tobytes() == _pixels(trend)
    assert labels(message) == ["• 30 days", "Year", "Goals", "Week", "Month"]
    assert await started.rows(StoredPicture) == []


def _pixels(picture: Trend | Year) -> bytes:
    return opened(draw(picture)).tobytes()


async def test_the_screens_change_in_place(started: World) -> None:
    diary = await diary_of(started)
    for back in range(10):
        await diary.score(back, 50 + back)
    await diary.want("Run & rest", done={diary.today: 2}, target=3, unit="times", cadence="week")
    message = await asks(diary, "/stats")
    first = diary.picture(message).tobytes()
    await taps(diary, message, "Year")
    assert message.text.startswith(f"{diary.today.year}: ")
    assert "• Year" in labels(message)
    year = diary.picture(message).tobytes()
    await taps(diary, message, "Goals")
    assert "Run & rest. 2 of 3 times this week." in message.text
    assert "• Goals" in labels(message)
    goals = diary.picture(message).tobytes()
    await taps(diary, message, "30 days")
    assert diary.picture(message).tobytes() == first
    assert len({first, year, goals}) == 3
    assert len(message.edits) == 3
    # Nothing but the greeting and this one.
    assert [it for it in diary.person.chat.bot_messages if "photo" in it.payload] == [message]
    assert await started.rows(StoredPicture) == []
    await nothing_failed(started)


async def test_a_week_and_the_ones_beside_it(started: World) -> None:
    diary = await diary_of(started)
    for day, score in ((0, 60), (1, 80), (3, 40), (6, 60)):
        await diary.score(MONDAY + timedelta(days=day), score, {"mood": score})
    await diary.score(MONDAY - timedelta(days=15), 70)
    await diary.score(MONDAY + timedelta(days=8), 75)
    message = await asks(diary, f"/week {MONDAY + timedelta(days=2)}")
    assert message.text.startswith("Week. 9–15 Mar 2026: 4 of 7 days scored.")
    year = MONDAY.year
    for day, score in ((0, 60), (1, 80), (3, 40), (6, 60)):
        assert f"{short_day(MONDAY + timedelta(days=day), year)} {score}" in message.text
    assert "Highest on Tue 10 Mar with 80, lowest on Thu 12 Mar with 40." in message.text
    assert labels(message)[:2] == ["« 16–22 Feb", "16–22 Mar »"]
    before = diary.picture(message).tobytes()
    await taps(diary, message, "16–22 Mar »")
    assert "16–22 Mar 2026: 1 of 7 days scored" in message.text
    assert diary.picture(message).tobytes() != before
    # What is scored next is now, which can always be reached.
    monday, sunday = spans.week(diary.today)
    assert labels(message)[:2] == ["« 9–15 Mar", f"{short_span(monday, sunday)} »"]
    await taps(diary, message, "« 9–15 Mar")
    assert diary.picture(message).tobytes() == before
    await taps(diary, message, "« 16–22 Feb")
    assert labels(message)[0] == "9–15 Mar »"


async def test_a_whole_week_has_an_average(started: World) -> None:
    diary = await diary_of(started)
    for day in range(7):
        await diary.score(MONDAY + timedelta(days=day), 60 + day)
    message = await asks(diary, "/week 2026-03-15")
    assert "Average 63 of 100 over 7 days." in message.text
    assert message.text.count("Highest on Sun 15 Mar with 66, lowest on Mon 9 Mar with 60.") == 1
    assert "/score" not in message.text


async def test_a_month_and_the_ones_beside_it(started: World) -> None:
    diary = await diary_of(started)
    for day in range(1, 32):
        await diary.score(date(2026, 3, day), 20 + day, {"sleep": 50})
    await diary.score(date(2026, 2, 28), 99)
    await diary.score(date(2026, 1, 1), 98)
    message = await asks(diary, "/month march 2026")
    assert message.text.startswith("March 2026: 31 of 31 days scored.")
    assert "Average 36 of 100 over 31 days." in message.text
    assert "Highest on Tue 31 Mar with 51, lowest on Sun 1 Mar with 21." in message.text
    assert "Averages: sleep 50 (31 days)." in message.text
    assert labels(message)[:2] == ["« February 2026", f"{month(diary.today)} »"]
    await taps(diary, message, "« February 2026")
    assert "February 2026: 1 of 28 days scored" in message.text
    assert labels(message)[0] == "« January 2026"


async def test_years_have_a_way_between_them(started: World) -> None:
    diary = await diary_of(started)
    await diary.score(date(2023, 5, 5), 40)
    await diary.score(0, 60)
    message = await asks(diary, "/stats")
    await taps(diary, message, "Year")
    assert labels(message)[0] == "« 2023"
    await taps(diary, message, "« 2023")
    assert "Fri 5 May 40" in message.text
    year = Year(year=2023, scores={date(2023, 5, 5): 40}, today=diary.today)
    assert diary.picture(message).tobytes() == _pixels(year)
    assert labels(message)[0] == f"{diary.today.year} »"


async def test_days_that_are_still_to_come_are_not_counted(started: World) -> None:
    diary = await diary_of(started)
    await diary.score(0, 60)
    message = await asks(diary, "/week")
    passed = diary.today.weekday() + 1
    assert f"1 of {passed} day{'s' if passed > 1 else ''} scored" in message.text
    assert message.text.startswith("This week. ")


@pytest.mark.parametrize("command", ["/stats", "/week", "/month"])
async def test_who_has_no_scores_yet_is_told_what_to_do(started: World, command: str) -> None:
    diary = await diary_of(started)
    # None of these is a score.
    await diary.score(0, None, state="concern")
    await diary.score(1, None, state="too_little")
    await diary.score(2, None, {"mood": 50}, state="empty")
    message = await asks(diary, command)
    assert "photo" not in message.payload
    assert "Write or say a few words about today, and /score" in message.text
    await taps(diary, message, "Goals")
    assert message.text.endswith("/goals adds one.")
    assert diary.picture(message).size[0] == 1080
    await taps(diary, message, "Month")
    assert "No day of these has a score yet." in message.text


async def test_with_few_days_the_words_say_so_and_what_to_do(started: World) -> None:
    diary = await diary_of(started)
    await diary.score(0, 60, {"mood": 70, "energy": None})
    message = await asks(diary, "/stats")
    assert "1 of 30 days scored" in message.text
    assert "From 7 scored days on there is an average, too." in message.text
    assert "Also scored: mood on 1 day." in message.text
    assert "energy" not in message.text
    assert "Highest" not in message.text
    assert message.text.endswith("/score looks at today.")


@pytest.mark.parametrize("command", ["/week 2099-01-01", "/month 2099-01"])
async def test_days_to_come_have_no_picture(started: World, command: str) -> None:
    diary = await diary_of(started)
    await diary.score(0, 50)
    message = await asks(diary, command)
    assert message.text == AHEAD
    assert "photo" not in message.payload


async def test_equal_days_have_no_best_one(started: World) -> None:
    diary = await diary_of(started)
    for back in range(3):
        await diary.score(back, 60)
    assert "Highest" not in (await asks(diary, "/stats")).text


async def test_days_of_grave_concern_are_left_out(started: World) -> None:
    diary = await diary_of(started)
    for back in range(8):
        await diary.score(back, 50)
    await diary.score(8, None, {"mood": 1}, state="concern")
    message = await asks(diary, "/stats")
    assert "8 of 30 days scored" in message.text
    assert "mood" not in message.text


async def test_nothing_of_another_person_is_shown(started: World) -> None:
    diary = await diary_of(started)
    other = await diary_of(started, started.person(first_name="Tom"))
    await diary.score(0, 60, {"mood": 70})
    for back in range(8):
        await other.score(back, 90, {"calm": 90})
    await other.want("Tom's own", done={})
    message = await asks(diary, "/stats")
    assert "1 of 30 days scored" in message.text
    assert "calm" not in message.text
    await taps(diary, message, "Goals")
    assert "Tom" not in message.text


async def test_the_theme_of_the_pictures_is_chosen_in_the_settings(started: World) -> None:
    diary = await diary_of(started)
    await diary.score(0, 60)
    message = await asks(diary, "/stats")
    assert theme_of(diary.picture(message)) == "light"
    settings = await asks(diary, "/settings")
    await diary.person.taps(settings, "Pictures")
    await started.settle()
    await diary.person.taps(settings, "Dark")
    await started.settle()
    await taps(diary, message, "Week")
    assert theme_of(diary.picture(message)) == "dark"


@pytest.mark.parametrize(
    "data",
    ["trend:week:2026-13-01", "trend:week:9999-01-01", "trend:year:0000", "trend:year", "trend:week:20-26"],
)
async def test_forged_buttons_do_nothing(started: World, data: str) -> None:
    diary = await diary_of(started)
    await diary.score(0, 60)
    message = await asks(diary, "/stats")
    message.payload["reply_markup"]["inline_keyboard"][0][0]["callback_data"] = f"trend:{data}"
    tap = await diary.person.taps(message, f"trend:{data}")
    assert (await tap.answered()).text
    await started.settle()
    assert not message.edits
    assert all(row.error is None for row in await started.rows(Update))


async def test_words_that_are_no_days_are_answered_as_text(started: World) -> None:
    diary = await diary_of(started)
    await diary.score(0, 60)
    await diary.person.writes("/month of <b>Sundays</b>")
    message = await diary.person.hears("I can't read “of <b>Sundays</b>” as days")
    await started.settle()
    assert "photo" not in message.payload
    await diary.person.writes("/week last week")
    assert "Last week. " in (await diary.person.hears(lambda it: "photo" in it.payload)).text


async def test_an_old_picture_whose_slot_was_purged_is_answered_anew(started: World) -> None:
    diary = await diary_of(started)
    await diary.score(0, 60)
    message = await asks(diary, "/stats")
    async with started.sessions.begin() as session:
        for row in await started.rows(Outgoing):
            if message.message_id in row.message_ids:
                await session.delete(await session.merge(row))
    await diary.person.taps(message, "Week")
    again = await diary.person.hears("This week")
    await started.settle()
    assert again.message_id != message.message_id
    assert diary.picture(again).size[0] == 1080
