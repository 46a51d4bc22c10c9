"""What chats should show: put by slot, claimed oldest first within a chat, marked as it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    TextClause,
    Update,
    Uuid,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Entry, Outgoing
from db.models.base import table

from . import leases
from .lanes import BEFORE, OPEN_ROWS, ORDER, Lane, is_in_time, is_of, is_theirs
from .leases import FREE, LEASE
from .slots import owner_of

OPEN = ("waiting", "sending")
IN_DOUBT = ("sending", "unknown")
BLOCKED = "blocked"
# What hangs on no entry. Its messages stay in the chat, edited in their place for as long as the rows stay.
PASSING = ("answer", "notice", "reminder", "summary")
# What a person who comes back still wants to see: words about their entries, and no old notices.
LASTING = ("reply", "transcript")
BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class ClaimedOutgoing:
    """`is_theirs`: the chat is a door of the person whose row it is, or the row is nobody's; else it must not
    be shown. `was_sending`: an earlier try died or lost its answer, so the message may be there already.
    `after_message_id` and `newest_message_id` are the highest ids that were known when that try
    began, of this chat and of any chat; without an earlier try, those known now."""

    id: UUID
    user_id: UUID | None
    entry_id: UUID | None
    chat_id: int
    is_theirs: bool
    content: dict[str, Any]
    message_ids: tuple[int, ...]
    after_message_id: int
    newest_message_id: int
    was_sending: bool
    attempts: int
    revision: int
    token: UUID

    def candidates(self, window: int) -> list[int]:
        """The ids that a message sent by that try can have: Telegram numbers the messages of all
        private chats of a bot in one sequence, other servers may number each chat by itself."""
        starts = sorted({self.after_message_id, max(self.newest_message_id, self.after_message_id)})
        return sorted({start + step for start in starts for step in range(1, window + 1)})


async def put(  # noqa: PLR0913 - the columns, by their names
    session: AsyncSession,
    *,
    slot: str,
    purpose: str,
    chat_id: int,
    content: dict[str, Any],
    user_id: UUID | None = None,
    entry_id: UUID | None = None,
    replace: bool = False,
    due_at: datetime | None = None,
    stale_at: datetime | None = None,
) -> None:
    """Have `chat_id` show `content` in `slot`, not before `due_at` and no more from `stale_at` on. With
    `replace` a slot that is there already shows the new content instead, by edit and where it is; without,
    the first content stays."""
    row: dict[str, Any] = {
        "slot": slot,
        "purpose": purpose,
        "chat_id": chat_id,
        "content": content,
        "entry_id": entry_id,
    }
    # Without, it is the person's whose transaction it is.
    more = (("user_id", user_id), ("due_at", due_at), ("stale_at", stale_at))
    row |= {name: it for name, it in more if it is not None}
    await session.execute(REPLACE if replace else PUT, row)


async def put_answer(
    session: AsyncSession,
    *,
    slot: str,
    chat_id: int,
    content: dict[str, Any],
    after: timedelta = timedelta(0),
) -> None:
    """Have `chat_id` show `content` in `slot` once, `after` a while."""
    row = {"slot": slot, "purpose": "answer", "chat_id": chat_id, "content": content}
    row["user_id"] = owner_of(chat_id)
    wish = insert(Outgoing).values(due_at=func.now() + literal(after), **row)
    await session.execute(wish.on_conflict_do_nothing(index_elements=["slot"]))


def _open_again() -> ColumnElement[str]:
    """The state of a row that is to be shown after all: what may be there already stays in doubt."""
    return case((Outgoing.state.in_(IN_DOUBT), "sending"), else_="waiting")


rows, its = table(Outgoing), table(Entry)
PUT = insert(rows).on_conflict_do_nothing(index_elements=["slot"])
_WISH = insert(rows)
# A send under way keeps its state and its lease: what it knows decides whether the message is there. It
# finds the newer revision when it is done, and leaves the row open for an edit.
REPLACE = _WISH.on_conflict_do_update(
    index_elements=["slot"],
    set_={
        "chat_id": case(
            (rows.c.is_seen | rows.c.state.in_(IN_DOUBT), rows.c.chat_id), else_=_WISH.excluded.chat_id
        ),
        "content": _WISH.excluded.content,
        "revision": rows.c.revision + 1,
        "state": _open_again(),
        "attempts": 0,
        # Now and always, unless the new row says otherwise.
        "due_at": case((rows.c.state == "sending", rows.c.due_at), else_=_WISH.excluded.due_at),
        "stale_at": _WISH.excluded.stale_at,
        "error": None,
    },
)
OF_ITS_PERSON = (its.c.id == bindparam("entry"), its.c.user_id == bindparam("owner"))
LOCK_ENTRY = select(its.c.id).where(*OF_ITS_PERSON).with_for_update()
REPLIED = (
    update(its).where(*OF_ITS_PERSON).values(reply_message_id=bindparam("shown_as"), replied_at=func.now())
)


async def silence(session: AsyncSession, slot: str, chat_id: int) -> None:
    """Show nothing in `slot`, now or later, unless it is shown or on its way already."""
    nothing = {"content": None, "state": "shown"}
    row = {"slot": slot, "purpose": "answer", "chat_id": chat_id, "user_id": owner_of(chat_id)} | nothing
    unseen = (Outgoing.state == "waiting") & ~Outgoing.is_seen
    wish = insert(Outgoing).values(row)
    await session.execute(wish.on_conflict_do_update(index_elements=["slot"], set_=nothing, where=unseen))


async def was_said(session: AsyncSession, chat_id: int, ending: str, within: timedelta) -> bool:
    """Whether a slot that ends so waits to be shown in the chat, or was put and shown lately."""
    lately = Outgoing.created_at > func.now() - literal(within)
    shown = lately & Outgoing.is_seen
    said = exists().where(
        Outgoing.chat_id == chat_id,
        Outgoing.slot.endswith(ending, autoescape=True),
        or_(Outgoing.state.in_(OPEN), shown),
    )
    return bool(await session.scalar(select(said)))


async def withdraw(session: AsyncSession, slot: str) -> None:
    """Take back what no chat has seen and nobody is sending."""
    await session.execute(
        delete(Outgoing).where(Outgoing.slot == slot, Outgoing.state == "waiting", ~Outgoing.is_seen)
    )


# The highest message ids known now: of the chat, and of any private chat (this process may have met
# others than its replicas). Supergroups count their messages by themselves; their ids are negative.
AFTER = """GREATEST(
    (SELECT max(e.message_id) FROM journal_entries e WHERE e.chat_id = o.chat_id),
    (SELECT max(id) FROM (
        SELECT unnest(s.message_ids) AS id FROM outbox s
        WHERE s.chat_id = o.chat_id ORDER BY s.id DESC LIMIT 50) AS latest))"""
NEWEST = """GREATEST(
    CAST(:newest AS integer),
    (SELECT max(message_id) FROM (
        SELECT e.message_id FROM journal_entries e ORDER BY e.id DESC LIMIT 50) AS latest),
    (SELECT max(id) FROM (
        SELECT unnest(s.message_ids) AS id FROM outbox s
        WHERE s.chat_id > 0 AND s.is_seen ORDER BY s.id DESC LIMIT 50) AS latest))"""


def _claim(lane: Lane) -> TextClause:
    return text(f"""
    UPDATE outbox o SET
        state = 'sending', lease_token = :token, lease_until = now() + :lease, attempts = attempts + 1,
        newest_message_id = CASE WHEN o.state = 'sending' THEN o.newest_message_id ELSE {NEWEST} END,
        after_message_id = CASE WHEN o.state = 'sending' THEN o.after_message_id ELSE {AFTER} END
    FROM (
        SELECT w.id, w.state FROM outbox w
        WHERE w.{OPEN_ROWS} AND {is_of(lane, "w")} AND w.due_at <= now()
          AND (w.lease_until IS NULL OR w.lease_until < now()) AND {is_in_time("w")}
          AND NOT EXISTS (
            SELECT FROM outbox earlier
            WHERE earlier.chat_id = w.chat_id AND earlier.{OPEN_ROWS} AND earlier.id <> w.id
              AND {BEFORE[lane]})
        ORDER BY {ORDER[lane]} LIMIT :places
        FOR UPDATE SKIP LOCKED) AS next
    WHERE o.id = next.id
    RETURNING o.id, o.chat_id, o.content, o.message_ids, coalesce(o.after_message_id, 0) AS after_message_id,
        coalesce(o.newest_message_id, 0) AS newest_message_id, next.state = 'sending' AS was_sending,
        o.attempts, o.revision, o.entry_id, o.user_id, {is_theirs("o")} AS is_theirs
""")  # noqa: S608 - of the constants above


CLAIM = {lane: _claim(lane) for lane in get_args(Lane)}
RENEW = text(f"""
    UPDATE outbox o SET after_message_id = {AFTER}, newest_message_id = {NEWEST}
    WHERE o.id = :id AND o.lease_token = :token RETURNING o.id
""")  # noqa: S608 - of the constants above


async def claim(
    session: AsyncSession, lane: Lane, places: int, newest_message_id: int
) -> list[ClaimedOutgoing]:
    """The oldest open row of the lane in each chat that nobody is sending. `newest_message_id` is the highest
    id that this process has met in any chat."""
    token = uuid4()
    bind = {"token": token, "lease": LEASE, "places": places, "newest": newest_message_id}
    rows = await session.execute(CLAIM[lane], bind)
    return [
        ClaimedOutgoing(**(dict(row) | {"message_ids": tuple(row["message_ids"]), "token": token}))
        for row in rows.mappings()
    ]


async def extend(session: AsyncSession, claims: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
    return await leases.extend(session, Outgoing, Outgoing.id, claims)


async def mark_part(session: AsyncSession, row: ClaimedOutgoing, message_ids: Sequence[int]) -> bool:
    """Some of the messages are there, and more are to come; False when the lease was lost."""
    values = {"message_ids": list(message_ids), "after_message_id": max(message_ids)}
    marked = _ours(row).values(values).returning(Outgoing.id)
    return await session.scalar(marked) is not None


async def begin_anew(session: AsyncSession, row: ClaimedOutgoing, newest_message_id: int) -> bool:
    """The message is surely not there, and is about to be sent again: from here on it would have an
    id above those known now. False when the lease was lost."""
    bind = {"id": row.id, "token": row.token, "newest": newest_message_id}
    return await session.scalar(RENEW, bind) is not None


async def mark_shown(session: AsyncSession, row: ClaimedOutgoing, message_ids: Sequence[int]) -> None:
    """All is there, and the entry knows which message answers it."""
    ids = list(message_ids)
    owned = {"entry": row.entry_id, "owner": row.user_id}
    if row.entry_id is not None:
        # Locks go in one order everywhere: the entry, its journey, its outbox rows.
        await session.execute(LOCK_ENTRY, owned)
    closed = await _close(
        session, row, state="shown", content=None, error=None, message_ids=ids, shown_at=func.now()
    )
    if closed and closed.purpose == "reply" and ids:
        await session.execute(REPLIED, owned | {"shown_as": ids[0]})


FINISH = text("""
    WITH dropped AS (DELETE FROM pictures WHERE id = :picture AND user_id = :owner)
    UPDATE outbox SET state = 'shown', content = NULL, error = NULL, message_ids = :ids, shown_at = now(),
        lease_token = NULL, lease_until = NULL
    WHERE id = :id AND lease_token = :token AND revision = :revision RETURNING slot
""").bindparams(bindparam("ids", type_=ARRAY(Integer())), bindparam("picture", type_=Uuid()))


async def finish(
    session: AsyncSession, row: ClaimedOutgoing, message_ids: Sequence[int], picture: UUID | None
) -> str | None:
    """As `mark_shown`, for what hangs on no entry, and the picture that was shown goes: in one statement,
    which thousands of one evening take. The slot, or None where a newer revision came meanwhile: it is not
    marked."""
    bind = {"id": row.id, "token": row.token, "revision": row.revision, "ids": list(message_ids)}
    of_person = {"picture": picture, "owner": row.user_id}
    slot: str | None = await session.scalar(FINISH, bind | of_person)
    return slot


async def give_up(session: AsyncSession, row: ClaimedOutgoing, *, state: str, error: str) -> None:
    """Close the row as failed or unknown; what it should have shown stays in it."""
    await _close(session, row, state=state, error=error)


async def close_chat(session: AsyncSession, chat_id: int) -> None:
    """The person has blocked the bot: nothing that waits for them is tried any more."""
    waiting = (
        select(Outgoing.id)
        .where(
            Outgoing.chat_id == chat_id,
            Outgoing.state.in_(OPEN),
            or_(Outgoing.lease_until.is_(None), Outgoing.lease_until < func.now()),
        )
        .with_for_update(skip_locked=True)
    )
    closed = case((Outgoing.state == "sending", "unknown"), else_="failed")
    values = {"state": closed, "error": BLOCKED} | FREE
    await session.execute(update(Outgoing).where(Outgoing.id.in_(waiting)).values(values))


async def reopen_chat(session: AsyncSession, chat_id: int) -> None:
    """The person is back: what they missed and still want is shown now, in its order."""
    values = {"state": _open_again(), "error": None, "attempts": 0, "due_at": func.now()}
    await session.execute(
        update(Outgoing)
        .where(
            Outgoing.chat_id == chat_id,
            Outgoing.state.in_(("failed", "unknown")),
            Outgoing.error == BLOCKED,
            Outgoing.purpose.in_(LASTING),
        )
        .values(values)
    )


async def retry(
    session: AsyncSession, row: ClaimedOutgoing, *, state: str, after: timedelta, error: str
) -> None:
    """Try again later: as `waiting` when surely nothing went out, else as `sending`."""
    due = func.now() + literal(after)
    await session.execute(_ours(row).values(state=state, due_at=due, error=error, **FREE))


async def release(session: AsyncSession, rows: Sequence[ClaimedOutgoing]) -> None:
    """Free the leases at once, as at a stop; whether something went out stays in doubt."""
    for row in rows:
        await session.execute(_ours(row).values(FREE))


def _ours(row: ClaimedOutgoing) -> Update:
    return update(Outgoing).where(Outgoing.id == row.id, Outgoing.lease_token == row.token)


async def _close(session: AsyncSession, row: ClaimedOutgoing, **values: Any) -> Any:
    """Close the row. Where a newer revision came meanwhile, the row stays open instead, and knows
    what is shown and what is in doubt."""
    closed = _ours(row).where(Outgoing.revision == row.revision).values(**values, **FREE)
    done = await session.execute(closed.returning(Outgoing.purpose, Outgoing.entry_id))
    if (found := done.one_or_none()) is None:
        shown = {"message_ids": values["message_ids"]} if "message_ids" in values else {}
        state = "sending" if values["state"] == "unknown" else "waiting"
        reopened = _ours(row).values(state=state, due_at=func.now(), **shown, **FREE)
        done = await session.execute(reopened.returning(Outgoing.purpose, Outgoing.entry_id))
        found = done.one_or_none()
    return found


async def expire(session: AsyncSession) -> None:
    """Close what was not shown while it made sense; what may be there already stays to be looked at."""
    late = update(Outgoing).where(Outgoing.state == "waiting", Outgoing.stale_at < func.now())
    await session.execute(late.values(state="failed", error="stale", content=None))


async def purge(session: AsyncSession, older_than: timedelta) -> int:
    """Drop some of what was shown, or given up, and never changes again; how many that was. The slots of
    entries stay, to be edited. A tap on what is gone is answered below it."""
    closed = Outgoing.state.not_in(OPEN) & Outgoing.purpose.in_(PASSING)
    old = select(Outgoing.id).where(closed, Outgoing.created_at < func.now() - literal(older_than))
    some = old.limit(BATCH).with_for_update(skip_locked=True)
    dropped = delete(Outgoing).where(Outgoing.id.in_(some)).returning(Outgoing.id)
    return len((await session.scalars(dropped)).all())
