"""`/onthisday` and `/random`: days that come back by themselves."""

from telegram import Update

from bot.journal import looking_back, phrases
from bot.journal.days import today_of
from bot.telegram.context import Context
from bot.telegram.screens import person_of, show, toast
from bot.telegram.taps import tapper

ANOTHER = r"^random:another$"


async def on_this_day(update: Update, context: Context) -> None:
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        reply = await looking_back.on_this_day(session, person, today_of(person))
        await show(session, update, reply, user_id=person.user_id)
    context.parts.sender.nudge()


async def random(update: Update, context: Context) -> None:
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        reply = await looking_back.random_day(session, person, today_of(person), update.update_id)
        await show(session, update, reply, user_id=person.user_id)
    context.parts.sender.nudge()


async def another(update: Update, context: Context) -> None:
    async with context.own(update) as session:
        person = await tapper(session, update)
        if person:
            reply = await looking_back.random_day(session, person, today_of(person), update.update_id)
            await show(session, update, reply, user_id=person.user_id)
    context.parts.sender.nudge()
    await toast(update, None if person else phrases.OLD_BUTTON)
