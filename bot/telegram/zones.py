"""The time zone, by buttons, by words or by a shared location."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import evenings, phrases, reminders, zone_screens, zones
from bot.journal import phrases_settings as words
from bot.journal.message import Reply
from bot.journal.preferences import Preferences
from bot.journal.zone_screens import Flow
from bot.journal.zones import Option
from bot.telegram import answers, dialogs, settings, welcome
from bot.telegram.context import Context
from bot.telegram.questions import ZONE, again, answering, language_of, not_understood, spoken
from bot.telegram.screens import person_of, show, toast
from bot.telegram.taps import is_own_tap
from db.queries import dialogs as asked
from db.queries import preferences
from db.queries.people import Person

PATTERN = r"^zone:(meet|set):(ask|list|later|in:([A-Za-z]+):(\d{1,2})|at:([A-Za-z0-9_+/-]{1,40}))$"


async def tapped(update: Update, context: Context) -> None:
    match = context.match
    if match is None or not is_own_tap(update):
        await toast(update, phrases.OLD_BUTTON)
        return
    flow, action = cast("Flow", match[1]), match[2]
    said = None
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        if match[5]:
            said = await _choose_tapped(session, update, person, flow, match[5])
        elif action == "later":
            above = welcome.zone_line(person, datetime.now(UTC))
            await welcome.go_on(session, update, person, after="time_zone", above=above)
        elif reply := _screen(update, person, flow, action, match[3], int(match[4] or 0)):
            if action == "ask":
                await dialogs.ask(session, update, ZONE, flow=flow)
            await show(session, update, reply, user_id=person.user_id)
        else:
            said = phrases.OLD_BUTTON
    context.parts.sender.nudge()
    await toast(update, said)


def _screen(
    update: Update, person: Person, flow: Flow, action: str, region: str | None, page: int
) -> Reply | None:
    now = datetime.now(UTC)
    if action == "ask":
        return zone_screens.question(flow, language_of(update, person), now)
    if action == "list":
        return zone_screens.regions(flow)
    return zone_screens.region(flow, region or "", page, now)


async def _choose_tapped(
    session: AsyncSession, update: Update, person: Person, flow: Flow, name: str
) -> str | None:
    zone = zones.spelled(name)
    if zone is None:
        return phrases.OLD_BUTTON
    await choose(session, update, person, flow, zone)
    return words.noted(zones.shown(zone))


async def choose(session: AsyncSession, update: Update, person: Person, flow: Flow, zone: str) -> None:
    """Live in this time zone from now on, and go on where the person came from."""
    await preferences.set_time_zone(session, person.user_id, zone)
    await preferences.change(session, person.user_id, time_zone_is_known=True)
    await evenings.renew(session, person.user_id, before=evenings.evening_of(person))
    await reminders.renew(session, person.user_id, zone)
    known = replace(person, time_zone=zone, settings=person.settings | {"time_zone_is_known": True})
    if flow == "meet":
        above = welcome.zone_line(known, datetime.now(UTC))
        await welcome.go_on(session, update, known, after="time_zone", above=above)
    else:
        await settings.show_menu(session, update, known)


async def prepare(update: Update, context: Context) -> list[Option] | None:
    """What the words may mean. Names in many languages take a while to read in, the first time."""
    message = update.effective_message
    if message is None or not message.text:
        return None
    language = await spoken(update, context)
    return await asyncio.to_thread(zones.find, message.text, language, message.date)


@answering
async def hear(session: AsyncSession, update: Update, context: Context, question: dict[str, Any]) -> bool:
    """A city, a country, an offset or the time on the person's clock."""
    message = update.effective_message
    if message is None or not message.text:
        return False
    person = await person_of(session, update, context)
    flow, found = _flow(question), question.pop("prepared")
    if found is None:
        return await _not_found(session, update, question, message.text, language_of(update, person))
    if len(found) == 1:
        await choose(session, update, person, flow, found[0].zone)
        return True
    reply = Reply(html=words.NO_SUCH_OFFSET)
    if found:
        reply = zone_screens.choice(flow, words.WHICH_ZONE, found, message.date)
    await show(session, update, reply, user_id=person.user_id)
    await again(session, update, question)
    return True


async def _not_found(
    session: AsyncSession, update: Update, question: dict[str, Any], text: str, language: str | None
) -> bool:
    alike = zones.resembling(text, language)
    buttons = zone_screens.choice(_flow(question), "", alike, datetime.now(UTC)).buttons if alike else ()
    return await not_understood(session, update, question, words.ZONE_REMEDIES, buttons)


async def located(update: Update, context: Context) -> None:
    """A shared location, which by now is only that of the nearest city (see `places.blurred`)."""
    message = update.effective_message
    location = message.location if message else None
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        flow = await _asking(session, update, person)
        if flow and location:
            now = datetime.now(UTC)
            near = zones.nearest(location.latitude, location.longitude, now)
            options = [Option(label=zones.city(zone), zone=zone) for zone in near]
            reply = zone_screens.choice(flow, words.WHICH_NEAR, options, now)
            await show(session, update, reply, user_id=person.user_id)
    context.parts.sender.nudge()
    if flow is None:
        await answers.not_an_entry(update, context)


async def _asking(session: AsyncSession, update: Update, person: Person) -> Flow | None:
    """Where the question for the time zone is open, if it is."""
    user = update.effective_user
    question = await asked.asked(session, user.id) if user else None
    if question and question.get("ask") == ZONE:
        return _flow(question)
    return "meet" if Preferences.of(person.settings).welcome == "time_zone" else None


def _flow(question: dict[str, Any]) -> Flow:
    return "meet" if question.get("flow") == "meet" else "set"
