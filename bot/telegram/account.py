"""`/account`: what is linked, and links that open once. Passwords are for the pages, never for the chat."""

from collections.abc import Awaitable, Callable
from re import Match
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update
from telegram.error import TelegramError

from bot.errors import AlreadyAnAccount, AlreadyLinked, LastDoor, LinkGone, TooManyAttempts
from bot.journal import account_screens as screens
from bot.journal import export, phrases
from bot.journal import phrases_account as words
from bot.journal.accounts import joining
from bot.journal.accounts.joining import Asked
from bot.journal.message import Reply
from bot.telegram.context import Context
from bot.telegram.screens import person_of, show, toast
from bot.telegram.secrets_in import arrived_with
from bot.telegram.taps import is_own_tap
from db.queries import doors, links
from db.queries.links import Purpose
from db.queries.people import Person

PATTERN = r"^acct:([a-z]{1,10})(?::([0-9a-f]{32}|[0-9]{1,16}))?$"
# A link has the same id however often its update is handled.
_LINKS = UUID("0b9d6c52-40f3-4a58-8f2b-3f3a8ad0c1f7")


async def open_(update: Update, context: Context) -> None:
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        await _menu(session, update, person)
    context.parts.sender.nudge()


async def password(update: Update, context: Context) -> None:
    """`/password` with nothing behind it: the page for that, where there is one to change."""
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        has_account = (await doors.of(session, person.user_id)).email is not None
    if has_account:
        await _page(update, context, "password")
    else:
        await open_(update, context)


async def arrive(update: Update, context: Context) -> None:
    """`/start link_…`: an account asks for this chat."""
    secret_hash = arrived_with(update.effective_message)
    assert secret_hash is not None  # noqa: S101 - the table's filter has found it
    telegram_id = _telegram_id(update)
    try:
        async with context.parts.linking.guess_in_chat(telegram_id) as guess:
            person = await _who(update, context)
            try:
                async with context.parts.across.begin() as session:
                    link_id, email = await context.parts.linking.arrive(session, secret_hash, telegram_id)
                    await show(session, update, screens.asks_to_link(link_id, email), user_id=person.user_id)
            except AlreadyLinked:
                await context.answer(update, words.ALREADY_LINKED)
            except AlreadyAnAccount:
                await context.answer(update, words.HAS_ACCOUNT)
            guess.right()
    except LinkGone:
        await context.answer(update, words.LINK_GONE)
    except TooManyAttempts:
        await context.answer_sparingly(update, words.TOO_MANY_TRIES, about="tries")
    context.parts.sender.nudge()


async def tapped(update: Update, context: Context) -> None:
    match = context.match
    assert match is not None  # noqa: S101 - the table's pattern has matched
    act = ACTIONS.get(match[1])
    if act is None or not is_own_tap(update):
        await toast(update, phrases.OLD_BUTTON)
        return
    said = await act(update, context, match)
    context.parts.sender.nudge()
    await toast(update, said)


async def _menu(session: AsyncSession, update: Update, person: Person) -> None:
    found = await doors.of(session, person.user_id)
    await show(session, update, screens.menu(found, person.chat_id), user_id=person.user_id)


async def _back(update: Update, context: Context, _match: Match[str]) -> None:
    await open_(update, context)


async def _new(update: Update, context: Context, _match: Match[str]) -> str | None:
    return await _page(update, context, "register")


async def _old(update: Update, context: Context, _match: Match[str]) -> str | None:
    return await _page(update, context, "sign_in")


async def _change(update: Update, context: Context, _match: Match[str]) -> str | None:
    return await _page(update, context, "password")


async def _page(update: Update, context: Context, purpose: Purpose) -> str | None:
    """Show the way to a page that opens once."""
    parts = context.parts
    link_id = _link_id(update)
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        found = await doors.of(session, person.user_id)
        if (found.email is None) == (purpose == "password"):
            return phrases.OLD_BUTTON
        try:
            await parts.linking.ask(session, person.user_id, purpose, link_id, _telegram_id(update))
            reply = screens.page(purpose, link_id, is_public=parts.is_public)
        except TooManyAttempts:
            reply = screens.said(words.TOO_MANY_LINKS)
        await show(session, update, reply, user_id=person.user_id)
    parts.sender.nudge()
    return None


async def _sign_out(update: Update, context: Context, _match: Match[str]) -> str:
    person = await _who(update, context)
    async with context.parts.across.begin() as session:
        await joining.sign_out_everywhere(session, person.user_id)
    return words.SIGNED_OUT


async def _here(update: Update, context: Context, _match: Match[str]) -> str:
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        await doors.choose(session, person.user_id, _telegram_id(update))
        await _menu(session, update, person)
    return words.SUMMARIES_COME_HERE


async def _leave(update: Update, context: Context, _match: Match[str]) -> None:
    """Which chat to unlink; of the only door it is said why not."""
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        found = await doors.of(session, person.user_id)
        if found.count < 2:
            reply = screens.only_door(found)
        elif len(found.chats) == 1:
            reply = screens.asks_to_unlink(found, found.chats[0], person.chat_id)
        else:
            reply = screens.which_chat(found)
        await show(session, update, reply, user_id=person.user_id)


async def _door(update: Update, context: Context, match: Match[str]) -> str | None:
    """Whether to unlink this chat."""
    async with context.own(update) as session:
        person = await person_of(session, update, context)
        found = await doors.of(session, person.user_id)
        door = next((it for it in found.chats if str(it.telegram_id) == match[2]), None)
        if door is None:
            return phrases.OLD_BUTTON
        is_last = found.count < 2
        reply = screens.only_door(found) if is_last else screens.asks_to_unlink(found, door, person.chat_id)
        await show(session, update, reply, user_id=person.user_id)
    return None


async def _off(update: Update, context: Context, match: Match[str]) -> str | None:
    person = await _who(update, context)
    async with context.parts.across.begin() as session:
        if not (match[2] or "").isdecimal():
            return phrases.OLD_BUTTON
        try:
            door = await joining.unlink(session, person.user_id, int(match[2]))
        except LookupError:
            return phrases.OLD_BUTTON
        except LastDoor:
            reply = screens.only_door(await doors.of(session, person.user_id))
            await show(session, update, reply, user_id=person.user_id)
            return None
        is_here = door.telegram_id == _telegram_id(update)
        html = words.unlinked(door, is_here=is_here)
        if not is_here:
            await joining.tell_unlinked(session, door)
        reply = Reply(html=html) if is_here else screens.said(html)
        # Who sees this here is nobody's account any more.
        await show(session, update, reply, user_id=None if is_here else person.user_id)
    return None


async def _join(update: Update, context: Context, match: Match[str]) -> str | None:
    return await _link(update, context, match, may_merge=False)


async def _merge(update: Update, context: Context, match: Match[str]) -> str | None:
    return await _link(update, context, match, may_merge=True)


async def _link(update: Update, context: Context, match: Match[str], *, may_merge: bool) -> str | None:
    link_id = _about(match)
    person = await _who(update, context)
    async with context.parts.across.begin() as session:
        try:
            done = await joining.join(session, link_id, _telegram_id(update), may_merge=may_merge)
        except LinkGone:
            return words.ASKED_TOO_LATE
        except AlreadyLinked:
            return words.ALREADY_LINKED
        except AlreadyAnAccount:
            await show(session, update, screens.said(words.HAS_ACCOUNT), user_id=person.user_id)
            return None
        if isinstance(done, Asked):
            reply = screens.asks_to_merge(link_id, done.email, done.preview)
            await show(session, update, reply, user_id=person.user_id)
            return None
        is_known = "welcome" in person.settings
        reply = screens.linked(done.email, done.before, done.chats, is_known=is_known)
        await show(session, update, reply, user_id=done.user_id)
    context.parts.index_again()
    return None


async def _no(update: Update, context: Context, match: Match[str]) -> str | None:
    person = await _who(update, context)
    async with context.parts.across.begin() as session:
        link = await links.awaiting(session, _about(match), _telegram_id(update))
        if link is None:
            return words.ASKED_TOO_LATE
        await links.end(session, link.id)
        await show(session, update, Reply(html=words.REFUSED), user_id=person.user_id)
    return None


async def _undo(update: Update, context: Context, match: Match[str]) -> str | None:
    person = await _who(update, context)
    async with context.parts.across.begin() as session:
        try:
            await joining.undo(session, person.user_id, _about(match), _telegram_id(update))
        except LinkGone:
            return words.ASKED_TOO_LATE
        await show(session, update, Reply(html=words.UNDONE), user_id=person.user_id)
    return None


async def _copy(update: Update, context: Context, _match: Match[str]) -> str | None:
    """All that is theirs, as a file in the chat; it goes past the outbox, which holds no files."""
    async with context.own(update) as session:
        person = await person_of(session, update, context)
    async with export.copy(context.parts.sessions, person.user_id) as file:
        try:
            await context.bot.send_document(
                person.chat_id, file.read(), filename=export.NAME, caption=words.COPY_SENT
            )
        except TelegramError:
            return words.NO_COPY
    return None


Act = Callable[[Update, Context, Match[str]], Awaitable[str | None]]
ACTIONS: dict[str, Act] = {
    "menu": _back,
    "new": _new,
    "old": _old,
    "password": _change,
    "out": _sign_out,
    "here": _here,
    "leave": _leave,
    "door": _door,
    "off": _off,
    "join": _join,
    "merge": _merge,
    "no": _no,
    "undo": _undo,
    "copy": _copy,
}


async def _who(update: Update, context: Context) -> Person:
    """Who acts, before more than theirs is looked at: the account that asks for them is somebody else yet."""
    async with context.own(update) as session:
        return await person_of(session, update, context)


def _about(match: Match[str]) -> UUID:
    """The link that a button names; a forged one may name none."""
    about = match[2] or ""
    return UUID(about) if len(about) == 32 else UUID(int=0)


def _telegram_id(update: Update) -> int:
    user = update.effective_user
    if user is None:
        raise ValueError("an update without a person")
    return user.id


def _link_id(update: Update) -> UUID:
    query, message = update.callback_query, update.effective_message
    # Telegram may count its updates anew, and then for another tap or message.
    of = query.id if query else f"{message.message_id}:{message.date.isoformat()}" if message else ""
    return uuid5(_LINKS, f"{update.update_id}:{of}:{_telegram_id(update)}")
