"""Passwords: which are refused, and their hashes, made off the event loop."""

import asyncio
import base64
import contextlib
import os
import re
import sys
import threading
import unicodedata
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from bot.errors import AccountsBusy, PasswordRefused

if TYPE_CHECKING:
    from pwdlib import PasswordHash

SHORTEST, LONGEST = 10, 256
# As OWASP recommends for argon2id: 19 MiB, two passes, one lane; about 40 ms.
MEMORY, PASSES, LANES = 19_456, 2, 1
# bcrypt reads no further, and its library refuses to guess what that means.
MOST_OF_BCRYPT = 72
# One thread hashes 25 passwords a second, and leaves the other processors to the diary.
THREADS = 1
# Three seconds of work. Whoever comes when more are waiting is told to come again.
WAITING = 64
# Of the least urgency: what people write goes first, and on two cores that is measured (docs/performance.md).
NICENESS = 19
# How many seconds a hash waits for that at most: three a second are made however much is written.
GIVES_WAY = 0.3
# What is put before or after a common word to get past a rule.
FEW = 4
LEAST_NAME = 3
# What is put before and behind a word to make a password of it.
ENDS = "0123456789!?.,;:*#+-_=@$%&/ "
# Shorter ones in a row are no two passwords, but many words.
LEAST_PART = 6
# With fewer that surprise, a password is a row of keys or letters.
FRESH = 5
_BETWEEN = re.compile(r"[\W_]+")
LEET = str.maketrans("013457@$!|", "oieastasil")

T = TypeVar("T")


class Passwords:
    """Hashes and verifies, one after the other, in a thread of its own. Each begins after `calm` has let
    those go first who are waited on, which is given how many seconds that may take."""

    def __init__(
        self, waiting: int = WAITING, calm: Callable[[float], Awaitable[None]] | None = None
    ) -> None:
        self._most = waiting
        self._calm = calm
        self._under_way: set[asyncio.Task[Any]] = set()
        self._places = asyncio.Semaphore(THREADS)
        self._pool = ThreadPoolExecutor(THREADS, "passwords", initializer=_step_back)
        # Nobody knows a password for it: verifying one takes as long as for an account.
        self._nobody = _made_up()

    async def hash(self, password: str) -> str:
        """argon2id. Raises `AccountsBusy`."""
        return await self._in_turn(lambda: _hasher().hash(_form(password)))

    async def verify(self, password: str, hash_: str | None) -> tuple[bool, str | None]:
        """Whether it is the password, and a hash to keep instead where the kept one is of an older kind.
        Without a hash the answer is no, and takes as long. Raises `AccountsBusy`."""
        return await self._in_turn(lambda: _verify(_form(password), hash_, self._nobody))

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if len(self._under_way) >= self._most:
            raise AccountsBusy("too many people sign in at once: try again in a moment", retry_after=2.0)
        # Also when nobody waits for it any more, it takes its place until it is done.
        task = asyncio.create_task(self._alone(work), name="password")
        self._under_way.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    async def _alone(self, work: Callable[[], T]) -> T:
        async with self._places:
            if self._calm:
                await self._calm(GIVES_WAY)
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            # Whoever waited for it may have left.
            task.exception()

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def check(password: str, *, email: str | None = None, name: str | None = None) -> None:
    """Raises `PasswordRefused` for one that is too short, too long, or among the first to be tried."""
    if len(password) < SHORTEST:
        raise PasswordRefused(f"a password has at least {SHORTEST} characters")
    if len(password) > LONGEST:
        raise PasswordRefused(f"a password has at most {LONGEST} characters")
    plain = _form(password).casefold()
    if _fresh(plain) < FRESH:
        raise PasswordRefused("this password is a row of keys: choose one that is harder to guess")
    if _is_common(plain):
        raise PasswordRefused("this password is one that many people use: choose another")
    if any(len(plain.replace(it, "").strip(ENDS)) <= FEW for it in _known(email, name)):
        raise PasswordRefused(
            "this password is your name, your e-mail or this program's name: choose another"
        )


def _form(password: str) -> str:
    """As keyboards differ in how they compose letters."""
    return unicodedata.normalize("NFC", password)


def _known(email: str | None, name: str | None) -> list[str]:
    """What whoever guesses tries beside the common ones, in small letters."""
    local, _, domain = (email or "").partition("@")
    words = [email or "", local, domain.partition(".")[0], name or "", *(name or "").split(), "daybook"]
    return sorted({it.casefold() for it in words if len(it) >= LEAST_NAME}, key=len, reverse=True)


def _is_common(plain: str) -> bool:
    """Whether it is a common one, also twice, in other letters, or with a year or so around it; or two of
    them in a row."""
    once = _once(plain)
    bare = once.strip(ENDS)
    # What is left of a number is nothing, of which everything could be made.
    shortened = [bare] if bare and len(once) - len(bare) <= FEW else []
    words = set(_BETWEEN.split(plain)) - {""}
    candidates = {plain, once, *shortened, *(words if len(words) == 1 else ())}
    candidates |= {it.translate(LEET) for it in candidates}
    common = _common()
    joined = _BETWEEN.sub("", plain)
    splits = range(LEAST_PART, len(joined) - LEAST_PART + 1)
    is_two = any(joined[:at] in common and joined[at:] in common for at in splits)
    return is_two or not candidates.isdisjoint(common)


def _once(text: str) -> str:
    """What the whole text repeats, or else the text."""
    return text[: (text + text).find(text, 1)]


def _fresh(text: str) -> int:
    """How many of its characters do not just follow from the one before, as in aaaa, abcd, 9876."""
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    return 1 + sum(step not in {-1, 0, 1} for step in steps)


@cache
def _common() -> frozenset[str]:
    """The 3,000 most common passwords, and those of ten and more characters among the first 30,000."""
    file = resources.files(__package__) / "common_passwords.txt"
    return frozenset(file.read_text("utf-8").split())


@cache
def _hasher() -> "PasswordHash":
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher
    from pwdlib.hashers.bcrypt import BcryptHasher

    newest = Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY, parallelism=LANES)
    return PasswordHash((newest, BcryptHasher()))


def _verify(password: str, hash_: str | None, nobody: str) -> tuple[bool, str | None]:
    from pwdlib.exceptions import UnknownHashError

    is_bcrypt = hash_ is not None and hash_.startswith("$2")
    if hash_ is None or (is_bcrypt and len(password.encode()) > MOST_OF_BCRYPT):
        _hasher().verify(password, nobody)
        return False, None
    try:
        return _hasher().verify_and_update(password, hash_)
    except (UnknownHashError, ValueError):
        # A hash that no program of ours made, or a password that its kind cannot have.
        return False, None


def _made_up() -> str:
    salt, digest = (base64.b64encode(os.urandom(size)).decode().rstrip("=") for size in (16, 32))
    return f"$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}${salt}${digest}"


def _step_back() -> None:
    """Linux schedules each thread by itself; elsewhere there is only the whole process."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
