"""What Daybook says of reminders, of quiet hours and of silence, as Telegram HTML but for labels."""

from collections.abc import Sequence
from datetime import datetime, time
from html import escape

from bot.journal.reminding import LONGEST, Problem

EXAMPLES = (
    "• <i>at 13:00 on weekdays to drink water</i>\n"
    "• <i>tomorrow at 9 to call the dentist</i>\n"
    "• <i>in 2 hours: take the cake out</i>\n"
    "• <i>every day at 21:30 stretch</i>\n"
    "• <i>on Mondays and Fridays at 7pm go running</i>"
)
ASK = f"What shall I remind you of, and when? In one line, such as:\n{EXAMPLES}"
REMEDIES = "when and what in one line, such as: tomorrow at 9 to call the dentist"

PROBLEMS: dict[Problem, str] = {
    "empty": ASK,
    "long": f"A reminder is a line of up to {LONGEST} characters. What shall it say, in short, and when?",
    "no_time": f"I can't read when that shall be. Say when and what in one line, such as:\n{EXAMPLES}",
    "no_hour": f"At what hour? Say when and what in one line, such as:\n{EXAMPLES}",
    "no_such_hour": "There is no such hour. Try one like 13:00, 9pm or half past nine.",
    "no_such_day": "I know no such day. Try one like tomorrow, on Mondays, 5 December or in 2 hours.",
    "past": "That moment has passed. When shall it be?",
    "far": "That is more than a year away, which is further than I plan. Try a nearer day.",
    "unsupported": "I can remind you every day, on certain weekdays, or once. Which of these shall it be?",
    "several": "One reminder comes at one hour. Send me one line for each, such as:\n" + EXAMPLES,
    "no_text": "And what shall I remind you of? Say it with the time, such as:\n" + EXAMPLES,
}

HEADING = "<b>Your reminders</b>"
NONE = f"You have no reminders. Add one with /remind, such as:\n{EXAMPLES}"
GONE = "This reminder is gone."
SURE = "Delete this reminder?"
ASK_CHANGE = (
    "How shall it be? Send me the new time, the new days, the new words, or all in one line: "
    "<i>at 14:00</i>, <i>on weekdays</i>, <i>drink tea</i>."
)
ADDED, CHANGED, DELETED, PAUSED, RESUMED = (
    "I'll remind you.",
    "Changed.",
    "Deleted.",
    "Paused.",
    "It is on again.",
)
OVER = "Its time has passed: change it first."

ONE, ALL, PREVIOUS, NEXT = "⚙ This reminder", "‹ All reminders", "‹", "›"
PAUSE, RESUME, CHANGE, DELETE, KEEP = "⏸ Pause", "▶ Resume", "✎ Change", "🗑 Delete", "Keep"
ADD, SILENCE = "＋ Add", "🔕 Silence for…"

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def too_many(most: int) -> str:
    return f"You have {most} reminders, which is as many as I keep. Delete one in /reminders first."


def nudge(text: str) -> str:
    return f"⏰ {escape(text, quote=False)}"


def every_week(days: Sequence[int], at: time) -> str:
    """“on weekdays at 13:00”."""
    if len(days) == 7:
        when = "every day"
    elif tuple(days) == (0, 1, 2, 3, 4):
        when = "on weekdays"
    elif tuple(days) == (5, 6):
        when = "at weekends"
    else:
        names = [f"{DAYS[day]}s" for day in days]
        when = f"on {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"on {names[0]}"
    return f"{when} at {at:%H:%M}"


def once(there: datetime, today: datetime) -> str:
    """“once, tomorrow at 09:00”, by the person's own clock."""
    days = (there.date() - today.date()).days
    named = {0: "today", 1: "tomorrow"}.get(days)
    day = named or f"on {DAYS[there.weekday()]}, {there.day} {there:%B}"
    year = f" {there.year}" if there.year != today.year else ""
    return f"once, {day}{year} at {there:%H:%M}"


def item(number: int, text: str, when: str, *, is_paused: bool) -> str:
    mark = " (paused)" if is_paused else ""
    return f"{number}. {escape(text, quote=False)}\n   <i>{when}{mark}</i>"


def detail(text: str, when: str, *, is_paused: bool) -> str:
    mark = "\n⏸ It is paused." if is_paused else ""
    return f"⏰ <b>{escape(text, quote=False)}</b>\n{when[0].upper()}{when[1:]}.{mark}"


def quiet_weekly(begins: time, ends: time) -> str:
    return (
        f"That falls into your quiet hours, {begins:%H:%M} to {ends:%H:%M}, so it will not come. "
        "Change its hour, or the quiet hours in /settings."
    )


def quiet_once(ends: str) -> str:
    return f"That falls into your quiet hours: it comes when they end, at {ends}."


QUIET = "Quiet hours"
QUIET_OFF = "none"
QUIET_QUESTION = (
    "<b>When shall I keep quiet?</b> In quiet hours I only answer. A reminder that repeats is skipped; one "
    "that comes once waits until they end, and so does a summary."
)
SILENCE_QUESTION = (
    "<b>For how long shall I keep quiet?</b> Until then I only answer when you write. Reminders that repeat "
    "are skipped, and one that comes once waits. A summary is skipped too, unless the silence ends soon "
    "after its hour."
)
SILENCES = {"hour": "1 hour", "today": "Today", "week": "A week"}
SILENCE_OVER = "🔔 End the silence"
SPEAKS = "The silence is over."


def span(begins: time, ends: time) -> str:
    return f"{begins:%H:%M}–{ends:%H:%M}"


def silent(until: datetime, today: datetime) -> str:
    return f"🔕 Silent until {until:%H:%M} {_day(until, today)}. When you write, I still answer."


def _day(there: datetime, today: datetime) -> str:
    days = (there.date() - today.date()).days
    return {0: "today", 1: "tomorrow"}.get(days) or f"on {DAYS[there.weekday()]}, {there.day} {there:%B}"
