"""The menu under a reply, and the metrics behind it: taps and typed values."""

from collections.abc import Awaitable, Callable
from re import Match
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.ai.protocols import MetricKind
from bot.journal import corrections, numbers, panels, phrases, replies
from bot.journal import phrases_correcting as words
from bot.journal.message import Reply
from bot.journal.metrics import KINDS
from bot.telegram import dialogs, menus
from bot.telegram.context import Context
from bot.telegram.screens import show
from bot.telegram.taps import ENTRY, Tap, on_entry
from db.models import Metric
from db.queries import apart, entries, metrics, people
from db.queries.entries import EntryRecord

PATTERN = rf"^num:([a-z]+):([a-z_0-9]{{0,30}}):{ENTRY}$"


@on_entry()
async def tapped(tap: Tap, match: Match[str]) -> str | None:
    """Do what the button says, and show the entry as it is then."""
    act = ACTIONS.get(match[1])
    return await act(tap, match[2]) if act else phrases.OLD_BUTTON


async def _menu(tap: Tap, _about: str) -> str | None:
    await menus.show(tap, panels.menu(tap.entry))
    return None


async def _close(tap: Tap, _about: str) -> str | None:
    await menus.show(tap)
    return None


async def _list(tap: Tap, page: str) -> str | None:
    every = await metrics.all_of_entry(tap.session, tap.entry.user_id, tap.entry.id)
    await menus.show(tap, panels.listed(tap.entry, every, int(page) if page.isdecimal() else 0))
    return None


async def _one(tap: Tap, about: str) -> str | None:
    metric = await _metric(tap, about)
    if metric is None:
        return await _gone(tap)
    await menus.show(tap, panels.one(tap.entry, metric))
    return None


async def _up(tap: Tap, about: str) -> str | None:
    return await _step(tap, about, "up")


async def _down(tap: Tap, about: str) -> str | None:
    return await _step(tap, about, "down")


async def _step(tap: Tap, about: str, direction: Literal["up", "down"]) -> str | None:
    """`about` is the metric's key, and the page of the list if the button stands there."""
    wanted, page = about[:8], about[8:]
    metric = await _metric(tap, wanted)
    kind = KINDS.get(metric.name) if metric else None
    if metric is None or kind is None:
        return await _gone(tap)
    before = metric.value
    value = before if tap.is_repeat else numbers.step(kind, before, direction)
    if value != before:
        await metrics.correct(tap.session, tap.entry.user_id, metric.id, value)
        await replies.show(tap.session, tap.entry)
    await (_list(tap, page) if page else _one(tap, wanted))
    shown = numbers.shown(kind.name, value)
    return words.no_further(shown) if value == before and not tap.is_repeat else shown


async def _ask_value(tap: Tap, about: str) -> str | None:
    metric = await _metric(tap, about)
    if metric is None or metric.name not in KINDS:
        return await _gone(tap)
    await _wait(tap, metric.name, about)
    await menus.show(tap, panels.typing(tap.entry, metric.name))
    return None


async def _take_out(tap: Tap, about: str) -> str | None:
    metric = await _metric(tap, about)
    if metric is not None:
        await metrics.remove(tap.session, tap.entry.user_id, metric.id)
        await replies.show(tap.session, tap.entry)
    await _list(tap, "0")
    return words.METRIC_REMOVED


async def _bring_back(tap: Tap, about: str) -> str | None:
    metric = await _metric(tap, about)
    if metric is None:
        return await _gone(tap)
    await metrics.bring_back(tap.session, tap.entry.user_id, metric.id)
    await replies.show(tap.session, tap.entry)
    await _list(tap, "0")
    return words.METRIC_BACK


async def _add(tap: Tap, page: str) -> str | None:
    known = await metrics.of_entry(tap.session, tap.entry.user_id, tap.entry.id)
    await menus.show(tap, panels.adding(tap.entry, known, int(page) if page.isdecimal() else 0))
    return None


async def _new(tap: Tap, name: str) -> str | None:
    if name not in KINDS:
        return phrases.OLD_BUTTON
    await _wait(tap, name, "")
    await menus.show(tap, panels.typing(tap.entry, name))
    return None


ACTIONS: dict[str, Callable[[Tap, str], Awaitable[str | None]]] = {
    "menu": _menu,
    "close": _close,
    "list": _list,
    "one": _one,
    "up": _up,
    "down": _down,
    "value": _ask_value,
    "out": _take_out,
    "back": _bring_back,
    "add": _add,
    "new": _new,
}


async def _wait(tap: Tap, name: str, key: str) -> None:
    """For the value to be typed."""
    about = {"entry": tap.entry.id.hex, "name": name, "key": key, "place": await menus.place(tap)}
    await dialogs.ask(tap.session, tap.update, "number", **about)


async def _metric(tap: Tap, key: str) -> Metric | None:
    every = await metrics.all_of_entry(tap.session, tap.entry.user_id, tap.entry.id)
    return panels.by_key(every, key)


async def _gone(tap: Tap) -> str:
    """The entry was read again meanwhile, and this metric is not in it."""
    await _list(tap, "0")
    return words.METRIC_GONE


async def hear(session: AsyncSession, update: Update, context: Context, question: dict[str, Any]) -> bool:
    """A typed value: a number with its unit, or "none". Anything else is no answer."""
    message, user, kind = update.effective_message, update.effective_user, KINDS.get(question["name"])
    value = numbers.typed(message.text or "", kind) if message and kind else None
    if message is None or user is None or kind is None or value is None:
        return False
    await apart.set_apart(session, message.chat.id, [message.message_id])
    owner = await people.by_identity(session, user.id)
    entry = await entries.lock(session, owner, UUID(question["entry"])) if owner else None
    if entry is None or owner is None:
        html = phrases.ENTRY_GONE
    elif value != "none" and not numbers.fits(kind, value):
        about = {it: question.get(it) for it in ("entry", "name", "key", "place")}
        await dialogs.ask(session, update, "number", **about)
        html = words.out_of_range(kind.name, numbers.plain(kind.minimum), numbers.plain(kind.maximum))
    else:
        html = await _take(session, entry, kind, question["key"], value)
        person = await people.find(session, owner, message.chat.id)
        await menus.put(session, person, entry, question.get("place"))
    await show(session, update, Reply(html=html), user_id=owner)
    return True


async def _take(
    session: AsyncSession, entry: EntryRecord, kind: MetricKind, key: str, value: float | Literal["none"]
) -> str:
    """Keep what was typed; what the person hears of it."""
    every = await metrics.all_of_entry(session, entry.user_id, entry.id)
    metric = panels.by_key(every, key) if key else None
    html = words.METRIC_GONE
    if value != "none" and (metric is not None or not key):
        await corrections.say_metric(session, entry, kind.name, value, metric)
        html = words.noted(numbers.shown(kind.name, value))
    elif metric is not None:
        await metrics.remove(session, entry.user_id, metric.id)
        html = words.METRIC_REMOVED
    elif not key:
        html = words.KEPT
    return html
