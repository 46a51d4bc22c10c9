"""`/score`: how a day went, why it is so, and what the person says of it."""

from datetime import date
from re import Match
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import corrections, phrases
from bot.journal import phrases_score as words
from bot.journal.charts import CATEGORIES
from bot.journal.charts.painter import drawn
from bot.journal.days import today_of
from bot.journal.message import Reply
from bot.journal.preferences import Preferences
from bot.journal.scoring import ScoredDay, said, screens
from bot.telegram import dialogs
from bot.telegram.context import Context
from bot.telegram.opening import show_below
from bot.telegram.screens import person_of, show, toast
from bot.telegram.search import behind_command
from bot.telegram.taps import day_named, tapper, was_handled
from db.queries import apart, people, pictures, search
from db.queries import dialogs as questions
from db.queries.people import Person
from db.queries.scores import DayRecord

PATTERN = r"^score:(day|show|why|fix|one|up|down|type|none|read):([0-9]{8}):([a-z0-9]{0,12})$"
# How long a person waits for the analyst before the day's numbers must do for now, in seconds.
PATIENCE = 12.0
# What changes the day's score, and with it its picture; and where the picture comes anew.
CHANGES = {"up", "down", "none", "read"}
WITH_PICTURE = CHANGES | {"day", "show"}


async def score(update: Update, context: Context) -> None:
    """The day that is named behind the command, else today so far."""
    asked = behind_command(update)
    async with context.own(update) as session:
        person = await person_of(session, update, context)
    today = today_of(person)
    day = corrections.typed_day(asked, today, person.locale) if asked else today
    if not isinstance(day, date):
        html = words.FUTURE_DAY if day == "future" else words.ASK_DAY
        await _show(update, context, person, Reply(html=html))
        return
    async with context.parts.sender.thinking(person.chat_id):
        scored = await context.parts.scorer.bring_up_to_date(person.user_id, day, patience=PATIENCE)
        png = await _drawn(scored, person, today)
        await _show(update, context, person, screens.main(scored, today), png)


async def tapped(update: Update, context: Context) -> None:
    """Do what the button says, and show the day as it is then."""
    match = context.match
    assert match is not None  # noqa: S101 - the table's pattern has matched
    day, word = day_named(match[2]), None
    async with context.own(update) as session:
        person = await tapper(session, update)
        if person is None or day is None or not _makes_sense(match):
            person, word = None, phrases.OLD_BUTTON
        elif match[1] in CHANGES | {"type"}:
            word = await _change(session, update, person, match[1], day, match[3])
        else:
            await _ask_no_more(session, update, person)
    if person is not None and day is not None:
        await _redraw(update, context, person, day, match)
    await toast(update, word)


def _makes_sense(match: Match[str]) -> bool:
    if match[1] == "why":
        return match[3].isdecimal()
    return match[3] in (CATEGORIES if match[1] in CHANGES | {"one", "type"} else {""})


async def _change(
    session: AsyncSession, update: Update, person: Person, action: str, day: date, category: str
) -> str | None:
    """What the person wants of a category; the word that fades."""
    await _ask_no_more(session, update, person)
    if action == "type":
        await dialogs.ask(session, update, "score", day=day.isoformat(), category=category)
        return None
    is_repeat = await was_handled(session, update, person)
    row: DayRecord | None
    if action == "none":
        row = await said.say(session, person.user_id, day, category, None)
    elif action == "read":
        row = await said.take_back(session, person.user_id, day, category)
    elif is_repeat:
        # A crash came between the step and the end of its update.
        return None
    else:
        direction = cast("Literal['up', 'down']", action)
        row = await said.step(session, person.user_id, day, category, direction)
    if row is None:
        return words.GONE
    return None if action == "read" else words.stepped(category, _score(row, category))


def _score(row: DayRecord, category: str) -> int | None:
    return next((it.score for it in row.categories if it.category == category), None)


async def _ask_no_more(session: AsyncSession, update: Update, person: Person) -> None:
    question = await questions.asked(session, person.chat_id)
    if question and question.get("ask") == "score":
        await dialogs.drop(session, update)


async def _redraw(update: Update, context: Context, person: Person, day: date, match: Match[str]) -> None:
    """Bring the message with the button to show what was tapped for."""
    # Where the analyst just failed to read these very rows, nobody waits for it at each tap.
    scored = await context.parts.scorer.bring_up_to_date(person.user_id, day, patience=PATIENCE, again=False)
    today = today_of(person)
    png = await _drawn(scored, person, today) if match[1] in WITH_PICTURE else None
    async with context.own(update) as session:
        days = await search.days_of(session, person.user_id, screens.entries_of(scored))
    reply = _screen(scored, match[1], match[3], days, today)
    await _show(update, context, person, reply, png, below=match[1] == "show")


def _screen(scored: ScoredDay, action: str, about: str, days: dict[UUID, date], today: date) -> Reply:
    if action in {"day", "show"} or scored.state not in {"scored", "too_little"}:
        return screens.main(scored, today)
    if action == "why":
        return screens.why(scored, int(about), days, today)
    if action == "fix":
        return screens.correcting(scored)
    return screens.typing(scored, about) if action == "type" else screens.one(scored, about)


async def _drawn(scored: ScoredDay, person: Person, today: date) -> bytes | None:
    if scored.state not in {"scored", "too_little"}:
        return None
    theme = Preferences.of(person.settings).theme
    return await drawn(screens.card(scored, today), theme)


async def _show(
    update: Update,
    context: Context,
    person: Person,
    reply: Reply,
    png: bytes | None = None,
    *,
    below: bool = False,
) -> None:
    async with context.own(update) as session:
        picture = await pictures.put(session, person.user_id, png) if png else None
        shown = Reply(html=reply.html, buttons=reply.buttons, picture=picture)
        if below:
            await show_below(session, update, shown, person, what="score")
        else:
            await show(session, update, shown, user_id=person.user_id)
    context.parts.sender.nudge()


async def hear(session: AsyncSession, update: Update, context: Context, question: dict[str, Any]) -> bool:
    """A typed score from 0 to 100, or "none". Anything else is no answer."""
    message, user = update.effective_message, update.effective_user
    value = said.typed(message.text or "") if message else None
    owner = await people.by_identity(session, user.id) if user else None
    if message is None or value is None or owner is None:
        return False
    await apart.set_apart(session, message.chat.id, [message.message_id])
    day, category = date.fromisoformat(question["day"]), question["category"]
    if value != "none" and not 0 <= value <= 100:
        await dialogs.ask(session, update, "score", day=question["day"], category=category)
        await show(session, update, Reply(html=words.OUT_OF_RANGE), user_id=owner)
        return True
    wanted = None if value == "none" else value
    row = await said.say(session, owner, day, category, wanted)
    reply = screens.noted(day, category, wanted, row.overall) if row else Reply(html=words.GONE)
    await show(session, update, reply, user_id=owner)
    return True
