"""`/remind`, `/reminders` and the taps on a reminder."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Message, Update

from bot.journal import phrases, reminding
from bot.journal import phrases_reminders as words
from bot.journal import reminder_screens as screens
from bot.journal import reminders as journal
from bot.journal.clock import zone_of
from bot.journal.evenings import utc_now
from bot.journal.message import Reply, clean
from bot.journal.reminding import Wish
from bot.telegram import dialogs, misheard
from bot.telegram.context import Context
from bot.telegram.questions import answering, not_understood
from bot.telegram.screens import person_of, show, toast
from bot.telegram.search import behind_command
from bot.telegram.taps import tapper
from db.queries import reminders
from db.queries.people import Person
from db.queries.reminders import ReminderRecord

PATTERN = r"^rem:(?:(add)|(list):(\d{1,2})|(open|pause|resume|change|sure|delete):([0-9a-f]{32}))$"
# What answers the question for a change with words alone is a few of them; more is an entry.
FEW = 100


async def remind(update: Update, context: Context) -> None:
    """What stands behind the command, or else the question for it."""
    message = update.effective_message
    line = behind_command(update)
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        reply = await _take(session, person, message, line) if message and line else None
        if reply is None or reply.html in words.PROBLEMS.values():
            await dialogs.ask(session, update, "remind")
            reply = reply or Reply(html=words.ASK)
        await show(session, update, reply, user_id=person.user_id)
    context.parts.sender.nudge()


async def _take(session: AsyncSession, person: Person, message: Message, line: str) -> Reply:
    # By the time of the message, so that one that is handled late, or twice, means the same.
    wish = reminding.read(clean(line), message.date, zone_of(person.time_zone))
    if not isinstance(wish, Wish):
        return Reply(html=words.PROBLEMS[wish])
    return await _add(session, person, message, wish)


async def _add(session: AsyncSession, person: Person, message: Message, wish: Wish) -> Reply:
    # The same message makes the same reminder.
    name = f"reminder:{message.chat.id}:{message.message_id}:{message.date.timestamp()}"
    values = asdict(wish) | {"id": uuid5(NAMESPACE_OID, name), "user_id": person.user_id, "state": "active"}
    one = ReminderRecord(**values)
    if not await reminders.add(session, one, journal.MOST):
        return Reply(html=words.too_many(journal.MOST))
    return screens.detail(one, person, utc_now(), above=words.ADDED)


@answering
async def hear(session: AsyncSession, update: Update, context: Context, question: dict[str, Any]) -> bool:
    message, person = update.effective_message, await person_of(session, update, context)
    if message is None or not message.text:
        return False
    wish = reminding.read(clean(message.text), message.date, zone_of(person.time_zone))
    if isinstance(wish, Wish):
        reply = await _add(session, person, message, wish)
        await show(session, update, reply, user_id=person.user_id)
        return True
    if wish in {"no_such_hour", "no_such_day", "far", "no_text", "several"}:
        await show(session, update, Reply(html=words.PROBLEMS[wish]), user_id=person.user_id)
        await dialogs.ask(session, update, "remind")
        return True
    return await not_understood(session, update, question, words.REMEDIES)


async def open_list(update: Update, context: Context) -> None:
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        mine = await reminders.all_of(session, person.user_id)
        await show(session, update, screens.listing(mine, person, utc_now()), user_id=person.user_id)
    context.parts.sender.nudge()


async def tapped(update: Update, context: Context) -> None:
    match = context.match
    assert match is not None  # noqa: S101 - the table's pattern has matched
    async with context.own(update) as session:
        person = await tapper(session, update)
        if person is None:
            word: str | None = phrases.OLD_BUTTON
        elif match[1]:
            await dialogs.ask(session, update, "remind")
            await show(session, update, Reply(html=words.ASK), user_id=person.user_id)
            word = None
        elif match[2]:
            await _turn(session, update, person, int(match[3]))
            word = None
        else:
            word = await _about(session, update, person, match[4], UUID(match[5]))
    context.parts.sender.nudge()
    await toast(update, word)


async def _turn(session: AsyncSession, update: Update, person: Person, page: int) -> None:
    mine = await reminders.all_of(session, person.user_id)
    reply = screens.listing(mine, person, utc_now(), page=page)
    await show(session, update, reply, user_id=person.user_id)


async def _about(
    session: AsyncSession, update: Update, person: Person, act: str, reminder_id: UUID
) -> str | None:
    """Do what the button of one reminder says; the word that fades."""
    one, now, word = await reminders.find(session, person.user_id, reminder_id), utc_now(), None
    if one is None:
        await _turn(session, update, person, 0)
        return words.GONE
    if act == "delete":
        await reminders.remove(session, person.user_id, one.id)
        await _turn(session, update, person, 0)
        return words.DELETED
    if act == "sure":
        await show(session, update, screens.sure(one, person, now), user_id=person.user_id)
        return None
    if act == "change":
        await dialogs.ask(session, update, "reminder", id=one.id.hex)
        await show(session, update, _asking(one, person, now), user_id=person.user_id)
        return None
    if act == "pause" and one.state == "active":
        await reminders.change(session, person.user_id, one.id, state="paused")
        word = words.PAUSED
    elif act == "resume" and one.state != "active":
        word = words.RESUMED if await journal.resume(session, person, one, now) else words.OVER
    await _show_one(session, update, person, one.id, now)
    return word


def _asking(one: ReminderRecord, person: Person, now: datetime) -> Reply:
    reply = screens.detail(one, person, now)
    return Reply(html=f"{reply.html}\n\n{words.ASK_CHANGE}", buttons=reply.buttons)


async def _show_one(
    session: AsyncSession, update: Update, person: Person, reminder_id: UUID, now: datetime
) -> None:
    if one := await reminders.find(session, person.user_id, reminder_id):
        await show(session, update, screens.detail(one, person, now), user_id=person.user_id)


@answering
async def hear_change(
    session: AsyncSession, update: Update, context: Context, question: dict[str, Any]
) -> bool:
    """The new time, the new days, the new words, or all of it."""
    message, person = update.effective_message, await person_of(session, update, context)
    one = await reminders.find(session, person.user_id, UUID(question["id"]))
    if message is None or not message.text or one is None:
        return False
    next_at = one.next_at or message.date
    old = Wish(text=one.text, at=one.at, weekdays=one.weekdays, once_on=one.once_on, next_at=next_at)
    text = clean(message.text)
    new = reminding.amended(text, old, message.date, zone_of(person.time_zone))
    if not isinstance(new, Wish):
        if new in {"no_such_hour", "no_such_day", "far", "past", "several"}:
            await show(session, update, Reply(html=words.PROBLEMS[new]), user_id=person.user_id)
            await dialogs.ask(session, update, "reminder", id=one.id.hex)
            return True
        return await not_understood(session, update, question, words.REMEDIES)
    if new == replace(old, text=new.text):
        if len(text) > FEW:
            return False
        await reminders.change(session, person.user_id, one.id, text=new.text)
    else:
        values = asdict(new) | {"weekdays": list(new.weekdays), "state": "active"}
        await reminders.change(session, person.user_id, one.id, **values)
    if changed := await reminders.find(session, person.user_id, one.id):
        reply = screens.detail(changed, person, utc_now(), above=words.CHANGED)
        # A line of a diary can be as short as other words for a reminder.
        end = await misheard.keep_apart(session, message)
        reply = replace(reply, buttons=[*reply.buttons, end])
        await show(session, update, reply, user_id=person.user_id)
    return True
