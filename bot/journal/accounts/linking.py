"""Links that open once, and what the pages behind them do.

A link is asked for in a chat, opens a page for ten minutes, and is used up by what the page sends, never by
its being looked at: whoever previews links must not spend them. What a page proposes to link is linked only
once the chat has confirmed it too, see `joining`.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.errors import AlreadyAnAccount, EmailTaken, LinkGone, TooManyAttempts
from bot.journal import account_screens
from bot.journal import phrases_account as words
from bot.journal.accounts import emails, joining, passwords
from bot.journal.accounts.accounts import TAKEN, Accounts
from bot.journal.accounts.attempts import Guess
from bot.journal.accounts.joining import tell
from bot.journal.accounts.secrets import Secrets, digest
from bot.journal.message import Reply
from db import owned
from db.queries import accounts, doors, links
from db.queries.accounts import Credentials
from db.queries.doors import Door
from db.queries.links import LinkRecord, Purpose

# To open the page, and again to confirm in the chat.
LASTS = timedelta(minutes=10)
MOST, WITHIN = 10, timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What a page needs to know: whose chat asked, what the diary calls them, and the account's e-mail where
    there is one."""

    link_id: UUID
    purpose: Purpose
    whose: str = field(repr=False)
    name: str = field(repr=False)
    email: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class SignedInto:
    """`seal` says on the next page that somebody gave the right password on this one."""

    opened: Opened
    email: str = field(repr=False)
    account_id: UUID
    seal: str = field(repr=False)


class Linking:
    """`nudge` wakes the outbox."""

    def __init__(
        self,
        *,
        sessions: async_sessionmaker[AsyncSession],
        secrets: Secrets,
        accounts: Accounts,
        nudge: Callable[[], None],
    ) -> None:
        self._sessions = sessions
        self.secrets = secrets
        self._accounts = accounts
        self._nudge = nudge

    async def ask(
        self, session: AsyncSession, user_id: UUID, purpose: Purpose, link_id: UUID, telegram_id: int | None
    ) -> None:
        """Have a link of this id, which ends the older ones. Raises `TooManyAttempts`."""
        # Of those who ask at once each counts what the one before got.
        await doors.lock(session, user_id)
        if await links.asked_for(session, user_id, WITHIN, but=link_id) >= MOST:
            raise TooManyAttempts("too many links: wait an hour", retry_after=WITHIN.total_seconds())
        await links.add(
            session,
            link_id=link_id,
            user_id=user_id,
            purpose=purpose,
            secret_hash=digest(self.secrets.of(link_id)),
            lasts=LASTS,
            telegram_id=telegram_id,
        )

    async def ask_from_account(self, user_id: UUID, link_id: UUID) -> str:
        """The secret of a link that leads into a chat. Raises `TooManyAttempts`."""
        async with owned.begin(self._sessions, user_id) as session:
            await self.ask(session, user_id, "connect", link_id, None)
        return self.secrets.of(link_id)

    async def chats(self, user_id: UUID) -> Sequence[Door]:
        """The chats of an account, the one first that gets what comes by itself."""
        async with owned.begin(self._sessions, user_id) as session:
            return (await doors.of(session, user_id)).chats

    async def unlink(self, user_id: UUID, telegram_id: int) -> None:
        """From the account's side; the chat is told. Raises `LastDoor`, `LookupError`."""
        async with self._sessions.begin() as session:
            door = await joining.unlink(session, user_id, telegram_id)
            await joining.tell_unlinked(session, door)
        self._nudge()

    async def opened(self, secret: str, address: str | None) -> Opened:
        """What the link opens; it stays as it is. Raises `LinkGone`, `TooManyAttempts`."""
        async with self._accounts.attempts.secret(address) as guess, self._sessions.begin() as session:
            link = await links.unused(session, digest(secret))
            found = await self._opened(session, link) if link else None
            if found is None:
                raise LinkGone("this link has expired or was used")
            guess.right()
        return found

    async def _opened(self, session: AsyncSession, link: LinkRecord) -> Opened | None:
        """None for one that opens no page, or whose chat is somebody else's by now."""
        door = await doors.of_telegram(session, link.telegram_id or 0)
        if link.purpose == "connect" or door is None or door.user_id != link.user_id:
            return None
        known = await doors.of(session, link.user_id)
        if (known.email is None) == (link.purpose == "password"):
            return None
        return Opened(
            link_id=link.id,
            purpose=link.purpose,
            whose=words.whose(door),
            name=known.name,
            email=known.email,
        )

    async def register(self, secret: str, *, email: str, password: str, address: str | None) -> None:
        """Give the person an account. Raises `AccountError` of many kinds; the link is used up only where all
        went well."""
        opened = await self._for(secret, "register", address)
        email = emails.normalise(email)
        passwords.check(password, email=email, name=opened.name)
        async with self._accounts.attempts.register(address) as attempt:
            hashed = await self._accounts.hash_for(email, password, attempt)
            # What goes wrong from here on says nothing about anybody's e-mail.
            attempt.unlooked()
            async with self._used(secret) as (session, door):
                await owned.own(session, door.user_id)
                known = await accounts.credentials(session, door.user_id)
                if known is None or known.password_hash is not None:
                    raise AlreadyAnAccount("there is an account already")
                if not await accounts.claim(session, door.user_id, email=email, password_hash=hashed):
                    raise EmailTaken(TAKEN)
                for chat in (await doors.of(session, door.user_id)).chats:
                    can_undo = chat.telegram_id == door.telegram_id
                    reply = account_screens.account_was_made(opened.link_id, email, can_undo=can_undo)
                    await self._tell(session, opened, chat, reply)
            attempt.right()
        self._nudge()

    async def set_password(self, secret: str, *, password: str, address: str | None) -> None:
        """Another password, by whoever has the chat: also where the old one is forgotten. It ends every
        sign-in."""
        opened = await self._for(secret, "password", address)
        passwords.check(password, email=opened.email, name=opened.name)
        hashed = await self._accounts.hash(password)
        async with self._used(secret) as (session, door):
            await links.end_all(session, door.user_id)
            await owned.own(session, door.user_id)
            await accounts.write(session, door.user_id, password_hash=hashed)
            await accounts.sign_out(session, door.user_id)
            for chat in (await doors.of(session, door.user_id)).chats:
                await self._tell(session, opened, chat, account_screens.password_changed())
        self._nudge()

    async def sign_in(self, secret: str, *, email: str, password: str, address: str | None) -> SignedInto:
        """Whose account the chat is to belong to; nothing is linked yet, and the link stays."""
        opened = await self._for(secret, "sign_in", address)
        account_id = await self._prove(email, password, address)
        async with self._sessions.begin() as session:
            proven = await accounts.credentials(session, account_id)
            known = (await doors.of(session, account_id)).email if proven else None
            # Should they sign out everywhere, or change the password, the page that follows ends, too.
            await links.name(session, opened.link_id, account_id)
        if proven is None or known is None:
            raise LinkGone("the account is gone")
        seal = self.secrets.seal(*_proven(opened, proven))
        return SignedInto(opened=opened, email=known, account_id=account_id, seal=seal)

    async def _prove(self, email: str, password: str, address: str | None) -> UUID:
        """Whose account it is, by a sign-in that ends at once: nobody needs its token."""
        signed_in = await self._accounts.sign_in(email, password, address)
        await self._accounts.sign_out(signed_in)
        return signed_in.user_id

    async def confirm(self, secret: str, *, account_id: UUID, seal: str, address: str | None) -> None:
        """The page's half of linking; the chat is asked for the other half."""
        opened = await self._for(secret, "sign_in", address)
        async with self._used(secret, account_id) as (session, door):
            known = await accounts.credentials(session, account_id)
            if known is None or not self.secrets.is_sealed(seal, *_proven(opened, known)):
                raise LinkGone("nobody signed in to this account with this link")
            if not await links.propose(session, opened.link_id, account_id, LASTS):
                raise LinkGone("somebody signed in to another account with this link")
            email = (await doors.of(session, account_id)).email
            if email is None:
                raise LinkGone("the account is gone")
            reply = account_screens.asks_to_link(opened.link_id, email)
            await self._tell(session, opened, door, reply)
        self._nudge()

    def guess_in_chat(self, telegram_id: int) -> AbstractAsyncContextManager[Guess]:
        """Around `arrive`. Raises `TooManyAttempts`."""
        return self._accounts.attempts.in_chat(telegram_id)

    async def arrive(self, session: AsyncSession, secret_hash: bytes, telegram_id: int) -> tuple[UUID, str]:
        """Somebody came to the chat with a link of an account; its id and the account's e-mail. Raises
        `LinkGone`, and where it could not be linked anyway `AlreadyLinked` or `AlreadyAnAccount`."""
        link = await links.use_in_chat(session, secret_hash, telegram_id, LASTS)
        if link is None:
            raise LinkGone("this link has expired or was used")
        email = await joining.account_of(session, link)
        door = await doors.of_telegram(session, telegram_id)
        if door is not None:
            await joining.refuse_taken(session, door.user_id, link.user_id)
        return link.id, email

    async def _for(self, secret: str, purpose: Purpose, address: str | None) -> Opened:
        opened = await self.opened(secret, address)
        if opened.purpose != purpose:
            raise LinkGone("this link is for another page")
        return opened

    @asynccontextmanager
    async def _used(self, secret: str, *people: UUID) -> AsyncIterator[tuple[AsyncSession, Door]]:
        """A transaction that uses the link up, and the chat that asked; it is its person's. They and `people`
        are locked."""
        async with self._sessions.begin() as session:
            if asked := await links.unused(session, digest(secret)):
                # Locks go in one order everywhere: people, their links.
                await doors.lock(session, asked.user_id, *people)
            link = await links.use(session, digest(secret))
            door = await doors.of_telegram(session, link.telegram_id or 0) if link else None
            if link is None or door is None or door.user_id != link.user_id:
                raise LinkGone("this link has expired or was used")
            yield session, door

    async def _tell(self, session: AsyncSession, opened: Opened, chat: Door, reply: Reply) -> None:
        await tell(session, chat, reply, slot=f"link:{opened.link_id}:done:{chat.telegram_id}")


def _proven(opened: Opened, known: Credentials) -> tuple[str, ...]:
    """What the seal of somebody who signed in with this link stands for: the password, too, which may be
    changed before they confirm."""
    return "confirm", opened.link_id.hex, known.user_id.hex, known.password_hash or ""
