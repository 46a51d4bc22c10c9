"""The hour of the evening summary, by buttons or by words."""

from dataclasses import replace
from datetime import time
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import evenings, hours, phrases
from bot.journal import phrases_settings as words
from bot.journal.message import Reply
from bot.journal.zone_screens import Flow
from bot.telegram import settings, welcome
from bot.telegram.context import Context
from bot.telegram.questions import again, answering, not_understood
from bot.telegram.screens import person_of, show, toast
from bot.telegram.taps import is_own_tap
from db.queries import preferences
from db.queries.people import Person

PATTERN = r"^hour:(meet|set):(later|off|([01]\d|2[0-3]):([0-5]\d))$"


async def tapped(update: Update, context: Context) -> None:
    match = context.match
    if match is None or not is_own_tap(update):
        await toast(update, phrases.OLD_BUTTON)
        return
    flow, said = cast("Flow", match[1]), None
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        if match[2] == "later":
            await welcome.go_on(session, update, person, after="hour")
        else:
            hour = time(int(match[3]), int(match[4])) if match[3] else None
            await choose(session, update, person, flow, hour)
            said = words.noted(f"{hour:%H:%M}" if hour else words.OFF)
    context.parts.sender.nudge()
    await toast(update, said)


async def choose(
    session: AsyncSession, update: Update, person: Person, flow: Flow, hour: time | None
) -> None:
    """Have the summary at this hour of the person's day, or none, and go on where they came from."""
    if hour:
        await preferences.set_summary_time(session, person.user_id, hour)
    await preferences.change(session, person.user_id, wants_summary=hour is not None)
    await evenings.renew(session, person.user_id, before=evenings.evening_of(person))
    known = replace(
        person,
        summary_time=hour or person.summary_time,
        settings=person.settings | {"wants_summary": hour is not None},
    )
    if flow == "meet":
        await welcome.go_on(session, update, known, after="hour")
    else:
        await settings.show_menu(session, update, known)


@answering
async def hear(session: AsyncSession, update: Update, context: Context, question: dict[str, Any]) -> bool:
    text = (update.effective_message.text if update.effective_message else None) or ""
    flow: Flow = "meet" if question.get("flow") == "meet" else "set"
    is_off = hours.is_off(text)
    try:
        hour = hours.read(text, evening=True)
    except ValueError:
        await show(session, update, Reply(html=words.NO_SUCH_HOUR))
        await again(session, update, question)
        return True
    if hour is None and not is_off:
        return await not_understood(session, update, question, words.EVENING_REMEDIES)
    person = await person_of(session, update, context)
    await choose(session, update, person, flow, hour)
    return True
