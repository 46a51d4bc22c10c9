"""The buttons under a summary: why, correct, quieter. What they open comes below it: its words stay."""

from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import evenings, phrases
from bot.journal.care import card_for
from bot.journal.days import today_of
from bot.journal.preferences import Preferences
from bot.journal.safety import Concern
from bot.journal.scoring import screens
from bot.journal.summary import levels
from bot.telegram.context import Context
from bot.telegram.opening import show_below
from bot.telegram.score import PATIENCE
from bot.telegram.screens import show, toast
from bot.telegram.taps import day_named, tapper
from db.queries import preferences, search
from db.queries.people import Person

WHY = r"^evening:(why|fix):([0-9]{8})$"
QUIETER = r"^evening:(quieter|level):(full|plain|numbers|weekdays|off)$"
OTHER = r"^evening:(help|hush|soft)$"


async def explained(update: Update, context: Context) -> None:
    """Why the score is as it is, or the way to correct it."""
    match = context.match
    assert match is not None  # noqa: S101 - the table's pattern has matched
    async with context.own(update) as session:
        person = await tapper(session, update)
    day = day_named(match[2])
    if person is None or day is None:
        await toast(update, phrases.OLD_BUTTON)
        return
    scored = await context.parts.scorer.bring_up_to_date(person.user_id, day, patience=PATIENCE, again=False)
    today = today_of(person)
    async with context.own(update) as session:
        if scored.state not in {"scored", "too_little"}:
            reply = screens.main(scored, today)
        elif match[1] == "fix":
            reply = screens.correcting(scored)
        else:
            days = await search.days_of(session, person.user_id, screens.entries_of(scored))
            reply = screens.why(scored, 0, days, today)
        await show_below(session, update, reply, person, what=match[1])
    context.parts.sender.nudge()
    await toast(update)


async def quieter(update: Update, context: Context) -> None:
    """One step quieter than the summary was, unless it is already; or just as a button below says."""
    match = context.match
    assert match is not None  # noqa: S101 - the table's pattern has matched
    seen = cast("levels.Level", match[2])
    async with context.own(update) as session:
        person = await tapper(session, update)
        if person is None:
            word: str | None = phrases.OLD_BUTTON
        elif match[1] == "level":
            await _set(session, person, seen)
            await show(session, update, levels.screen(seen), user_id=person.user_id)
            word = None
        else:
            now = levels.of(person)
            wanted = levels.quieter(seen)
            if levels.is_quieter(wanted, now):
                await _set(session, person, wanted)
                now = wanted
            await show_below(session, update, levels.screen(now), person, what="quieter")
            word = None
    context.parts.sender.nudge()
    await toast(update, word)


async def _set(session: AsyncSession, person: Person, level: levels.Level) -> None:
    was = Preferences.of(person.settings).wants_summary
    await preferences.change(session, person.user_id, **levels.chosen(level))
    if was != (level != "off"):
        await evenings.renew(session, person.user_id)


async def other(update: Update, context: Context) -> None:
    """The helplines once more; or no more lines after days without entries, or these after all."""
    match = context.match
    assert match is not None  # noqa: S101 - the table's pattern has matched
    async with context.own(update) as session:
        person = await tapper(session, update)
        if person is None:
            word: str | None = phrases.OLD_BUTTON
        else:
            word = None
            if match[1] == "help":
                await show_below(session, update, card_for(person, Concern.ACUTE), person, what="help")
            else:
                await preferences.change(session, person.user_id, soft_line=match[1] == "soft")
                if match[1] == "soft":
                    await show(session, update, levels.soft(wants=True), user_id=person.user_id)
                else:
                    await show_below(session, update, levels.soft(wants=False), person, what="hush")
    context.parts.sender.nudge()
    await toast(update, word)
