"""What a reply looks like in the chat: the coach's words, the numbers in one quiet line, buttons.

The words are kept with the entry, so a reply can be drawn again whenever something about it changes.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal import numbers, panels, phrases
from bot.journal import phrases_correcting as words
from bot.journal.care import is_grave
from bot.journal.goals.telling import moved_goals
from bot.journal.message import Button, Reply
from bot.journal.opening import source_rows
from bot.journal.panels import Panel, shortened
from bot.journal.receive import reply_slot, transcript_slot
from db.models import Metric
from db.owned import Sessions
from db.queries import entries, goal_progress, metrics, outbox, search
from db.queries.entries import EntryRecord


async def show(
    session: AsyncSession,
    entry: EntryRecord,
    panel: Panel | None = None,
    *,
    numbers: Sequence[Metric] | None = None,
) -> None:
    """Have the chat show the entry's reply as it is now, in its one place, `panel` open beneath it. `numbers`
    are the entry's, where they are known."""
    if entry.chat_id is None or entry.reply is None:
        return
    known = numbers
    if known is None:
        known = await metrics.of_entry(session, entry.user_id, entry.id)
    moved = await goal_progress.of_entry(session, entry.user_id, entry.id)
    days = await search.days_of(session, entry.user_id, [UUID(it) for it in entry.reply_sources or ()])
    await put(
        session, entry, reply_slot(entry.id), "reply", render(entry, known, panel, sources=days, moved=moved)
    )


async def show_again(sessions: Sessions, user_id: UUID, entry_ids: Sequence[UUID]) -> None:
    """Have the chat show these replies as they are now. Each in a transaction of its own: an entry is locked
    before the goals that it moves, never after, and unlocked it may be just about to get another reply."""
    for entry_id in entry_ids:
        async with sessions.begin(user_id) as session:
            entry = await entries.lock(session, user_id, entry_id)
            if entry is not None:
                await show(session, entry)


async def put(session: AsyncSession, entry: EntryRecord, slot: str, purpose: str, shown: Reply) -> None:
    """Have the chat show this about the entry, in place of what the slot showed."""
    if entry.chat_id is None:
        return
    await outbox.put(
        session,
        slot=slot,
        purpose=purpose,
        chat_id=entry.chat_id,
        content=shown.as_content(),
        user_id=entry.user_id,
        entry_id=entry.id,
        replace=True,
    )


def render(
    entry: EntryRecord,
    known: Sequence[Metric],
    panel: Panel | None = None,
    *,
    sources: Mapping[UUID, date] | None = None,
    moved: Sequence[tuple[str, float, str]] = (),
) -> Reply:
    """`sources` are the entries that the reply rests on, with their days; `moved` the goals that the entry
    moves, each with how much of which unit."""
    html = entry.reply or ""
    if panel is not None and panel.html:
        return Reply(html=f"{html}\n\n{panel.html}".strip(), buttons=panel.rows)
    if line := quiet_line(entry, known, moved):
        html += f"\n\n<i>{line}</i>"
    if panel is not None:
        return Reply(html=html, buttons=panel.rows)
    # Nobody is shown numbers where the words ask for care.
    seen = () if is_grave(entry.concern) else known
    rows = [
        *source_rows(sources or {}, entry.local_date.year),
        *panels.choices(entry, entry.reply_check_in),
        *panels.of_reply(entry, seen),
    ]
    return Reply(html=html, buttons=rows)


def quiet_line(
    entry: EntryRecord, known: Sequence[Metric], moved: Sequence[tuple[str, float, str]] = ()
) -> str:
    """“for Sat 21 Nov · mood 7/10 · slept 6.5 h”, or nothing."""
    pieces = []
    if entry.chat_id is not None and entry.message_id is None and entry.body:
        # The chat does not show what this answers.
        pieces.append(words.answers(shortened(entry.body) or ""))
    if entry.day_is_chosen:
        pieces.append(words.about_day(words.day(entry.local_date, entry.written_at.year)))
    if not is_grave(entry.concern) and (line := numbers.line(known)):
        pieces.append(line)
    if not is_grave(entry.concern) and moved:
        pieces.append(moved_goals(moved))
    return escape(" · ".join(pieces), quote=False)


async def show_transcript(session: AsyncSession, entry: EntryRecord, *, asks: bool = False) -> None:
    """Have the chat show the words of a recording as the entry has them now; `asks` for better ones."""
    spoken = spoken_of(entry)
    is_corrected = spoken != entry.transcript
    shown = transcript(entry.id, spoken, is_corrected=is_corrected, asks=asks)
    await put(session, entry, transcript_slot(entry.id), "transcript", shown)


def transcript(entry_id: UUID, spoken: str, *, is_corrected: bool = False, asks: bool = False) -> Reply:
    html = words.corrected_transcript(spoken) if is_corrected else phrases.transcript(spoken)
    if asks:
        html += f"\n{words.FIX_HOW}"
    button = Button(label=words.FIX, data=f"fix:ask:{entry_id.hex}")
    if asks:
        button = Button(label=words.NEVER_MIND, data=f"fix:no:{entry_id.hex}")
    return Reply(html=html, buttons=[[button]])


def spoken_of(entry: EntryRecord) -> str:
    """What was said in a recording: the entry without its caption."""
    return entry.body.removeprefix(entry.caption or "").lstrip("\n")
