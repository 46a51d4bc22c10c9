"""`/search`: entries by words, meaning and filters, page by page."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import phrases_back as phrases
from bot.journal import search as searching
from bot.journal.care import card_for, concern_of, is_grave
from bot.journal.days import today_of
from bot.journal.filters import read
from bot.journal.message import Button, Reply, clean
from bot.journal.search import LONGEST_SEARCH, Meant
from bot.telegram import dialogs, misheard
from bot.telegram.context import Context
from bot.telegram.entries import incoming_of
from bot.telegram.opening import show_below
from bot.telegram.screens import person_of, show, toast
from bot.telegram.taps import tapper

TURN = r"^find:([0-9a-f]{32}):(\d{1,3})$"
NARROW = r"^find:([0-9a-f]{32}):([myvgx])$"

# A search has the same id however often its update is handled.
_SEARCHES = UUID("5f1dbb0a-3c0c-4d0e-9a55-0c9d2b3c5d1e")
_COMMAND = re.compile(r"^/\w+(@\w+)?\s*")


async def search(update: Update, context: Context) -> None:
    words = behind_command(update)
    if not words:
        async with context.own(update) as session:
            person = await person_of(session, update, context)
            await dialogs.ask(session, update, "search")
            await show(session, update, Reply(html=phrases.ASK_SEARCH), user_id=person.user_id)
        context.parts.sender.nudge()
        return
    if is_grave(await concern_of(words)):
        # Before the embedder is asked, who takes a while.
        await _keep(update, context, words)
    meant = await _understand(update, context, words)
    async with context.own(update) as session:
        await _begin(session, update, context, words, meant)
    context.parts.sender.nudge()


async def _keep(update: Update, context: Context, words: str) -> None:
    """Whoever is in danger tells it, also by what they look for: it is kept as a question to the diary is, so
    that it gets its card and its day no score. What they asked for is shown all the same."""
    asked = incoming_of(update, text=words, is_question=True)
    await context.parts.journey.take(replace(asked, is_silent=True), context.standing.user_id)
    context.parts.sender.nudge()


async def prepare(update: Update, context: Context) -> Meant:
    """What takes a while of answering what is looked for."""
    message = update.effective_message
    if message is None or not await _is_search(message.text or ""):
        return Meant(meaning="none")
    return await _understand(update, context, message.text or "")


async def hear(session: AsyncSession, update: Update, context: Context, question: dict[str, Any]) -> bool:
    """The next message is what is looked for, unless it is long."""
    message = update.effective_message
    if message is None or not message.text or not await _is_search(message.text):
        return False
    end = await misheard.keep_apart(session, message)
    await _begin(session, update, context, message.text, question["prepared"], end)
    return True


async def _is_search(text: str) -> bool:
    """Whoever is not well tells it, whatever was asked; and so does whoever writes much."""
    return bool(text) and len(text) <= LONGEST_SEARCH and not is_grave(await concern_of(text))


async def turned(update: Update, context: Context) -> None:
    match = context.match
    assert match is not None  # noqa: S101 - the table's pattern has matched
    async with context.own(update) as session:
        person = await tapper(session, update)
        reply = None
        if person:
            reply = await searching.turn(session, person, UUID(match[1]), int(match[2]), today_of(person))
            if reply:
                await show(session, update, reply, user_id=person.user_id)
    context.parts.sender.nudge()
    await toast(update, None if reply else phrases.SEARCH_GONE)


async def narrowed(update: Update, context: Context) -> None:
    """Search again, for less or for more."""
    match = context.match
    assert match is not None  # noqa: S101 - the table's pattern has matched
    search_id = UUID(match[1])
    async with context.own(update) as session:
        person = await tapper(session, update)
        filters = None
        if person:
            filters = await searching.narrow(session, person, search_id, match[2], today_of(person))
    if person is None or filters is None:
        await toast(update, phrases.SEARCH_GONE)
        return
    meant = await searching.understand(context.parts.embedder, filters.words)
    async with context.own(update) as session:
        reply = await searching.begin(session, person, search_id, filters, meant, today_of(person))
        await show(session, update, reply, user_id=person.user_id)
    context.parts.sender.nudge()
    await toast(update)


def behind_command(update: Update) -> str:
    message = update.effective_message
    return _COMMAND.sub("", (message and message.text) or "").strip()


async def _understand(update: Update, context: Context, text: str) -> Meant:
    async with context.own(update) as session:
        person = await person_of(session, update, context)
    filters = read(clean(text), today_of(person), person.locale)
    return await searching.understand(context.parts.embedder, filters.words)


async def _begin(
    session: AsyncSession,
    update: Update,
    context: Context,
    text: str,
    meant: Meant,
    end: Sequence[Button] = (),
) -> None:
    """Show what is found, with the buttons of `end` beneath."""
    person = await person_of(session, update, context)
    today = today_of(person)
    # Telegram may count its updates anew, and then for another message.
    of = update.effective_message.message_id if update.effective_message else 0
    search_id = uuid5(_SEARCHES, f"{update.update_id}:{of}:{person.user_id}")
    filters = read(clean(text), today, person.locale)
    reply = await searching.begin(session, person, search_id, filters, meant, today)
    if end:
        reply = replace(reply, buttons=[*reply.buttons, end])
    await show(session, update, reply, user_id=person.user_id)
    concern = await concern_of(text)
    if concern and not is_grave(concern):
        card = card_for(person, concern, is_kept=False)
        await show_below(session, update, card, person, what="care")
