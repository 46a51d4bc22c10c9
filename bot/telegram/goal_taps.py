"""What the buttons under a goal do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.journal import phrases, replies
from bot.journal import phrases_goals as words
from bot.journal.days import today_of
from bot.journal.goals import changes, screens
from bot.journal.goals.telling import unit_of
from bot.journal.message import Reply
from bot.journal.numbers import plain
from bot.telegram import dialogs, misheard
from bot.telegram.context import Context
from bot.telegram.goals import all_of, end_question
from bot.telegram.screens import show, toast
from bot.telegram.taps import tapper, was_handled
from db.queries import goal_progress as progress
from db.queries import goals
from db.queries.goals import GoalRecord
from db.queries.people import Person

PATTERN = r"^goal:([a-z]{2,8}):([a-z0-9]{0,12}):([0-9a-f]{32})$"


@dataclass(frozen=True, kw_only=True)
class Tap:
    """`goal` is the tapper's own, locked. `is_repeat` as for taps on entries. `moved` gathers the entries
    whose replies are to say anew what they move."""

    session: AsyncSession
    update: Update
    person: Person
    goal: GoalRecord
    is_repeat: bool
    moved: list[UUID] = field(default_factory=list)

    async def show(self, reply: Reply) -> None:
        rows = [*reply.buttons, *misheard.still_offered(self.update)]
        await show(self.session, self.update, replace(reply, buttons=rows), user_id=self.person.user_id)

    async def show_goal(self, goal: GoalRecord) -> None:
        await self.show(await screens.one(self.session, goal, today=today_of(self.person)))

    async def ask(self, question: str, field: str) -> None:
        await dialogs.ask(self.session, self.update, question, goal=self.goal.id.hex, field=field)


Act = Callable[[Tap, str], Awaitable[str | None]]


async def tapped(update: Update, context: Context) -> None:
    """Do what the button says, and show the goal as it is then."""
    match = context.match
    assert match is not None  # noqa: S101 - the table's pattern has matched
    word: str | None = words.GONE
    tap: Tap | None = None
    async with context.own(update) as session:
        person = await tapper(session, update)
        if person:
            await end_question(session, update, person)
            goal = await goals.lock(session, person.user_id, UUID(match[3]))
            is_repeat = await was_handled(session, update, person)
            if goal is not None:
                tap = Tap(session=session, update=update, person=person, goal=goal, is_repeat=is_repeat)
                act = ACTIONS.get(match[1])
                word = await act(tap, match[2]) if act else phrases.OLD_BUTTON
            elif is_repeat:
                # It was this very tap that took the goal away.
                word = None
    if tap is not None:
        await replies.show_again(context.parts.sessions, tap.person.user_id, tap.moved)
    context.parts.sender.nudge()
    await toast(update, word)


async def _one(tap: Tap, _about: str) -> str | None:
    await tap.show_goal(tap.goal)
    return None


async def _activate(tap: Tap, _about: str) -> str | None:
    goal = await changes.activate(tap.session, tap.goal)
    if goal is None:
        await tap.show(screens.asking(tap.goal, words.TOO_MANY.format(most=changes.MOST_ACTIVE), back="one"))
        return None
    await tap.show_goal(goal)
    return words.ADDED if tap.goal.state == "proposed" else words.RESUMED


async def _drop(tap: Tap, _about: str) -> str | None:
    if tap.goal.state != "proposed":
        return await _one(tap, "")
    await goals.forget(tap.session, tap.goal.user_id, tap.goal.id)
    await tap.show(Reply(html=words.NOT_ADDED))
    return words.NOT_ADDED


async def _pause(tap: Tap, _about: str) -> str | None:
    await tap.show_goal(await changes.pause(tap.session, tap.goal))
    return words.PAUSED


async def _finish(tap: Tap, _about: str) -> str | None:
    await tap.show_goal(await changes.finish(tap.session, tap.goal))
    return words.FINISHED


async def _ask_delete(tap: Tap, _about: str) -> str | None:
    await tap.show(screens.deleting(tap.goal))
    return None


async def _delete(tap: Tap, _about: str) -> str | None:
    tap.moved.extend(await changes.delete(tap.session, tap.goal))
    await tap.show(await all_of(tap.session, tap.update, tap.person))
    return words.DELETED


async def _edit(tap: Tap, _about: str) -> str | None:
    await tap.show(screens.editing(tap.goal))
    return None


async def _title(tap: Tap, _about: str) -> str | None:
    await tap.ask("goal_words", "title")
    await tap.show(screens.asking(tap.goal, words.ASK_TITLE))
    return None


async def _why(tap: Tap, _about: str) -> str | None:
    await tap.ask("goal_words", "why")
    await tap.show(screens.asking(tap.goal, words.ASK_WHY))
    return None


async def _target(tap: Tap, _about: str) -> str | None:
    await tap.ask("goal_number", "target")
    await tap.show(screens.asking(tap.goal, words.ASK_TARGET))
    return None


async def _amount(tap: Tap, _about: str) -> str | None:
    await tap.ask("goal_number", "amount")
    example = plain(screens.tap_step(tap.goal.target) + 1)
    await tap.show(screens.asking(tap.goal, words.ASK_AMOUNT.format(example=example), back="one"))
    return None


async def _often(tap: Tap, _about: str) -> str | None:
    await tap.show(screens.cadences(tap.goal))
    return None


async def _per(tap: Tap, cadence: str) -> str | None:
    if cadence not in words.CADENCES:
        return phrases.OLD_BUTTON
    goal = await changes.repeat(tap.session, tap.goal, None if cadence == "once" else cadence)
    await tap.show(screens.editing(goal))
    return words.CHANGED


async def _more(tap: Tap, _about: str) -> str | None:
    return await _add(tap, screens.tap_step(tap.goal.target))


async def _less(tap: Tap, _about: str) -> str | None:
    return await _add(tap, -screens.tap_step(tap.goal.target))


async def _add(tap: Tap, amount: float) -> str | None:
    if tap.goal.state != "active":
        return await _one(tap, "")
    today, goal = today_of(tap.person), tap.goal
    before = await progress.tapped(tap.session, goal, today)
    after = before if tap.is_repeat else await progress.add(tap.session, goal, today, amount)
    await tap.show_goal(goal)
    if amount < 0 and not before and not tap.is_repeat:
        return words.NOTHING_TO_TAKE
    return words.tapped(words.amount(plain(after), unit_of(goal)))


async def _rows(tap: Tap, page: str) -> str | None:
    number = int(page) if page.isdecimal() else 0
    await tap.show(
        await screens.counted(tap.session, tap.goal, today=today_of(tap.person), page=min(number, 999))
    )
    return None


async def _out(tap: Tap, about: str) -> str | None:
    return await _mark(tap, about, progress.take_back, words.TAKEN_BACK)


async def _back(tap: Tap, about: str) -> str | None:
    return await _mark(tap, about, progress.bring_back, words.COUNTS_AGAIN)


async def _mark(
    tap: Tap, about: str, mark: Callable[[AsyncSession, GoalRecord, UUID], Awaitable[None]], word: str
) -> str | None:
    """`about` is the key of what counted, and the page that it stands on."""
    found = await progress.by_key(tap.session, tap.goal, about[:8])
    if found is not None:
        progress_id, entry_id = found
        await mark(tap.session, tap.goal, progress_id)
        if entry_id:
            tap.moved.append(entry_id)
    await _rows(tap, about[8:])
    return word if found is not None else phrases.OLD_BUTTON


ACTIONS: dict[str, Act] = {
    "one": _one,
    "add": _activate,
    "resume": _activate,
    "drop": _drop,
    "pause": _pause,
    "finish": _finish,
    "ask": _ask_delete,
    "delete": _delete,
    "edit": _edit,
    "title": _title,
    "why": _why,
    "target": _target,
    "amount": _amount,
    "often": _often,
    "per": _per,
    "more": _more,
    "less": _less,
    "rows": _rows,
    "out": _out,
    "back": _back,
}
