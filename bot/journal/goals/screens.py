"""What the chat shows of goals. The buttons name the goal, and what counted by the last letters of its id."""

from collections.abc import Sequence
from datetime import date
from math import floor
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal import phrases_goals as phrases
from bot.journal.goals.telling import done, unit_of
from bot.journal.message import Button, Reply
from bot.journal.numbers import plain
from bot.journal.panels import shortened
from bot.journal.phrases_correcting import day as short_day
from db.queries import goal_progress as progress
from db.queries import goals
from db.queries.goal_progress import Counted
from db.queries.goals import GoalRecord, Standing

Rows = list[list[Button]]

# Goals of a page, and of what counted; how much of that stands with the goal itself.
PER_PAGE, COUNTED_PER_PAGE, LATEST = 5, 6, 3
OPEN, CLOSED = ("active", "paused"), ("finished",)
CELLS, FULL, EMPTY = 8, "▰", "▱"
LONGEST_QUOTE = 80
# A tap adds one of these: the greatest that fits four times into the target.
STEPS = (1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000)


def bar(amount: float, target: float | None) -> str:
    """“▰▰▰▱▱▱▱▱”: begun with the first thing done, full only when all is; none without a target."""
    if target is None:
        return ""
    cells = CELLS if amount >= target else min(floor(amount / target * CELLS), CELLS - 1)
    cells = max(cells, 1 if amount > 0 else 0)
    return FULL * cells + EMPTY * (CELLS - cells)


def tap_step(target: float | None) -> float:
    """How much one tap adds."""
    fitting = [step for step in STEPS if step * 4 <= (target or 0)]
    return float(fitting[-1] if fitting else 1)


async def listing(session: AsyncSession, user_id: UUID, *, today: date, page: int = 0) -> Reply:
    """The active goals and then the paused ones, page by page."""
    count = await goals.how_many(session, user_id, OPEN)
    active = await goals.how_many(session, user_id, OPEN[:1])
    finished = await goals.how_many(session, user_id, CLOSED)
    if not count and not finished:
        return Reply(html=phrases.NO_GOALS)
    last = max(0, (count - 1) // PER_PAGE)
    page = min(page, last)
    found = await goals.page(session, user_id, OPEN, start=page * PER_PAGE, most=PER_PAGE)
    standings = await goals.standings(session, user_id, found, today)
    first = page * PER_PAGE + 1
    items = [_item(number, it) for number, it in enumerate(standings, first)]
    rows = _choices(found, first)
    if last:
        rows.append(_pages("list", page, last))
    end = [Button(label=phrases.ADD, data="goals:add:0")]
    if finished:
        end.append(Button(label=phrases.finished_label(finished), data="goals:done:0"))
    return Reply(html="\n\n".join([phrases.heading(active), *items]), buttons=[*rows, end])


def _item(number: int, standing: Standing) -> str:
    goal = standing.goal
    if goal.state != "active":
        return phrases.item(number, goal.title, phrases.STATES[goal.state], "")
    return phrases.item(number, goal.title, told(standing), bar(standing.done, goal.target))


def told(standing: Standing) -> str:
    """“2 of 3 times this week, 66 %”."""
    target = standing.goal.target
    if target is None:
        return done(standing)
    reached = standing.done >= target
    return f"{done(standing)}, {phrases.reached() if reached else phrases.percent(standing.done, target)}"


async def finished(session: AsyncSession, user_id: UUID, *, page: int = 0) -> Reply:
    count = await goals.how_many(session, user_id, CLOSED)
    last = max(0, (count - 1) // PER_PAGE)
    page = min(page, last)
    found = await goals.page(session, user_id, CLOSED, start=page * PER_PAGE, most=PER_PAGE)
    first = page * PER_PAGE + 1
    items = [phrases.item(number, it.title, _closed(it), "") for number, it in enumerate(found, first)]
    rows = _choices(found, first)
    if last:
        rows.append(_pages("done", page, last))
    html = "\n\n".join([phrases.FINISHED_HEADING, *(items or [phrases.NONE_FINISHED])])
    return Reply(html=html, buttons=[*rows, [_to_all()]])


def _closed(goal: GoalRecord) -> str:
    return phrases.in_all(phrases.amount(plain(goal.progress), unit_of(goal)))


def _choices(found: Sequence[GoalRecord], first: int) -> Rows:
    return [
        [_button(phrases.label(number, goal.title), "one", goal)] for number, goal in enumerate(found, first)
    ]


async def one(session: AsyncSession, goal: GoalRecord, *, today: date) -> Reply:
    """One goal, and all that can be done with it; one that is only proposed waits for its person's word."""
    if goal.state == "proposed":
        return proposal(goal)
    lines = [phrases.named(goal.title)]
    if goal.state != "active":
        lines.append(phrases.STATES[goal.state])
    if goal.state != "finished":
        standing = await goals.standing(session, goal, today)
        lines.append(told(standing))
        lines += [it for it in [bar(standing.done, goal.target)] if it]
    lines += _about(goal)
    latest = await progress.counted(session, goal, most=LATEST, taken_back=False)
    if latest:
        lines += ["", *(_line(goal, it, today) for it in latest)]
    return Reply(html="\n".join(lines), buttons=_rows_of(goal))


def proposal(goal: GoalRecord, *, by_rule: bool = False) -> Reply:
    lines = [phrases.named(goal.title), *_about(goal), ""]
    lines.append(f"{phrases.BY_RULE}\n{phrases.SHALL_I}" if by_rule else phrases.SHALL_I)
    rows = [
        [_button(phrases.ADD_THIS, "add", goal)],
        [_button(phrases.CHANGE, "edit", goal), _button(phrases.NEVER_MIND, "drop", goal)],
    ]
    return Reply(html="\n".join(lines), buttons=rows)


def _about(goal: GoalRecord) -> list[str]:
    target = None if goal.target is None else plain(goal.target)
    lines = [phrases.counted_as(target, unit_of(goal), goal.cadence)]
    if goal.measure:
        lines.append(phrases.measure(goal.measure))
    if goal.category:
        lines.append(phrases.category(goal.category))
    if goal.why:
        lines.append(phrases.why(goal.why))
    return lines


def _rows_of(goal: GoalRecord) -> Rows:
    change, counted = _button(phrases.CHANGE, "edit", goal), _button(phrases.WHAT_COUNTED, "rows", goal)
    delete = _button(phrases.DELETE, "ask", goal)
    if goal.state == "finished":
        return [[_button(phrases.REOPEN, "resume", goal)], [counted, delete], [_to_all()]]
    finish = _button(phrases.FINISH, "finish", goal)
    if goal.state == "paused":
        return [[_button(phrases.RESUME, "resume", goal), finish], [change, counted], [delete, _to_all()]]
    step = plain(tap_step(goal.target))
    taps = [
        _button(phrases.step_back(step), "less", goal),
        _button(phrases.step(step), "more", goal),
        _button(phrases.OTHER_AMOUNT, "amount", goal),
    ]
    return [taps, [change, counted], [_button(phrases.PAUSE, "pause", goal), finish], [delete, _to_all()]]


def editing(goal: GoalRecord) -> Reply:
    html = "\n".join([phrases.named(goal.title), *_about(goal)])
    rows = [
        [_button(phrases.TITLE, "title", goal), _button(phrases.TARGET, "target", goal)],
        [_button(phrases.CADENCE, "often", goal), _button(phrases.WHY, "why", goal)],
        [_back(goal)],
    ]
    return Reply(html=html, buttons=rows)


def cadences(goal: GoalRecord) -> Reply:
    now = goal.cadence or "once"
    rows = [
        [_button(f"{'• ' if name == now else ''}{label}", "per", goal, name)]
        for name, label in phrases.PERIODS.items()
    ]
    html = f"{phrases.named(goal.title)}\n{phrases.ASK_CADENCE}"
    return Reply(html=html, buttons=[*rows, [_back(goal, "edit")]])


def asking(goal: GoalRecord, question: str, back: str = "edit") -> Reply:
    """Something about the goal is to be typed."""
    return Reply(html=f"{phrases.named(goal.title)}\n{question}", buttons=[[_back(goal, back)]])


def deleting(goal: GoalRecord) -> Reply:
    rows = [[_button(phrases.YES_DELETE, "delete", goal), _button(phrases.KEEP, "one", goal)]]
    return Reply(html=f"{phrases.named(goal.title)}\n{phrases.CONFIRM_DELETE}", buttons=rows)


async def counted(session: AsyncSession, goal: GoalRecord, *, today: date, page: int = 0) -> Reply:
    """What moved the goal, with its words; a tap takes one back, or brings it back."""
    start = page * COUNTED_PER_PAGE
    found = await progress.counted(session, goal, start=start, most=COUNTED_PER_PAGE + 1)
    seen = found[:COUNTED_PER_PAGE]
    if not seen and page:
        return await counted(session, goal, today=today, page=0)
    lines = [_line(goal, it, today) for it in seen]
    html = "\n".join([phrases.named(goal.title), *(lines or [phrases.NOTHING_COUNTED])])
    if seen:
        html += f"\n{phrases.TAP_TO_TAKE_BACK}"
    rows = [[_taking(goal, it, today, page)] for it in seen]
    turn = []
    if page:
        turn.append(_button(phrases.PREVIOUS, "rows", goal, str(page - 1)))
    if len(found) > len(seen):
        turn.append(_button(phrases.NEXT, "rows", goal, str(page + 1)))
    return Reply(html=html, buttons=[*rows, *([turn] if turn else []), [_back(goal)]])


def key(counted: Counted) -> str:
    """The part of its id that a button carries: random, unlike its beginning."""
    return counted.id.hex[-8:]


def _taking(goal: GoalRecord, it: Counted, today: date, page: int) -> Button:
    is_removed = it.removed_at is not None
    label = phrases.counted_label(_day(it, today), _amount(goal, it), is_removed=is_removed)
    return _button(label, "back" if is_removed else "out", goal, f"{key(it)}{page}")


def _line(goal: GoalRecord, it: Counted, today: date) -> str:
    quote = shortened(it.quote, LONGEST_QUOTE)
    is_removed = it.removed_at is not None
    return phrases.counted_line(_day(it, today), _amount(goal, it), quote, is_removed=is_removed)


def _amount(goal: GoalRecord, it: Counted) -> str:
    return phrases.amount(plain(it.amount), unit_of(goal))


def _day(it: Counted, today: date) -> str:
    return short_day(it.local_date, today.year)


def _pages(what: str, page: int, last: int) -> list[Button]:
    row = []
    if page > 0:
        row.append(Button(label=phrases.PREVIOUS, data=f"goals:{what}:{page - 1}"))
    if page < last:
        row.append(Button(label=phrases.NEXT, data=f"goals:{what}:{page + 1}"))
    return row


def _to_all() -> Button:
    return Button(label=phrases.ALL_GOALS, data="goals:list:0")


def _back(goal: GoalRecord, action: str = "one") -> Button:
    return _button(phrases.BACK, action, goal)


def _button(label: str, action: str, goal: GoalRecord, about: str = "") -> Button:
    return Button(label=label, data=f"goal:{action}:{about}:{goal.id.hex}")
