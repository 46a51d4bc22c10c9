"""What Daybook says around the pictures of scored days and goals, as Telegram HTML."""

from datetime import date
from html import escape

from bot.journal.phrases_correcting import day as short_day

DAYS_30, YEAR, GOALS, WEEK, MONTH = "30 days", "Year", "Goals", "Week", "Month"
THIS_WEEK, LAST_WEEK, THIS_MONTH = "This week", "Last week", "This month"

# To whom no day has told anything yet.
NOTHING_SCORED = (
    "There is nothing to draw yet: no day has a score. Write or say a few words about today, and "
    "/score tells how it is going."
)
HOW_TO_MORE = "A few words are enough for a day to get its score; /score looks at today."
HOW_TO_GOALS = "/goals adds one."


def chosen(label: str) -> str:
    return f"• {label}"


def best_and_hardest(best: tuple[date, int], hardest: tuple[date, int], this_year: int) -> str:
    return (
        f"Highest on {short_day(best[0], this_year)} with {best[1]}, "
        f"lowest on {short_day(hardest[0], this_year)} with {hardest[1]}."
    )


def not_days(words: str, command: str) -> str:
    said = escape(words if len(words) <= 60 else words[:60] + "…", quote=False)
    return (
        f"I can't read “{said}” as days. Try <code>/{command} last {command}</code> "
        f"or <code>/{command} may 2026</code>."
    )
