"""The first meeting: who the bot is, then one question after another, each of them skippable.

Which one is open stands in the person's preferences, so that it goes on after any restart.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import phrases_meeting as words
from bot.journal import phrases_settings, settings_screens, zone_screens, zones
from bot.journal.message import Button, Reply
from bot.journal.preferences import Preferences
from bot.telegram import dialogs
from bot.telegram.context import Context
from bot.telegram.questions import EVENING, ZONE, close, language_of
from bot.telegram.screens import person_of, show
from db.queries import outbox, preferences
from db.queries.people import Person

Step = Literal["time_zone", "hour"]
FIRST: Step = "time_zone"
SETTINGS: Sequence[Sequence[Button]] = [[Button(label=words.SETTINGS_BUTTON, data="set:menu")]]


async def start(update: Update, context: Context) -> None:
    """Whatever stands behind the command, as in a link, changes nothing."""
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        chosen = Preferences.of(person.settings)
        if "welcome" not in chosen.model_fields_set:
            await _introduce(session, update, context, person)
        elif chosen.welcome:
            await _show_step(session, update, person, above=words.CONTINUED)
        else:
            reply = Reply(html=words.welcome_back(person.name), buttons=SETTINGS)
            await show(session, update, reply, user_id=person.user_id)
    context.parts.sender.nudge()


async def _introduce(session: AsyncSession, update: Update, context: Context, person: Person) -> None:
    intro = Reply(html=words.welcome(person.name, context.parts.readers))
    await outbox.put(
        session,
        slot=f"update:{update.update_id}:intro",
        purpose="answer",
        chat_id=person.chat_id,
        content=intro.as_content(),
        user_id=person.user_id,
    )
    await _show_step(session, update, await _go_to(session, person, FIRST))


async def go_on(
    session: AsyncSession, update: Update, person: Person, *, after: Step, above: str = ""
) -> None:
    """Show what comes after a step. One that is not open any more, as where a button is tapped twice,
    leads on to the same place again."""
    step = Preferences.of(person.settings).welcome
    if step == after:
        following: Step | None = "hour" if after == "time_zone" else None
        person = await _go_to(session, person, following)
    await _show_step(session, update, person, above=above)


async def leave(session: AsyncSession, person: Person) -> bool:
    """Ask nothing more of the first meeting; False where nothing was open."""
    if not Preferences.of(person.settings).welcome:
        return False
    await preferences.change(session, person.user_id, welcome=None)
    return True


async def _go_to(session: AsyncSession, person: Person, step: Step | None) -> Person:
    await preferences.change(session, person.user_id, welcome=step)
    return replace(person, settings=person.settings | {"welcome": step})


async def _show_step(session: AsyncSession, update: Update, person: Person, *, above: str = "") -> None:
    step, now = Preferences.of(person.settings).welcome, datetime.now(UTC)
    if step == "time_zone":
        reply = zone_screens.question("meet", language_of(update, person), now, above=above)
        await dialogs.ask(session, update, ZONE, flow="meet")
    elif step == "hour":
        reply = settings_screens.evening("meet", above=above)
        await dialogs.ask(session, update, EVENING, flow="meet")
    else:
        reply = Reply(html=_met(person, now), buttons=SETTINGS)
        await close(session, update)
    await show(session, update, reply, user_id=person.user_id)


def _met(person: Person, now: datetime) -> str:
    chosen = Preferences.of(person.settings)
    return words.met(
        zone_line(person, now),
        phrases_settings.evening_line(person.summary_time, is_wanted=chosen.wants_summary),
    )


def zone_line(person: Person, now: datetime) -> str:
    there = zone_screens.time_in(person.time_zone, now)
    is_known = Preferences.of(person.settings).time_zone_is_known
    return words.zone_line(zones.shown(person.time_zone), there, is_known=is_known)
