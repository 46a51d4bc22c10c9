"""What Daybook says when somebody searches and looks back, as Telegram HTML."""

from collections.abc import Sequence
from datetime import date, datetime
from html import escape

from bot.journal.dates import spans
from bot.journal.metrics import KINDS
from bot.journal.phrases_correcting import day as short_day

RECORDING, WORDLESS = "🎙", "<i>no words yet</i>"
BACK, ON = "«", "»"
WEEK, MONTH = "Week", "Month"
EARLIER, LATER = "‹ Earlier", "Later ›"
WHAT_I_SAID = "💬 What I said"
ANOTHER = "🎲 Another day"
THIS_MONTH, THIS_YEAR, VOICE_ONLY, GOOD_DAYS = "This month", "This year", "🎙 Voice only", "🙂 Good days"
ON_GOOD_DAYS = "good days"
NO_FILTERS = "✕ Without filters"

ASK_SEARCH = (
    "What are you looking for? Send me a few words. You can narrow them down: <code>in:may</code>, "
    "<code>from:2026-05-01 to:2026-05-31</code>, <code>mood&gt;=7</code>, <code>kind:voice</code>."
)
SEARCH_GONE = "This search is too old. Send /search again."
NOTHING_WRITTEN = "Your diary is still empty. Write or say a few words about today, and it begins."
NOTHING_FOUND = "I found nothing."
TRY_OTHER_WORDS = "Try fewer or other words."
TRY_WITHOUT_FILTERS = "Try it without the filters."
TRY_HISTORY = "/history leads through your days."
BY_WORDS_ONLY = {
    "missing": "<i>I looked for the words only: searching by meaning is not set up here.</i>",
    "down": "<i>I looked for the words only: I can't search by meaning just now.</i>",
}
BY_MEANING = "<i>≈ is near in meaning, without these words.</i>"
NO_ENTRY_HAS_THEM = "<i>No entry has these words; these are near in meaning.</i>"

NO_ENTRIES = "No entries."
AHEAD = "That is still to come."

ON_THIS_DAY = "<b>On this day</b>"
AROUND_THIS_DAY = "<b>Around this day</b>\nThere is nothing from just this day, but from close to it:"
NO_MEMORIES = (
    "There is nothing yet from this day in earlier months and years. Keep writing, and there will be. "
    "/random shows another day."
)
A_GOOD_DAY = "🙂 <b>A good day</b>"
SOME_DAY = "🎲 <b>A day of yours</b>"
ONLY_THIS_ONE = "It is the only one so far."
NO_DAY = "There is no day to look back at yet. Write or say a few words about today."
LONG_ENTRY = "It goes on; the whole of it stands in this chat, in the message that I answer here."


def full_day(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def month(day: date) -> str:
    return f"{day:%B} {day.year}"


def day_span(first: date, last: date) -> str:
    """“27 Apr – 3 May 2026”, “4–10 May 2026”."""
    if (first.year, first.month) == (last.year, last.month):
        days = f"{first.day}–{last.day}" if first != last else f"{first.day}"
        return f"{days} {last:%b} {last.year}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%b}{year} – {last.day} {last:%b} {last.year}"


def short_span(first: date, last: date) -> str:
    """“27 Apr – 3 May”, “4–10 May”."""
    return day_span(first, last).removesuffix(f" {last.year}")


def days_wanted(since: date | None, until: date | None) -> str:
    if since and until:
        if (since, until) == spans.year(since.year):
            return f"{since.year}"
        if (since, until) == spans.month(since.year, since.month):
            return month(since)
        return day_span(since, until)
    if since:
        return f"from {since.day} {since:%b} {since.year}"
    return f"to {until.day} {until:%b} {until.year}" if until else ""


def clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def written_on(moment: datetime, this_year: int) -> str:
    return f"<i>written on {short_day(moment.date(), this_year)}, {clock(moment)}</i>"


def entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


def mood(value: float) -> str:
    return f"mood {value:.1f}".removesuffix(".0")


def pages(page: int, count: int) -> str:
    return f"page {page + 1} of {count}"


def ago(months: int) -> str:
    """“A year ago”."""
    if months % 12 == 0:
        return "A year ago" if months == 12 else f"{months // 12} years ago"
    return "A month ago" if months == 1 else f"{months} months ago"


def about(ago: str) -> str:
    """“About a year ago”."""
    return f"About {ago[0].lower()}{ago[1:]}"


def more(count: int) -> str:
    return f"<i>and {count:,} more</i>"


def i_said(words: str) -> str:
    return f"💬 <i>What I said then:</i>\n<blockquote expandable>{escape(words, quote=False)}</blockquote>"


def not_a_day(words: str) -> str:
    said = escape(words if len(words) <= 60 else words[:60] + "…", quote=False)
    return (
        f"I can't read “{said}” as a day. Try <code>/history 2026-05-03</code>, "
        "<code>/history may 2026</code> or <code>/history last week</code>."
    )


def problem(kind: str, words: str) -> str:
    """Why a filter was left out."""
    said = escape(words, quote=False)
    if kind == "day":
        return f"I can't read “{said}” as a day or days, so I left it out. Try <code>in:may</code>."
    if kind == "kind":
        return f"“{said}” is no kind of entry, so I left it out. Try <code>kind:voice</code> or text, photo."
    if kind == "metric":
        return f"I know no number called “{said}”, so I left it out. Try <code>mood&gt;=7</code>."
    if kind == "value" and words in KINDS:
        of = KINDS[words]
        return f"{_name(words).capitalize()} goes from {of.minimum:g} to {of.maximum:g}, so I left it out."
    if kind == "apart":
        return "Those days have nothing in common, so I left them out."
    return f"I don't know “is:{said}”, so I left it out. There is <code>is:good</code>."


def _name(metric: str) -> str:
    return metric.replace("_", " ")


def condition(name: str, sign: str, value: float) -> str:
    sign = {">=": "≥", "<=": "≤"}.get(sign, sign)
    return escape(f"{_name(name)} {sign} {value:g}", quote=False)


def full_list(count: int, *, by_day: bool) -> str:
    return f"<i>These are the {'newest' if by_day else 'best'} {count}; narrow it down for others.</i>"


def asked_for(words: str, filters: Sequence[str]) -> str:
    """The title of a search; `words` and `filters` as HTML."""
    return "🔎 " + " · ".join([f"<b>{words}</b>"] * bool(words) + list(filters))
