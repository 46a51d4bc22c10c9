"""`/stats`, `/week` and `/month`: how the days went, as pictures that change in place."""

from datetime import date
from typing import cast

from telegram import Update

from bot.journal import phrases, trends
from bot.journal import phrases_trends as words
from bot.journal.charts.painter import drawn
from bot.journal.days import today_of
from bot.journal.message import Reply
from bot.journal.preferences import Preferences
from bot.journal.trends import Screen, View
from bot.telegram.context import Context
from bot.telegram.screens import person_of, show, toast
from bot.telegram.search import behind_command
from bot.telegram.taps import tapper
from db.queries import pictures
from db.queries.people import Person

PATTERN = r"^trend:(days|year|goals|week|month)(?::([0-9-]{4,10}))?$"


async def stats(update: Update, context: Context) -> None:
    await _command(update, context, "days")


async def week(update: Update, context: Context) -> None:
    await _command(update, context, "week")


async def month(update: Update, context: Context) -> None:
    await _command(update, context, "month")


async def _command(update: Update, context: Context, view: View) -> None:
    said = behind_command(update) if view != "days" else ""
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        today = today_of(person)
        day = trends.days_named(person, said, today)
        if day is None:
            screen = Screen(picture=None, html=words.not_days(said, view))
        elif await trends.is_empty(session, person, today):
            screen = trends.nothing(today)
        else:
            screen = await trends.screen(session, person, view, day, today)
    await _show(update, context, person, screen)


async def turned(update: Update, context: Context) -> None:
    """A tap leads to another screen, in place of the one that was there."""
    match = context.match
    assert match is not None  # noqa: S101 - the table's pattern has matched
    screen = None
    async with context.own(update) as session:
        person = await tapper(session, update)
        if person is not None:
            today = today_of(person)
            day: date | None = trends.parsed(match[1], match[2], today)
            if day is not None:
                screen = await trends.screen(session, person, cast("View", match[1]), day, today)
    if person is not None and screen is not None:
        await _show(update, context, person, screen)
    await toast(update, None if screen else phrases.OLD_BUTTON)


async def _show(update: Update, context: Context, person: Person, screen: Screen) -> None:
    theme = Preferences.of(person.settings).theme
    png = await drawn(screen.picture, theme) if screen.picture else None
    async with context.own(update) as session:
        picture = await pictures.put(session, person.user_id, png) if png else None
        reply = Reply(html=screen.html, buttons=screen.buttons, picture=picture)
        await show(session, update, reply, user_id=person.user_id)
    context.parts.sender.nudge()
