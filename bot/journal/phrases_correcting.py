"""What Daybook says when somebody corrects, moves or deletes an entry, as Telegram HTML."""

from datetime import date
from html import escape

# How a value is shown, by metric; the first name in NAMES is what it is called without one.
VALUES = {
    "mood": "mood {}/10",
    "energy": "energy {}/10",
    "stress": "stress {}/10",
    "anxiety": "anxiety {}/10",
    "focus": "focus {}/10",
    "sleep_hours": "slept {} h",
    "sleep_quality": "sleep quality {}/10",
    "exercise_minutes": "exercise {} min",
    "steps": "{} steps",
    "distance_km": "{} km",
    "weight_kg": "weight {} kg",
    "water_glasses": "water {}",
    "coffee_cups": "coffee {}",
    "alcohol_drinks": "alcohol {}",
    "screen_hours": "screen {} h",
    "work_hours": "worked {} h",
    "meditation_minutes": "meditated {} min",
    "reading_minutes": "reading {} min",
    "outdoor_minutes": "outdoors {} min",
    "social_minutes": "with people {} min",
    "pain": "pain {}/10",
}
NAMES = {
    "sleep_hours": "hours of sleep",
    "sleep_quality": "sleep quality",
    "exercise_minutes": "exercise",
    "distance_km": "distance",
    "weight_kg": "weight",
    "water_glasses": "water",
    "coffee_cups": "coffee",
    "alcohol_drinks": "alcohol",
    "screen_hours": "screen time",
    "work_hours": "work",
    "meditation_minutes": "meditation",
    "reading_minutes": "reading",
    "outdoor_minutes": "time outdoors",
    "social_minutes": "time with people",
}
# What may be typed for a value, by unit.
EXAMPLES = {
    "points": "7",
    "hours": "7.5 h, 7h30 or 90 min",
    "minutes": "30 min or 1h15",
    "steps": "8,500",
    "km": "5.2 km or 3 mi",
    "kg": "72.4 kg or 160 lb",
    "glasses": "6",
    "cups": "2",
    "drinks": "1",
}

CORRECT, MORE = "✎", "⋯"
METRICS, ANOTHER_DAY, DELETE, CLOSE = "Numbers", "Another day", "🗑 Delete", "Close"
BACK, LESS, GREATER, OTHER_VALUE, TAKE_OUT, ADD = "‹ Back", "−", "+", "Other value", "Remove", "Add a number"
PREVIOUS, NEXT = "‹", "›"
KEEP, UNDO, YES_DELETE = "Keep", "Undo", "Delete"
OTHER_DAY = "Another date…"
FIX, NEVER_MIND = "✎ Fix", "Never mind"

NO_METRICS = "There are no numbers with this entry yet."
WHICH_METRIC = "Which number shall I add?"
METRICS_ABOVE = "Tap a number to change or remove it."

ENTRY_DELETED = "This entry is deleted."
METRIC_GONE = "This number is gone."
METRIC_REMOVED = "Removed. It no longer counts."
METRIC_BACK = "It counts again."

WHICH_DAY = "Which day is this about?"
TYPE_DAY = "Type the date: <i>yesterday</i>, <i>last Friday</i>, <i>3 Nov</i> or <i>2026-11-03</i>."
FUTURE_DAY = "That day is still to come. Which day is it about, today or earlier?"

NO_SUCH_DAY = (
    "I need a single day, today or earlier, such as <i>yesterday</i>, <i>last Friday</i>, <i>3 Nov</i> or "
    "<i>2026-11-03</i>. Which one is it? /cancel leaves it as it is."
)

ASK_DELETE = "Delete this entry? It can be brought back for a day."
DELETED = "🗑 Deleted. It can be brought back for a day."
DELETED_FOR_GOOD = "🗑 Deleted."
TRANSCRIPT_DELETED = "🎙 Deleted."
IS_BACK = "It is back."
KEPT = "Kept."
GONE_FOR_GOOD = "This entry is gone for good: it could only be brought back for a day."
WORDLESS = "an entry without words"
NOTHING_TO_DELETE = "There is no entry here to delete."
NOT_AN_ENTRY_TO_DELETE = (
    "That message is not one of your entries. Reply with /delete to the entry that should go."
)

WAS_ENTRY, IS_ENTRY = "✍ That was an entry", "It is kept as an entry."

FIX_HOW = (
    "Send me the right words as your next message, or as a reply to this one. "
    "I'll read the entry again with them."
)
FIXED = "Thank you, I have your words now, and read the entry again."
FIX_SAME = "That is just what I have."
FIX_EMPTY = "There are no words in that. What did you say?"
FIX_KEPT = "I leave it as it is."


def value(name: str, shown: str) -> str:
    """“slept 6.5 h”; a metric without a phrase is named as it is called."""
    return VALUES.get(name, name.replace("_", " ") + " {}").format(shown)


def name_of(name: str) -> str:
    return NAMES.get(name, name.replace("_", " "))


def noted(shown: str) -> str:
    return f"Noted: {shown}"


def metric_line(shown: str, read: str | None, quote: str | None) -> str:
    """A metric with the words that it comes from, and what was read where the person corrected it."""
    line = f"<b>{escape(shown, quote=False)}</b>"
    if read:
        line += f" (I read {escape(read, quote=False)})"
    if quote:
        line += f" — “{escape(quote, quote=False)}”"
    return line


def type_value(name: str, unit: str) -> str:
    called = name_of(name).capitalize()
    return f"{called}: type the value, such as {EXAMPLES.get(unit, '7')}. Type <i>none</i> for no value."


def out_of_range(name: str, lowest: str, highest: str) -> str:
    called = name_of(name).capitalize()
    return f"{called} goes from {lowest} to {highest}. I changed nothing; type another value."


def no_further(shown: str) -> str:
    return f"It ends at {shown}."


def day(day: date, this_year: int) -> str:
    """“Sat 21 Nov”, with its year where that is not plain."""
    year = "" if day.year == this_year else f" {day.year}"
    return f"{day:%a} {day.day} {day:%b}{year}"


def answers(first_words: str) -> str:
    """What a reply is about, where the chat does not show it."""
    return f"✍ “{first_words}”"


def about_day(day: str) -> str:
    return f"for {day}"


def is_about_day(day: str) -> str:
    return f"📅 {day}?"


def moved(day: str) -> str:
    return f"Noted: this is about {day}."


def ask_delete(first_words: str, when: str) -> str:
    return f"“{escape(first_words, quote=False)}”\n<i>{escape(when, quote=False)}</i>\n\n{ASK_DELETE}"


def corrected_transcript(text: str) -> str:
    return f"🎙 What you said:\n<blockquote expandable>{escape(text, quote=False)}</blockquote>"
