"""What every tap begins with: whose it is, what it is about, and whether it was handled before."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import wraps
from re import Match
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import phrases
from bot.journal import phrases_correcting as words
from bot.telegram import dialogs
from bot.telegram.context import Context
from bot.telegram.screens import toast
from db.models import Outgoing
from db.queries import deletion, people
from db.queries import dialogs as questions
from db.queries.entries import EntryRecord
from db.queries.people import Person

# How the data of a button about an entry ends.
ENTRY = "(?P<entry>[0-9a-f]{32})"
# Questions about an entry, which end when its person taps something else.
ABOUT_ENTRIES = {"number", "day", "transcript"}


@dataclass(frozen=True, kw_only=True)
class Tap:
    """`entry` is the tapper's own, locked, and may be deleted. `is_repeat`: a crash came between this
    tap's commit and the end of its update, so that what adds up must not be done again."""

    session: AsyncSession
    update: Update
    person: Person
    entry: EntryRecord
    is_repeat: bool


Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]
Act = Callable[[Tap, Match[str]], Awaitable[str | None]]
Refuse = Callable[[Tap | None, Match[str]], str | None]


def is_own_tap(update: Update) -> bool:
    """Whether the tap is on a message in the person's own chat with the bot: a tap can say anything,
    and come from anywhere."""
    query = update.callback_query
    if query is None or query.message is None:
        return False
    chat = query.message.chat
    return chat.type == "private" and chat.id == query.from_user.id


async def tapper(session: AsyncSession, update: Update) -> Person | None:
    """Who tapped, in their own chat; None for somebody unknown, and anywhere else."""
    query = update.callback_query
    if query is None or not is_own_tap(update):
        return None
    user_id = await people.by_identity(session, query.from_user.id)
    return await people.find(session, user_id, query.from_user.id) if user_id else None


def day_named(text: str) -> date | None:
    """The day that a button names, as 20261123; None where there is no such day: a tap can say anything."""
    try:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def refused(tap: Tap | None, _match: Match[str] | None = None) -> str | None:
    """Why nothing can be done about the entry, if so."""
    if tap is None:
        return phrases.ENTRY_GONE
    return words.ENTRY_DELETED if tap.entry.deleted_at is not None else None


def on_entry(*, refuse: Refuse = refused, sets_out: bool = False) -> Callable[[Act], Handler]:
    """A handler of taps whose pattern ends with `ENTRY`. What is decorated does what the button says,
    in one transaction, and gives the word that fades; `refuse` gives it where nothing is done.
    `sets_out` says that it may set the entry on its way again."""

    def decorate(act: Act) -> Handler:
        @wraps(act)
        async def handle(update: Update, context: Context) -> None:
            match = context.match
            assert match is not None  # noqa: S101 - the table's pattern has matched
            async with context.own(update) as session:
                tap = await begin(session, update, UUID(match["entry"]))
                word = refuse(tap, match)
                if tap is not None and word is None:
                    word = await act(tap, match)
            if sets_out:
                context.parts.journey.nudge()
            context.parts.sender.nudge()
            await toast(update, word)

        return handle

    return decorate


async def begin(session: AsyncSession, update: Update, entry_id: UUID) -> Tap | None:
    """The tap on a button that names an entry; None where it names none of the tapper's own, or is
    not from their own chat."""
    person = await tapper(session, update)
    if person is None:
        return None
    # Locks go in one order everywhere: the identity, the entry, its journey, its outbox rows.
    question = await questions.asked(session, person.chat_id)
    if question and question.get("ask") in ABOUT_ENTRIES:
        await dialogs.drop(session, update)
    entry = await deletion.find(session, person.user_id, entry_id)
    if entry is None:
        return None
    is_repeat = await was_handled(session, update, person)
    return Tap(session=session, update=update, person=person, entry=entry, is_repeat=is_repeat)


async def was_handled(session: AsyncSession, update: Update, person: Person) -> bool:
    """A silent slot of the outbox remembers it, for as long as any answer is kept."""
    mark = {"slot": f"tap:{update.update_id}", "purpose": "answer", "state": "shown"}
    marked = insert(Outgoing).values(mark | {"chat_id": person.chat_id})
    once = marked.on_conflict_do_nothing(index_elements=["slot"]).returning(Outgoing.id)
    return await session.scalar(once) is None


async def unknown(update: Update, _context: Context) -> None:
    """A button of an older version, and whatever else no handler understands."""
    await toast(update, phrases.OLD_BUTTON)
