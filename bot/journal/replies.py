"""What a reply looks like in the chat: the coach's words, the numbers in one quiet line, buttons.

The words are kept with the entry, so a reply can be drawn again whenever something about it changes.
"""

from collections.abc import Sequence
from html import escape

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal.message import Button, Reply
from bot.journal.metrics import KINDS
from bot.journal.receive import reply_slot
from db.models import Metric
from db.queries import metrics, outbox
from db.queries.entries import EntryRecord


async def show(session: AsyncSession, entry: EntryRecord) -> None:
    """Have the chat show the entry's reply as it is now, in its one place."""
    if entry.chat_id is None or entry.reply is None:
        return
    known = await metrics.of_entry(session, entry.user_id, entry.id)
    await outbox.put(
        session,
        slot=reply_slot(entry.id),
        purpose="reply",
        chat_id=entry.chat_id,
        content=render(entry, known).as_content(),
        user_id=entry.user_id,
        entry_id=entry.id,
        replace=True,
    )


def render(entry: EntryRecord, known: Sequence[Metric]) -> Reply:
    html = entry.reply or ""
    if line := numbers_line(known):
        html += f"\n\n<i>{line}</i>"
    return Reply(html=html, buttons=check_in_rows(entry))


def numbers_line(known: Sequence[Metric]) -> str:
    """“mood 7 · sleep hours 6.5”, or nothing."""
    return escape(" · ".join(f"{label(it.name)} {it.value:g}" for it in known), quote=False)


def label(name: str) -> str:
    return name.replace("_", " ")


def check_in_rows(entry: EntryRecord) -> list[list[Button]]:
    """Buttons for one whole number in the range of the metric that the reply asks for, in two rows;
    none for other metrics."""
    kind = KINDS.get(entry.reply_check_in or "")
    if kind is None or kind.maximum - kind.minimum > 10:
        return []
    values = range(int(kind.minimum), int(kind.maximum) + 1)
    row = [Button(label=str(v), data=f"check:{kind.name}:{v}:{entry.id.hex}") for v in values]
    half = (len(row) + 1) // 2
    return [row[:half], row[half:]]
