"""What every button about an entry begins with: whose it is, and whether this tap was handled before."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import phrases
from bot.journal import phrases_correcting as words
from bot.telegram import dialogs
from db.models import Outgoing
from db.queries import deletion, people
from db.queries import dialogs as questions
from db.queries.entries import EntryRecord
from db.queries.people import Person

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


async def begin(session: AsyncSession, update: Update, entry_id: str) -> Tap | None:
    """The tap on a button that names an entry; None where it names none of the tapper's own, or is
    not from a private chat. A tap can say anything."""
    query = update.callback_query
    if query is None or query.message is None or query.message.chat.type != "private":
        return None
    owner = await people.by_identity(session, query.from_user.id)
    if owner is None:
        return None
    # Locks go in one order everywhere: the identity, the entry, its journey, its outbox rows.
    question = await questions.asked(session, query.from_user.id)
    if question and question.get("ask") in ABOUT_ENTRIES:
        await dialogs.drop(session, update)
    entry = await deletion.find(session, owner, UUID(entry_id))
    if entry is None:
        return None
    return Tap(
        session=session,
        update=update,
        person=await people.find(session, owner, query.message.chat.id),
        entry=entry,
        is_repeat=await _was_handled(session, update, query.message.chat.id),
    )


async def _was_handled(session: AsyncSession, update: Update, chat_id: int) -> bool:
    """A silent slot of the outbox remembers it, for as long as any answer is kept."""
    mark = {"slot": f"tap:{update.update_id}", "purpose": "answer", "chat_id": chat_id, "state": "shown"}
    marked = insert(Outgoing).values(mark).on_conflict_do_nothing(index_elements=["slot"])
    return await session.scalar(marked.returning(Outgoing.id)) is None


def refused(tap: Tap | None) -> str | None:
    """Why nothing can be done about the entry, if so."""
    if tap is None:
        return phrases.ENTRY_GONE
    return words.ENTRY_DELETED if tap.entry.deleted_at is not None else None
