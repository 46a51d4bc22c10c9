"""What an account is: made once, opened by its password alone, and closed at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.errors import (
    AccountsBusy,
    EmailRefused,
    EmailTaken,
    PasswordWrong,
    SignInRefused,
    TokenRefused,
    TooManyAttempts,
)
from bot.jobs.ticks import Ticks
from bot.journal.accounts import Accounts, emails
from bot.journal.accounts.passwords import Passwords
from db import owned
from db.models import Link, SignIn, User
from db.queries import accounts as queries
from db.queries import erasures
from tests.accounts import give_account, quick_hash

Sessions = async_sessionmaker[AsyncSession]
EMAIL, PASSWORD, OTHER = "mina@example.org", "a heron on the lake", "a kite over the dunes"
HOME, AWAY = "198.51.100.7", "203.0.113.9"


async def known_from_a_chat(sessions: Sessions) -> UUID:
    async with sessions.begin() as session:
        user = User(name="Ben", time_zone="UTC")
        session.add(user)
    return user.id


async def hash_of(sessions: Sessions, user_id: UUID) -> str | None:
    async with sessions() as session:
        return (await session.execute(select(User.password_hash).where(User.id == user_id))).scalar_one()


async def test_of_two_at_once_one_gets_the_email(accounts: Accounts, sessions: Sessions) -> None:
    tries = [accounts.register(email, PASSWORD, "Mina", HOME) for email in (EMAIL, EMAIL.upper()) * 3]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(it, EmailTaken) for it in done) == 5
    async with sessions() as session:
        assert len((await session.scalars(select(User))).all()) == 1
        assert len((await session.scalars(select(SignIn))).all()) == 1


async def test_of_several_people_of_chats_one_gets_the_email(sessions: Sessions) -> None:
    async def claim(user_id: UUID, email: str) -> bool:
        async with owned.begin(sessions, user_id) as session:
            return await queries.claim(session, user_id, email=email, password_hash="")

    people = [await known_from_a_chat(sessions) for _ in range(4)]
    done = await asyncio.gather(*[claim(it, EMAIL) for it in people])
    assert sum(done) == 1
    assert not await claim(people[done.index(False)], EMAIL.upper())


async def test_a_bcrypt_account_signs_in_and_is_upgraded(accounts: Accounts, sessions: Sessions) -> None:
    user_id = await known_from_a_chat(sessions)
    await give_account(sessions, user_id, EMAIL, PASSWORD)
    old = await hash_of(sessions, user_id)
    with pytest.raises(SignInRefused):
        await accounts.sign_in(EMAIL, "x" * 100, HOME)
    assert await hash_of(sessions, user_id) == old
    await accounts.sign_in(EMAIL, PASSWORD, HOME)
    upgraded = await hash_of(sessions, user_id)
    assert upgraded is not None
    assert upgraded.startswith("$argon2id$")
    await accounts.sign_in(EMAIL, PASSWORD, HOME)
    assert await hash_of(sessions, user_id) == upgraded


class ChangedMeanwhile(Passwords):
    """While it looks at a password, somebody changes it."""

    sessions: Sessions
    user_id: UUID | None = None

    async def verify(self, password: str, hash_: str | None) -> tuple[bool, str | None]:
        found = await super().verify(password, hash_)
        if self.user_id is not None:
            user_id, self.user_id = self.user_id, None
            async with owned.begin(self.sessions, user_id) as session:
                await queries.write(session, user_id, password_hash=quick_hash(OTHER))
        return found


class TestChangedMeanwhile:
    @pytest.fixture
    def passwords(self) -> Passwords:
        return ChangedMeanwhile()

    async def test_the_old_password_opens_nothing_any_more(
        self, accounts: Accounts, passwords: ChangedMeanwhile, sessions: Sessions
    ) -> None:
        signed_in = await accounts.register(EMAIL, PASSWORD, "Mina", HOME)
        passwords.sessions, passwords.user_id = sessions, signed_in.user_id
        with pytest.raises(SignInRefused):
            await accounts.sign_in(EMAIL, PASSWORD, HOME)
        caller = await accounts.who((await accounts.sign_in(EMAIL, OTHER, HOME)).token)
        passwords.user_id = signed_in.user_id
        with pytest.raises(PasswordWrong):
            await accounts.change_password(caller, OTHER, "a gull on the pier", HOME)


class Full(Passwords):
    """Too many others wait."""

    is_full = False

    async def verify(self, password: str, hash_: str | None) -> tuple[bool, str | None]:
        if self.is_full:
            raise AccountsBusy("full", retry_after=2)
        return await super().verify(password, hash_)


class TestFull:
    @pytest.fixture
    def passwords(self) -> Passwords:
        return Full()

    async def test_who_was_not_looked_at_has_not_guessed(self, accounts: Accounts, passwords: Full) -> None:
        await accounts.register(EMAIL, PASSWORD, "Mina", HOME)
        passwords.is_full = True
        for _ in range(30):
            with pytest.raises(AccountsBusy):
                await accounts.sign_in(EMAIL, PASSWORD, AWAY)
        passwords.is_full = False
        await accounts.sign_in(EMAIL, PASSWORD, AWAY)


async def test_a_sign_in_that_ends_ends_at_once(accounts: Accounts, sessions: Sessions) -> None:
    first = await accounts.register(EMAIL, PASSWORD, "Mina", HOME)
    second = await accounts.sign_in(EMAIL, PASSWORD, HOME)
    await accounts.sign_out(await accounts.who(first.token))
    with pytest.raises(TokenRefused):
        await accounts.who(first.token)
    await accounts.who(second.token)
    async with sessions.begin() as session:
        past = update(SignIn).where(SignIn.id == second.sign_in_id)
        await session.execute(past.values(expires_at=SignIn.expires_at - timedelta(days=9)))
    with pytest.raises(TokenRefused):
        await accounts.who(second.token)


async def test_who_is_being_erased_does_not_come_in_any_more(accounts: Accounts, sessions: Sessions) -> None:
    """What they would write is gone in a moment. They are told what anybody is who guesses."""
    mina = await accounts.register(EMAIL, PASSWORD, "Mina", HOME)
    caller = await accounts.who(mina.token)
    async with sessions.begin() as session:
        await erasures.begin(session, mina.user_id, again_after=timedelta(minutes=1))
    with pytest.raises(SignInRefused, match="wrong e-mail or password"):
        await accounts.sign_in(EMAIL, PASSWORD, HOME)
    with pytest.raises(TokenRefused):
        await accounts.change_password(caller, PASSWORD, OTHER, HOME)


async def test_a_token_of_one_person_speaks_for_no_other(accounts: Accounts) -> None:
    mina = await accounts.register(EMAIL, PASSWORD, "Mina", HOME)
    ben = await accounts.register("ben@example.org", OTHER, "Ben", HOME)

    mixed = accounts._tokens.issue(ben.sign_in_id, mina.user_id, datetime.now(UTC))
    with pytest.raises(TokenRefused):
        await accounts.who(mixed)


async def test_wrong_passwords_delay_the_next_and_no_sign_in_that_is_there(accounts: Accounts) -> None:
    signed_in = await accounts.register(EMAIL, PASSWORD, "Mina", HOME)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await accounts.sign_in(EMAIL, "a wrong password", AWAY)
    with pytest.raises(TooManyAttempts) as caught:
        await accounts.sign_in(EMAIL, PASSWORD, AWAY)
    assert 8 < caught.value.retry_after <= 10
    # Nor does it delay her where she registered.
    await accounts.sign_in(EMAIL, PASSWORD, HOME)
    caller = await accounts.who(signed_in.token)
    await accounts.change_password(caller, PASSWORD, OTHER, HOME)


@pytest.mark.parametrize(
    ("email", "other"), [("nobody@example.org", "no-one@example.org"), ("mina@", "mi\0na@example.org")]
)
async def test_an_unknown_email_is_delayed_alike(accounts: Accounts, email: str, other: str) -> None:
    """Each by itself, also one that is none."""
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await accounts.sign_in(email, PASSWORD, AWAY)
    with pytest.raises(TooManyAttempts):
        await accounts.sign_in(email, PASSWORD, AWAY)
    with pytest.raises(SignInRefused):
        await accounts.sign_in(other, PASSWORD, HOME)


async def test_it_takes_as_much_work_whoever_is_asked_for(
    accounts: Accounts, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the time would tell who has an account."""
    await accounts.register(EMAIL, PASSWORD, "Mina", HOME)
    worked: list[str] = []
    verify = Argon2Hasher.verify

    def counted(hasher: Argon2Hasher, password: str | bytes, hash: str | bytes) -> bool:  # noqa: A002
        # Its kind and its costs, without salt and digest.
        worked.append(str(hash).rsplit("$", 2)[0])
        return verify(hasher, password, hash)

    monkeypatch.setattr(Argon2Hasher, "verify", counted)
    for email in (EMAIL, "nobody@example.org", "no address"):
        with pytest.raises(SignInRefused):
            await accounts.sign_in(email, OTHER, HOME)
    assert len(worked) == 3
    assert len(set(worked)) == 1


async def test_sign_ins_and_links_past_their_end_are_dropped(accounts: Accounts, sessions: Sessions) -> None:
    kept = await accounts.register(EMAIL, PASSWORD, "Mina", HOME)
    ended = await accounts.sign_in(EMAIL, PASSWORD, HOME)
    await accounts.sign_out(await accounts.who(ended.token))
    expired = await accounts.sign_in(EMAIL, PASSWORD, HOME)
    async with sessions.begin() as session:
        past = update(SignIn).where(SignIn.id == expired.sign_in_id)
        await session.execute(past.values(expires_at=SignIn.expires_at - timedelta(days=9)))
        for number, minutes in enumerate((-2880, 9)):
            ends = SignIn.created_at + timedelta(minutes=minutes)
            at = select(ends).where(SignIn.id == kept.sign_in_id).scalar_subquery()
            session.add(
                Link(
                    user_id=kept.user_id,
                    purpose="sign_in",
                    secret_hash=bytes([number]) * 32,
                    expires_at=(await session.execute(select(at))).scalar_one(),
                )
            )
    await Ticks(sessions, {}, None).purge()
    async with sessions() as session:
        assert (await session.scalars(select(SignIn.id))).all() == [kept.sign_in_id]
        assert (await session.scalars(select(Link.secret_hash))).all() == [b"\1" * 32]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Mina@Example.ORG\n", "mina@example.org"),
        ("MÜLLER@BÜCHER.example", "müller@bücher.example"),
        ("mu\u0308ller@xn--bcher-kva.example", "müller@bücher.example"),
        ("mina@localhost", "mina@localhost"),
        ("mina@house.local", "mina@house.local"),
        ("mina+diary@example.test", "mina+diary@example.test"),
        ("用户@例子.中国", "用户@例子.中国"),
    ],
)
def test_an_email_has_one_form(written: str, kept: str) -> None:
    assert emails.normalise(written) == kept
    assert emails.normalise(kept.upper()) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "mina",
        "@example.org",
        "mina@",
        "mina@@example.org",
        "mina@exa mple.org",
        "mi\0na@example.org",
        "mi\ud800na@example.org",
        "Mina <mina@example.org>",
        '"mina"@example.org',
        "mina@[127.0.0.1]",
        "mina@example..org",
        "mina@example.org\r\nBcc: x@example.org",
        "a" * 65 + "@example.org",
        "mina@" + "a" * 250 + ".org",
        "mina@example.org" + " " * 1000 + "x",
    ],
)
def test_what_is_no_email_is_refused(written: str) -> None:
    with pytest.raises(EmailRefused):
        emails.normalise(written)
