"""`/history`: the diary by day, week and month."""

from typing import cast

from telegram import Update

from bot.journal import history as days
from bot.journal import phrases
from bot.journal.days import today_of
from bot.journal.history import View
from bot.telegram.context import Context
from bot.telegram.screens import person_of, show, toast
from bot.telegram.search import behind_command
from bot.telegram.taps import tapper

LOOK = r"^look:(day|week|month):(\d{4}-\d{2}-\d{2}):(\d{1,4})$"


async def history(update: Update, context: Context) -> None:
    words = behind_command(update)
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        today = today_of(person)
        if words:
            reply = await days.at(session, person, words, today)
        else:
            reply = await days.newest(session, person, today)
        await show(session, update, reply, user_id=person.user_id)
    context.parts.sender.nudge()


async def looked(update: Update, context: Context) -> None:
    match = context.match
    assert match is not None  # noqa: S101 - the table's pattern has matched
    day = days.parsed(match[2])
    async with context.own(update) as session:
        person = await tapper(session, update)
        if person and day:
            reply = await days.screen(
                session, person, cast("View", match[1]), day, today=today_of(person), page=int(match[3])
            )
            await show(session, update, reply, user_id=person.user_id)
    context.parts.sender.nudge()
    await toast(update, None if person and day else phrases.OLD_BUTTON)
