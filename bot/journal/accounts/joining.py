"""A chat and an account become doors of one person, or cease to be: what is confirmed in the chat."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import AlreadyAnAccount, AlreadyLinked, LastDoor, LinkGone
from bot.journal import account_screens, evenings
from bot.journal import phrases_account as words
from bot.journal.accounts import merging
from bot.journal.accounts.merging import Preview
from bot.journal.message import Reply
from db.queries import accounts, doors, erasures, links, outbox
from db.queries.doors import Door, Doors
from db.queries.links import LinkRecord

# For as long, whoever was told of a new account can undo it with a tap.
UNDOES = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Joined:
    """`before` is what either had, `chats` are the person's now."""

    user_id: UUID
    email: str
    before: Preview
    chats: int


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Both have a diary: `preview` says what would come together."""

    email: str
    preview: Preview


@dataclass(frozen=True, kw_only=True)
class _Sides:
    link: LinkRecord
    door: Door
    account: Doors
    email: str


async def account_of(session: AsyncSession, link: LinkRecord) -> str:
    """The e-mail of the account that the link is about. Raises `LinkGone`."""
    found = await doors.of(session, link.proposed_id or link.user_id)
    if found.email is None:
        raise LinkGone("the account is gone")
    return found.email


async def join(session: AsyncSession, link_id: UUID, telegram_id: int, *, may_merge: bool) -> Joined | Asked:
    """Link this chat to the account that it was asked about. Where both have a diary, only with `may_merge`.

    Raises `LinkGone`, `AlreadyLinked`, and `AlreadyAnAccount` where the chat has one of its own.
    """
    chat, account = await _pair(session, link_id, telegram_id)
    # Only then it is sure that neither gets an account, or is erased, meanwhile.
    await doors.lock(session, chat, account)
    sides = await _sides(session, link_id, telegram_id)
    if (chat, account) != (sides.door.user_id, sides.account.user_id):
        raise LinkGone("the chat is somebody else's by now")
    known = await merging.preview(session, chat, account)
    if not (may_merge or known.source.is_empty or known.target.is_empty):
        return Asked(email=sides.email, preview=known)
    await links.end(session, link_id)
    await _tell_others(session, sides)
    before = await merging.merge(session, chat, account)
    now = await doors.of(session, account)
    return Joined(user_id=account, email=sides.email, before=before, chats=len(now.chats))


async def _pair(session: AsyncSession, link_id: UUID, telegram_id: int) -> tuple[UUID, UUID]:
    """Who has the chat, and whose the account is."""
    link = await links.awaiting(session, link_id, telegram_id, lock=False)
    door = await doors.of_telegram(session, telegram_id)
    if link is None or door is None:
        raise LinkGone("nobody is asked about this link")
    return door.user_id, link.proposed_id or link.user_id


async def _sides(session: AsyncSession, link_id: UUID, telegram_id: int) -> _Sides:
    link = await links.awaiting(session, link_id, telegram_id)
    door = await doors.of_telegram(session, telegram_id)
    if link is None or door is None:
        raise LinkGone("nobody is asked about this link")
    if link.purpose == "sign_in" and link.user_id != door.user_id:
        raise LinkGone("the chat is somebody else's by now")
    account = await doors.of(session, link.proposed_id or link.user_id)
    if account.email is None or await erasures.is_wanted(session, account.user_id):
        raise LinkGone("the account is gone")
    if await erasures.is_wanted(session, door.user_id):
        raise LinkGone("whoever had the chat is being erased")
    await refuse_taken(session, door.user_id, account.user_id)
    return _Sides(link=link, door=door, account=account, email=account.email)


async def refuse_taken(session: AsyncSession, chat: UUID, account: UUID) -> None:
    """Raises `AlreadyLinked`, and `AlreadyAnAccount` where whoever has the chat has another account."""
    if account == chat:
        raise AlreadyLinked("this chat belongs to the account already")
    if (await doors.of(session, chat)).email is not None:
        raise AlreadyAnAccount("this chat has an account of its own")


async def _tell_others(session: AsyncSession, sides: _Sides) -> None:
    """Every other chat of the account hears of it, and can undo it."""
    for chat in sides.account.chats:
        reply = account_screens.chat_was_linked(sides.door)
        await tell(session, chat, reply, slot=f"link:{sides.link.id}:told:{chat.telegram_id}")


async def tell(session: AsyncSession, chat: Door, reply: Reply, *, slot: str) -> None:
    await outbox.put(
        session,
        slot=slot,
        purpose="notice",
        chat_id=chat.chat_id,
        content=reply.as_content(),
        user_id=chat.user_id,
    )


async def unlink(session: AsyncSession, user_id: UUID, telegram_id: int) -> Door:
    """Close this door of the person's; which it was. Raises `LastDoor`, and `LookupError` where it is none of
    theirs."""
    await doors.lock(session, user_id, may_add=True)
    found = await doors.of(session, user_id)
    door = next((it for it in found.chats if it.telegram_id == telegram_id), None)
    if door is None:
        raise LookupError("no door of this person")
    if found.count < 2:
        raise LastDoor("this is the only door")
    await doors.unlink(session, door)
    await links.end_all(session, user_id)
    await evenings.renew(session, user_id)
    return door


async def tell_unlinked(session: AsyncSession, door: Door) -> None:
    """A chat that was unlinked from elsewhere: it is nobody's now."""
    content = Reply(html=words.UNLINKED_ELSEWHERE).as_content()
    slot = f"unlinked:{door.telegram_id}:{uuid4()}"
    await outbox.put(session, slot=slot, purpose="notice", chat_id=door.chat_id, content=content)


async def undo(session: AsyncSession, user_id: UUID, link_id: UUID, telegram_id: int) -> None:
    """Take back the account that was made by this link. Raises `LinkGone`."""
    await doors.lock(session, user_id)
    link = await links.used_lately(session, link_id, telegram_id, UNDOES)
    found = await doors.of(session, user_id)
    if link is None or link.purpose != "register" or link.user_id != user_id or found.email is None:
        raise LinkGone("there is nothing to undo")
    if telegram_id not in {it.telegram_id for it in found.chats}:
        # Unlinked a moment ago: the account may be the last door.
        raise LinkGone("the chat is not theirs any more")
    await accounts.write(session, user_id, email=None, password_hash=None)
    await sign_out_everywhere(session, user_id)


async def sign_out_everywhere(session: AsyncSession, user_id: UUID) -> None:
    """Every sign-in ends, and so does whatever somebody who had one has asked for: also chats that wait to be
    linked, which are others' yet."""
    await doors.lock(session, user_id)
    await links.end_all(session, user_id)
    await accounts.sign_out(session, user_id)
