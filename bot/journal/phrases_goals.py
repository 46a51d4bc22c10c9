"""What Daybook says of goals, as Telegram HTML but for the labels of buttons."""

from html import escape

TIMES = "times"
LONGEST_LABEL = 32

ADD, ADD_THIS, CHANGE, NEVER_MIND = "＋ Add a goal", "✓ Add this goal", "✎ Change", "Never mind"
PAUSE, RESUME, FINISH, REOPEN, DELETE = "⏸ Pause", "▶ Resume", "🏁 Finish", "▶ Take it up again", "🗑 Delete"
YES_DELETE, KEEP = "Delete", "Keep"
WHAT_COUNTED, OTHER_AMOUNT = "What counted", "Other amount"
BACK, ALL_GOALS, PREVIOUS, NEXT = "‹ Back", "‹ Goals", "‹", "›"
TITLE, TARGET, CADENCE, WHY = "Words", "How much", "How often", "Why"

CADENCES = {"day": "a day", "week": "a week", "month": "a month", "once": "once, in all"}
PERIODS = {"day": "Each day", "week": "Each week", "month": "Each month", "once": "Once, in all"}
STATES = {"paused": "⏸ paused", "finished": "🏁 finished", "proposed": "not added yet"}

HEADING = "<b>Your goals</b>"
FINISHED_HEADING = "<b>Goals you finished</b>"
EXAMPLES = "<i>Run three times a week</i>, <i>read 20 pages a day</i>, <i>call mum more often</i>."
NO_GOALS = "You have no goals here yet. Tell me in one sentence what you want, in your own words: " + EXAMPLES
ASK_GOAL = "Tell me in one sentence what you want, in your own words: " + EXAMPLES
NONE_FINISHED = "No finished goals yet."
TOO_LONG = "A goal fits into one sentence of up to {most} characters, such as <i>run three times a week</i>."
WORDLESS = "I need a few words for that: what do you want to do, and how often?"
KEPT_AS_ENTRY = "I kept your message as an entry. /goals asks you again."
WANTS_NOTHING = "I took that for an entry, not for a goal."
TOO_MANY = "You have {most} active goals, and more would be hard to keep in sight. Pause or finish one first."
GONE = "This goal is gone."
BY_RULE = "<i>I read this by simple rules. Change what isn't right.</i>"
SHALL_I = "Shall I keep it as a goal?"
CONFIRM_DELETE = "Delete this goal, with all that counted for it? It can't be brought back."

ADDED, NOT_ADDED, DELETED = "Added.", "Not added.", "Deleted."
PAUSED, RESUMED, FINISHED = "Paused.", "It is on again.", "Finished."
TAKEN_BACK, COUNTS_AGAIN, CHANGED = "It doesn't count any more.", "It counts again.", "Changed."
NOTHING_COUNTED = "Nothing counted yet. Entries that speak of it count by themselves."
NOTHING_TO_TAKE = "Nothing was added by tap today."
TAP_TO_TAKE_BACK = "<i>Tap one to take it back, or to count it again.</i>"
BY_TAP = "by tap"

ASK_TITLE = "Send me the new words for this goal."
ASK_TARGET = (
    "How much? Type a number with what is counted, such as <i>3</i>, <i>20 pages</i> or <i>5 km</i>. "
    "Type <i>none</i> for no target."
)
ASK_CADENCE = "Is that for each day, each week or each month, or once?"
ASK_WHY = "Why do you want it? In a sentence; I keep it in mind. Type <i>none</i> for no reason."
ASK_AMOUNT = "How much shall I add for today? Type a number, such as <i>{example}</i>."
OUT_OF_RANGE = "That can't be: I take numbers from 0.01 to {most}. I changed nothing; type another one."


def heading(active: int) -> str:
    return HEADING if active else "<b>Your goals</b>: none is active now."


def item(number: int, title: str, told: str, bar: str) -> str:
    """A goal of the list: its words first, the bar last, since a bar is nothing to listen to."""
    lines = [f"{number}. <b>{escape(title, quote=False)}</b>", escape(told, quote=False)]
    return "\n".join([*lines, bar] if bar else lines)


def label(number: int, title: str) -> str:
    text = f"{number}. {title}"
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1].rstrip() + "…"


def finished_label(count: int) -> str:
    return f"🏁 Finished ({count})"


def named(title: str) -> str:
    return f"<b>{escape(title, quote=False)}</b>"


def counted_as(target: str | None, unit: str, cadence: str | None) -> str:
    """“Aim: 3 times a week”."""
    per = CADENCES[cadence or "once"]
    if unit == TIMES and target == "1":
        amount = f"once {per}" if cadence else per
    elif unit == TIMES and target is None:
        amount = f"how often {per.removeprefix('once, ')}, without a target"
    else:
        amount = f"{target} {unit} {per}" if target else f"{unit} {per}, without a target"
    return f"{'Aim' if target else 'Counted'}: {escape(amount, quote=False)}"


def measure(text: str) -> str:
    return f"What counts: {escape(text, quote=False)}"


def category(name: str) -> str:
    return f"Belongs to: {name}"


def why(text: str) -> str:
    return f"Why: {escape(text, quote=False)}"


def percent(done: float, target: float) -> str:
    return f"{min(int(100 * done / target), 999)} %"


def reached() -> str:
    return "reached ✓"


def step(amount: str) -> str:
    return f"+{amount}"


def step_back(amount: str) -> str:
    return f"−{amount}"


def tapped(told: str) -> str:
    """What the taps of a day come to."""
    return f"{told} by tap today."


def amount(number: str, unit: str) -> str:
    """“20 pages”, “1×”."""
    return f"{number}×" if unit == TIMES else f"{number} {unit}"


def moved(title: str, amount: str, unit: str) -> str:
    """What an entry's reply says of a goal: plain text."""
    return f"🎯 {title} +{amount}" if unit in {"", TIMES} else f"🎯 {title} +{amount} {unit}"


def in_all(told: str) -> str:
    return f"{told} in all"


def told_anew(number: str, before: str, after: str) -> str:
    """The unit of a goal changed, and what was counted keeps its numbers."""
    said = f"Numbers counted so far stay as they are: {amount(number, before)} is now told as "
    return escape(f"{said}{amount(number, after)}. {WHAT_COUNTED} lets you take them back.", quote=False)


def counted_line(day: str, amount: str, quote: str | None, *, is_removed: bool) -> str:
    text = f"{day}: {amount}"
    line = f"<s>{escape(text, quote=False)}</s>" if is_removed else escape(text, quote=False)
    return f"{line}, {BY_TAP}" if quote is None else f"{line} — “{escape(quote, quote=False)}”"


def counted_label(day: str, amount: str, *, is_removed: bool) -> str:
    return f"{'↩' if is_removed else '✕'} {day}: {amount}"
