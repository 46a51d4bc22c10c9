"""The doors by which a person comes in: their Telegram identities, and the e-mail of their account."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Entry, Journey, Outgoing, Part, Summary, TelegramIdentity, Update, User

from .leases import FREE
from .people import CHAT_CHOSEN


@dataclass(frozen=True, kw_only=True)
class Door:
    """A Telegram identity, by what Telegram says of it."""

    telegram_id: int
    user_id: UUID
    chat_id: int
    first_name: str
    last_name: str | None
    username: str | None
    chosen_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Doors:
    """`chats` as they come to be chosen: the first gets what comes by itself."""

    user_id: UUID
    name: str
    email: str | None = field(repr=False)
    has_password: bool
    chats: Sequence[Door]

    @property
    def count(self) -> int:
        return len(self.chats) + (self.email is not None and self.has_password)


_DOOR = (
    TelegramIdentity.telegram_id,
    TelegramIdentity.user_id,
    TelegramIdentity.chat_id,
    TelegramIdentity.first_name,
    TelegramIdentity.last_name,
    TelegramIdentity.username,
    TelegramIdentity.chosen_at,
)


async def of(session: AsyncSession, user_id: UUID) -> Doors:
    known = select(User.name, User.email, User.password_hash).where(User.id == user_id)
    account = (await session.execute(known)).one()
    found = select(*_DOOR).where(TelegramIdentity.user_id == user_id).order_by(*CHAT_CHOSEN)
    chats = [Door(**row) for row in (await session.execute(found)).mappings()]
    return Doors(
        user_id=user_id,
        name=account.name,
        email=account.email,
        has_password=account.password_hash is not None,
        chats=chats,
    )


async def of_telegram(session: AsyncSession, telegram_id: int) -> Door | None:
    found = select(*_DOOR).where(TelegramIdentity.telegram_id == telegram_id)
    row = (await session.execute(found)).mappings().one_or_none()
    return Door(**row) if row else None


async def lock(session: AsyncSession, *user_ids: UUID, may_add: bool = False) -> set[UUID]:
    """Let nobody change these people until the commit, nor add a row of theirs, unless they `may_add`; those
    who are there. Whoever answers an entry has it locked, and adds rows: who locks the person against that
    and then wants the entry would wait for them, and they for the person."""
    found = select(User.id).where(User.id.in_(user_ids)).order_by(User.id).with_for_update(key_share=may_add)
    return set((await session.scalars(found)).all())


async def choose(session: AsyncSession, user_id: UUID, telegram_id: int) -> None:
    """This chat of theirs gets what comes by itself, also what is prepared already and waits for its minute;
    what is on its way, or shown, stays where it is."""
    chosen = (TelegramIdentity.user_id == user_id, TelegramIdentity.telegram_id == telegram_id)
    choice = update(TelegramIdentity).where(*chosen).values(chosen_at=func.now())
    chat_id = await session.scalar(choice.returning(TelegramIdentity.chat_id))
    if chat_id is None:
        return
    # Whoever puts one this moment has asked for the chat before: it is there once they are done.
    being_put = select(Summary.id).where(Summary.user_id == user_id, Summary.lease_token.is_not(None))
    await session.execute(being_put.order_by(Summary.id).with_for_update())
    waits = (Outgoing.state == "waiting", ~Outgoing.is_seen, Outgoing.purpose.in_(("summary", "reminder")))
    moved = update(Outgoing).where(Outgoing.user_id == user_id, *waits)
    await session.execute(moved.values(chat_id=chat_id))


async def unlink(session: AsyncSession, door: Door) -> None:
    """Who writes there is somebody new from here on. What the chat shows is known by its messages no more,
    nothing that was meant for it goes there, and what was written there is kept by the diary alone."""
    here = door.user_id, door.chat_id
    # Locks go in one order everywhere: the identity, the entry, its journey, its outbox rows.
    await session.execute(delete(TelegramIdentity).where(TelegramIdentity.telegram_id == door.telegram_id))
    entries = update(Entry).where(Entry.user_id == here[0], Entry.chat_id == here[1])
    await session.execute(entries.values(chat_id=None, message_id=None, reply_message_id=None))
    journeys = update(Journey).where(Journey.user_id == here[0], Journey.chat_id == here[1])
    # Whoever works on one would show its reply there: it is worked on anew.
    await session.execute(journeys.values(chat_id=None, lease_token=None, lease_until=None))
    theirs = (Outgoing.user_id == here[0], Outgoing.chat_id == here[1])
    # Screens stay to be shown in their place, without what they waited to show.
    screens = Outgoing.slot.startswith("update:")
    await session.execute(delete(Outgoing).where(*theirs, ~screens))
    is_open = Outgoing.state.in_(("waiting", "sending"))
    state = case((is_open, "failed"), else_=Outgoing.state)
    await session.execute(
        update(Outgoing).where(*theirs, screens).values(user_id=None, state=state, content=None, **FREE)
    )
    await session.execute(delete(Part).where(Part.user_id == here[0], Part.chat_id == here[1]))
    # Erasing the person would not find them any more.
    raw = update(Update).where(Update.chat_id == here[1], Update.done_at.is_not(None))
    await session.execute(raw.values(payload={}))
