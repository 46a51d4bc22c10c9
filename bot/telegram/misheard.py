"""“That was an entry”: what was taken for a question to the diary, or for what to search, is an entry
after all."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from re import Match

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Message, Update

from bot.journal import phrases, replies
from bot.journal import phrases_correcting as words
from bot.journal.message import Button, Incoming, Reply
from bot.journal.receive import renew
from bot.telegram.context import Context, identity_of
from bot.telegram.screens import show, toast
from bot.telegram.taps import ENTRY, Tap, on_entry, tapper
from db.queries import apart

QUESTION = rf"^was:{ENTRY}$"
SEARCH = r"^was:([0-9]{1,10})$"


@on_entry(sets_out=True)
async def question(tap: Tap, _match: Match[str]) -> str:
    """The question is an entry from here on, and takes the whole way. What the analyst took for a
    question it reads no second time, or it would say so again."""
    if tap.entry.is_question:
        kept = {"body": tap.entry.body, "extracted_at": tap.entry.extracted_at}
        await renew(tap.session, tap.person, tap.entry, kept, timedelta(0))
        await replies.show(tap.session, replace(tap.entry, is_question=False))
    return words.IS_ENTRY


async def keep_apart(session: AsyncSession, message: Message) -> list[Button]:
    """The message is what is looked for, and no entry unless its person taps this."""
    kept = {"text": message.text, "written_at": message.date.isoformat()}
    await apart.set_words_apart(session, message.chat.id, message.message_id, kept)
    return [Button(label=words.WAS_ENTRY, data=f"was:{message.message_id}")]


def still_offered(update: Update) -> list[list[Button]]:
    """The same under the message that was tapped: no screen in its place must take the way back away."""
    query = update.callback_query
    markup = query.message.reply_markup if query and isinstance(query.message, Message) else None
    return [
        [Button(label=it.text, data=it.callback_data)]
        for row in (markup.inline_keyboard if markup else ())
        for it in row
        if isinstance(it.callback_data, str) and re.fullmatch(SEARCH, it.callback_data)
    ]


async def search(update: Update, context: Context) -> None:
    match = context.match
    assert match is not None  # noqa: S101 - the table's pattern has matched
    message_id, word = int(match[1]), phrases.OLD_BUTTON
    async with context.own(update) as session:
        person = await tapper(session, update)
        kept = await apart.take_back(session, person.chat_id, message_id) if person else None
        if person and kept:
            incoming = Incoming(
                identity=identity_of(update),
                message_id=message_id,
                kind="text",
                text=kept["text"],
                written_at=datetime.fromisoformat(kept["written_at"]),
            )
            await context.parts.journey.take_in(session, incoming)
            await show(session, update, Reply(html=words.IS_ENTRY), user_id=person.user_id)
            word = words.IS_ENTRY
    if kept and person:
        context.parts.sender.saved(person.chat_id, message_id)
        context.parts.journey.nudge()
    context.parts.sender.nudge()
    await toast(update, word)
