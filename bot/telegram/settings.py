"""`/settings`: one screen, and another behind each of its buttons. Each change is shown at once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, get_args

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import (
    evenings,
    hours,
    naming,
    phrases,
    reminder_screens,
    settings_screens,
    zone_screens,
    zones,
)
from bot.journal import phrases_settings as words
from bot.journal import phrases_summary as summary_words
from bot.journal.message import Reply
from bot.journal.preferences import Evening
from bot.telegram import dialogs
from bot.telegram.context import Context
from bot.telegram.questions import (
    COUNTRY,
    DAY,
    EVENING,
    NAME,
    ZONE,
    again,
    answering,
    close,
    language_of,
    not_understood,
    spoken,
)
from bot.telegram.screens import person_of, show, toast
from bot.telegram.taps import is_own_tap
from db.queries import preferences
from db.queries.people import Person

PATTERN = r"^set:([a-z]+)(?::([A-Za-z0-9]{1,10}))?$"
# A name can be nearly any word, so it is waited for only so long.
NAME_LASTS = timedelta(minutes=10)


async def open_(update: Update, context: Context) -> None:
    async with context.own(update) as session:
        await show_menu(session, update, await person_of(session, update, context))
    context.parts.sender.nudge()


async def show_menu(session: AsyncSession, update: Update, person: Person) -> None:
    await close(session, update)
    reply = settings_screens.menu(person, datetime.now(UTC))
    await show(session, update, reply, user_id=person.user_id)


async def tapped(update: Update, context: Context) -> None:
    """A tap opens a screen, or chooses what it is about."""
    match = context.match
    if match is None or not is_own_tap(update):
        await toast(update, phrases.OLD_BUTTON)
        return
    name, value = match[1], match[2]
    said: str | None = None
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        if value is None and (name == "menu" or name in SCREENS):
            await _open(session, update, person, name)
        elif change := CHOICES.get(name) if value else None:
            said = await change(session, update, person, value)
        else:
            said = phrases.OLD_BUTTON
    context.parts.sender.nudge()
    await toast(update, said)


async def _open(session: AsyncSession, update: Update, person: Person, name: str) -> None:
    if name == "menu":
        await show_menu(session, update, person)
        return
    await close(session, update)
    if question := QUESTIONS.get(name):
        await dialogs.ask(session, update, question, flow="set")
    await show(session, update, SCREENS[name](update, person), user_id=person.user_id)


def _zone_screen(update: Update, person: Person) -> Reply:
    language, now = language_of(update, person), datetime.now(UTC)
    return zone_screens.question("set", language, now, above=words.ZONE_FROM_NOW_ON)


# What each button of the menu opens, and the question that then may be answered in words too.
SCREENS: dict[str, Callable[[Update, Person], Reply]] = {
    "zone": _zone_screen,
    "day": lambda _, person: settings_screens.day_start(person),
    "evening": lambda _, person: settings_screens.evening("set", person),
    "summary": lambda _, person: settings_screens.summary(person),
    "quiet": lambda _, person: settings_screens.quiet_hours(person),
    "manner": lambda _, person: settings_screens.manner(person),
    "length": lambda _, person: settings_screens.length(person),
    "theme": lambda _, person: settings_screens.theme(person),
    "country": lambda _, person: settings_screens.countries(person),
    "name": lambda _, person: settings_screens.names(person),
}
QUESTIONS = {"zone": ZONE, "day": DAY, "evening": EVENING, "country": COUNTRY, "name": NAME}


async def _choose_day(session: AsyncSession, update: Update, person: Person, value: str) -> str:
    hour = next((it for it in settings_screens.DAY_STARTS if str(it.hour) == value), None)
    if hour is None:
        return phrases.OLD_BUTTON
    await _start_day(session, update, person, hour)
    return words.noted(f"{hour:%H:%M}")


async def _start_day(session: AsyncSession, update: Update, person: Person, hour: time) -> None:
    await preferences.set_day_start(session, person.user_id, hour)
    await evenings.renew(session, person.user_id, before=evenings.evening_of(person))
    await show_menu(session, update, replace(person, day_starts_at=hour))


async def _choose_quiet(session: AsyncSession, update: Update, person: Person, value: str) -> str:
    hours = next((it for it in reminder_screens.QUIET_HOURS if "{:02}{:02}".format(*it) == value), None)
    if hours is None and value != "off":
        return phrases.OLD_BUTTON
    begins, ends = (f"{it:02}:00" for it in hours) if hours else (None, None)
    await preferences.change(session, person.user_id, quiet_from=begins, quiet_to=ends)
    await evenings.renew(session, person.user_id)
    known = replace(person, settings=person.settings | {"quiet_from": begins, "quiet_to": ends})
    await show_menu(session, update, known)
    return words.noted(reminder_screens.quiet_line(known))


async def _choose_manner(session: AsyncSession, update: Update, person: Person, value: str) -> str:
    labels = {str(name): label for name, (label, _) in words.MANNERS.items()}
    if value not in labels:
        return phrases.OLD_BUTTON
    await _prefer(session, update, person, manner=value)
    return words.noted(labels[value])


async def _choose_length(session: AsyncSession, update: Update, person: Person, value: str) -> str:
    labels = {str(name): label for name, (label, _) in words.LENGTHS.items()}
    if value not in labels:
        return phrases.OLD_BUTTON
    await _prefer(session, update, person, length=value)
    return words.noted(labels[value])


async def _choose_theme(session: AsyncSession, update: Update, person: Person, value: str) -> str:
    labels = {str(name): label for name, (label, _) in words.THEMES.items()}
    if value not in labels:
        return phrases.OLD_BUTTON
    await _prefer(session, update, person, theme=value)
    return words.noted(labels[value])


async def _choose_country(session: AsyncSession, update: Update, person: Person, value: str) -> str:
    if value != "zone" and not zones.is_country(value):
        return phrases.OLD_BUTTON
    await _prefer(session, update, person, country=None if value == "zone" else value)
    return words.noted(words.COUNTRY_FROM_ZONE if value == "zone" else zones.country_name(value))


async def _choose_name(session: AsyncSession, update: Update, person: Person, value: str) -> str:
    user = update.effective_user
    if value != "own" or user is None:
        return phrases.OLD_BUTTON
    await _call(session, update, person, naming.tidy(user.first_name)[: naming.LONGEST])
    return words.noted(words.USE_TELEGRAM_NAME)


async def _choose_summary(session: AsyncSession, update: Update, person: Person, value: str) -> str:
    if value not in get_args(Evening):
        return phrases.OLD_BUTTON
    await _prefer_of_summary(session, update, person, evening=value)
    return words.noted(summary_words.LEVELS[value][0])


async def _choose_review(session: AsyncSession, update: Update, person: Person, value: str) -> str:
    weekday = next((it for it in range(7) if str(it) == value), None)
    if weekday is None:
        return phrases.OLD_BUTTON
    await _prefer_of_summary(session, update, person, review_weekday=weekday)
    await evenings.renew(session, person.user_id)
    return words.noted(summary_words.WEEKDAYS[weekday])


async def _choose_soft(session: AsyncSession, update: Update, person: Person, value: str) -> str:
    if value not in {"on", "off"}:
        return phrases.OLD_BUTTON
    await _prefer_of_summary(session, update, person, soft_line=value == "on")
    return words.noted(summary_words.SOFT_ON if value == "on" else summary_words.SOFT_OFF)


async def _prefer_of_summary(session: AsyncSession, update: Update, person: Person, **chosen: Any) -> None:
    """Several are chosen on that screen: it stays."""
    await preferences.change(session, person.user_id, **chosen)
    known = replace(person, settings=person.settings | chosen)
    await show(session, update, settings_screens.summary(known), user_id=person.user_id)


async def _prefer(session: AsyncSession, update: Update, person: Person, **chosen: Any) -> None:
    await preferences.change(session, person.user_id, **chosen)
    await show_menu(session, update, replace(person, settings=person.settings | chosen))


async def _call(session: AsyncSession, update: Update, person: Person, name: str) -> None:
    await preferences.set_name(session, person.user_id, name)
    await show_menu(session, update, replace(person, name=name))


Choose = Callable[[AsyncSession, Update, Person, str], Awaitable[str]]
CHOICES: dict[str, Choose] = {
    "day": _choose_day,
    "summary": _choose_summary,
    "review": _choose_review,
    "soft": _choose_soft,
    "quiet": _choose_quiet,
    "manner": _choose_manner,
    "length": _choose_length,
    "theme": _choose_theme,
    "country": _choose_country,
    "name": _choose_name,
}


@answering
async def hear_day(session: AsyncSession, update: Update, context: Context, question: dict[str, Any]) -> bool:
    text = (update.effective_message.text if update.effective_message else None) or ""
    try:
        hour = hours.read_early(text)
    except ValueError:
        hour = None
    if hour not in settings_screens.DAY_STARTS:
        return await not_understood(session, update, question, words.DAY_REMEDIES)
    await _start_day(session, update, await person_of(session, update, context), hour)
    return True


async def prepare_country(update: Update, context: Context) -> set[str]:
    """The countries that the words may mean; names in many languages take a while to read in."""
    text = (update.effective_message.text if update.effective_message else None) or ""
    return set(await asyncio.to_thread(zones.countries, text, await spoken(update, context)))


@answering
async def hear_country(
    session: AsyncSession, update: Update, context: Context, question: dict[str, Any]
) -> bool:
    person, codes = await person_of(session, update, context), question.pop("prepared")
    if not codes:
        return await not_understood(session, update, question, words.COUNTRY_REMEDIES)
    if len(codes) > 1:
        await show(session, update, settings_screens.which_country(codes), user_id=person.user_id)
        await again(session, update, question)
        return True
    await _prefer(session, update, person, country=codes.pop())
    return True


@answering
async def hear_name(
    session: AsyncSession, update: Update, context: Context, question: dict[str, Any]
) -> bool:
    text = (update.effective_message.text if update.effective_message else None) or ""
    if datetime.now(UTC) - datetime.fromisoformat(question["at"]) > NAME_LASTS:
        return False
    name = naming.as_name(text)
    if name is None:
        return await not_understood(session, update, question, words.NAME_REMEDIES)
    await _call(session, update, await person_of(session, update, context), name)
    return True
