"""Goals and what moves them, read by rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ai.offline import OfflineAnalyst
from bot.ai.protocols import ExtractionRequest as Request
from bot.ai.protocols import GoalRequest, KnownGoal, ProposedGoal, ProposedProgress
from bot.journal.metrics import VOCABULARY
from bot.journal.quotes import find_quote


async def proposed(text: str) -> ProposedGoal:
    return await OfflineAnalyst().propose_goal(GoalRequest(system="", message="not for rules", text=text))


async def progress(title: str, text: str, unit: str = "times") -> list[ProposedProgress]:
    goal = KnownGoal(number=1, title=title, measure=None, target=3.0, unit=unit, cadence="week")
    request = Request(system="", message="", text=text, vocabulary=VOCABULARY, goals=(goal,))
    return list((await OfflineAnalyst().extract(request)).progress)


@pytest.mark.parametrize(
    ("text", "title", "target", "unit", "cadence", "category"),
    [
        ("run three times a week", "Run three times a week", 3, "times", "week", "body"),
        ("I want to run 3x a week.", "Run 3x a week", 3, "times", "week", "body"),
        ("Read 20 pages a day", "Read 20 pages a day", 20, "pages", "day", "growth"),
        ("lose 5 kg by June", "Lose 5 kg by June", 5, "kg", "once", "body"),
        ("call mum more often", "Call mum more often", None, "times", "week", "connection"),
        ("call mum twice a month", "Call mum twice a month", 2, "times", "month", "connection"),
        ("meditate daily", "Meditate daily", 1, "times", "day", "calm"),
        ("sleep 7.5 hours a night", "Sleep 7.5 hours a night", 7.5, "hours", "day", "sleep"),
        ("walk 10,000 steps every day", "Walk 10,000 steps every day", 10_000, "steps", "day", None),
        ("get up at 7 every day", "Get up at 7 every day", 1, "times", "day", None),
        ("read 12 books", "Read 12 books", 12, "books", "once", "growth"),
        ("at most two coffees a day", "At most two coffees a day", 7, "days", "week", None),
        ("Ich möchte dreimal pro Woche laufen", "Dreimal pro Woche laufen", 3, "times", "week", "body"),
        ("3x/Woche Sport", "3x/Woche Sport", 3, "times", "week", "body"),
        ("20 Seiten am Tag lesen", "20 Seiten am Tag lesen", 20, "Seiten", "day", "growth"),
        ("täglich zehn Minuten meditieren", "Täglich zehn Minuten meditieren", 10, "Minuten", "day", "calm"),
        ("5 kg abnehmen bis Juni", "5 kg abnehmen bis Juni", 5, "kg", "once", "body"),
        ("höchstens ein Glas Wein", "Höchstens ein Glas Wein", 7, "days", "week", None),
        ("correr 3 veces por semana", "Correr 3 veces por semana", 3, "times", "week", None),
        ("бегать 3 раза в неделю", "Бегать 3 раза в неделю", 3, "times", "week", None),
        ("lire 20 pages par jour", "Lire 20 pages par jour", 20, "pages", "day", None),
        ("save $20 a week", "Save $20 a week", 20, "times", "week", None),
        ("read 1e9 pages a week", "Read 1e9 pages a week", None, "times", "week", "growth"),
        ("read 1000000000 pages a week", "Read 1000000000 pages a week", None, "times", "week", "growth"),
        ("run -3 times a week", "Run -3 times a week", None, "times", "week", "body"),
    ],
)
async def test_a_sentence_tells_what_is_counted(
    text: str, title: str, target: float | None, unit: str, cadence: str, category: str | None
) -> None:
    found = await proposed(text)
    assert (found.title, found.target, found.unit) == (title, target, unit)
    assert (found.cadence, found.category, found.source) == (cadence, category, "rule")


@given(st.text(max_size=300))
async def test_any_sentence_makes_a_proposal(text: str) -> None:
    found = await proposed(text)
    assert found.cadence in {"day", "week", "month", "once"}
    assert found.target is None or found.target > 0
    assert isinstance(found.title, str)


@pytest.mark.parametrize(
    ("title", "unit", "text", "amount", "quote"),
    [
        ("Run three times a week", "times", "Went for a run this morning, felt great.", 1, None),
        ("Run three times a week", "times", "Slept well. I ran in the park", 1, "I ran in the park"),
        ("Run three times a week", "times", "Ran 5 km. Hard run, that was", 1, "Ran 5 km"),
        ("Run three times a week", "times", "I ran twice today", 2, "I ran twice today"),
        ("Run 20 km a week", "km", "Ran 5.2 km and swam 1 km", 5.2, "Ran 5.2 km"),
        ("Run 20 km a week", "km", "I ran 2 miles", 3.22, "I ran 2 miles"),
        ("Run 20 miles a week", "miles", "I ran 5 km", 3.11, "I ran 5 km"),
        ("Read 20 pages a day", "pages", "Read 25 pages of Dune tonight", 25, None),
        ("Read 20 pages a day", "pages", "Read ten pages, later read 15 pages more", 10, "Read ten pages"),
        ("Call mum more often", "times", "Called my mum after work.", 1, "Called my mum after work"),
        ("Call mum more often", "times", "Today I finally called mum", 1, "Today I finally called mum"),
        ("Walk 10,000 steps every day", "steps", "9,500 steps today", 9_500, "9,500 steps today"),
        ("Drink 8 glasses of water a day", "glasses", "Drank 6 glasses of water", 6, None),
        ("Sleep 8 hours a night", "hours", "Slept 7.5 hours", 7.5, "Slept 7.5 hours"),
        ("Gym 3x a week", "times", "At the gym for 40 min", 1, "At the gym for 40 min"),
        ("Dreimal pro Woche laufen", "times", "Ich war heute laufen.", 1, "Ich war heute laufen"),
        ("20 Seiten am Tag lesen", "Seiten", "30 Seiten gelesen, dann geschlafen", 30, "30 Seiten gelesen"),
        ("Öfter Mama anrufen", "times", "Ich habe heute Mama angerufen", 1, "Ich habe heute Mama angerufen"),
        ("Täglich 10 Minuten meditieren", "Minuten", "eine halbe Stunde meditiert", 30, None),
        ("Correr 3 veces por semana", "times", "Hoy corrí en el parque", 1, "Hoy corrí en el parque"),
    ],
)
async def test_an_entry_moves_a_goal_that_it_plainly_speaks_of(
    title: str, unit: str, text: str, amount: float, quote: str | None
) -> None:
    [found] = await progress(title, text, unit)
    assert (found.goal, found.amount) == (1, amount)
    assert quote is None or found.quote == quote
    assert find_quote(found.quote, text)


@pytest.mark.parametrize(
    ("title", "unit", "text"),
    [
        ("Run three times a week", "times", "Running late for work"),
        ("Run three times a week", "times", "Ran out of milk"),
        ("Run three times a week", "times", "I didn't run today"),
        ("Run three times a week", "times", "I want to run tomorrow"),
        ("Run three times a week", "times", "I should have run"),
        ("Run three times a week", "times", "Did I run today?"),
        ("Run three times a week", "times", "Yesterday I ran"),
        ("Run three times a week", "times", "Emma ran 5 km"),
        ("Run three times a week", "times", "My brother ran"),
        ("Run three times a week", "times", "If only I had run"),
        ("Run three times a week", "times", "“I ran today”, she said"),
        ("Run three times a week", "times", "Skipped my run"),
        ("Run 20 km a week", "km", "Cycled 20 km"),
        ("Run 20 km a week", "km", "Ran 30 minutes"),
        ("Run 20 km a week", "km", "Ran 4-5 km"),
        ("Read 20 pages a day", "pages", "I read a lot"),
        ("Read 20 pages a day", "pages", "Wrote 3 pages"),
        ("Call mum more often", "times", "Mum called me today"),
        ("Call mum more often", "times", "Called Ben"),
        ("Call mum more often", "times", "Had lunch with mum, then called it a day"),
        ("Gym 3x a week", "times", "Skipped the gym"),
        ("At most two coffees a day", "days", "Two coffees"),
        ("Dreimal pro Woche laufen", "times", "Heute lief alles schief"),
        ("Dreimal pro Woche laufen", "times", "Ich bin nicht gelaufen"),
        ("Dreimal pro Woche laufen", "times", "Ich wollte laufen"),
        ("Öfter Mama anrufen", "times", "Mama hat mich angerufen"),
        ("20 Seiten am Tag lesen", "Seiten", "Er hat 30 Seiten gelesen"),
        ("🏃", "times", "🏃 today"),
    ],
)
async def test_what_is_not_plainly_told_moves_nothing(title: str, unit: str, text: str) -> None:
    assert await progress(title, text, unit) == []


@given(title=st.text(max_size=120), unit=st.text(max_size=24), text=st.text(max_size=300))
async def test_whatever_is_found_stands_in_the_entry(title: str, unit: str, text: str) -> None:
    for found in await progress(title, text, unit):
        assert found.quote in text
        assert found.amount > 0
