"""Where the menu of an entry opens: under its reply, or under the entry itself where that was opened."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal import opening, replies
from bot.journal.days import today_of
from bot.journal.panels import Panel
from bot.telegram.opening import OPENED
from bot.telegram.taps import Tap
from db.queries import outbox, slots
from db.queries.entries import EntryRecord
from db.queries.people import Person


async def place(tap: Tap) -> str | None:
    """The slot of the opened entry under which the button stands; None where that is the reply's."""
    query = tap.update.callback_query
    slot = None
    if query is not None and query.message is not None:
        slot = await slots.slot_of(tap.session, query.message.chat.id, query.message.message_id)
    if slot is None and tap.entry.reply is None:
        # What was opened long ago is answered below it.
        return f"update:{tap.update.update_id}:{OPENED}"
    return slot if slot and slot.endswith(f":{OPENED}") else None


async def show(tap: Tap, panel: Panel | None = None, *, entry: EntryRecord | None = None) -> None:
    """Show the entry as it is now, `panel` open beneath it, where the button stands."""
    await put(tap.session, tap.person, entry or tap.entry, await place(tap), panel)


async def put(
    session: AsyncSession, person: Person, entry: EntryRecord, slot: str | None, panel: Panel | None = None
) -> None:
    """The same in the `slot` of the opened entry; without one in the reply's."""
    if slot is None or panel is None:
        await replies.show(session, entry, panel)
    if slot is None:
        return
    shown = await opening.screen(session, entry, person, today=today_of(person), panel=panel)
    await outbox.put(
        session,
        slot=slot,
        purpose="answer",
        chat_id=person.chat_id,
        content=shown.as_content(),
        user_id=person.user_id,
        entry_id=entry.id,
        replace=True,
    )
