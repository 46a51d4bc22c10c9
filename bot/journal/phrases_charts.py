"""What Daybook's pictures say, in them and in the text that stands in for them; all of it plain text."""

from collections.abc import Sequence
from datetime import date

from bot.journal.phrases_back import days_wanted
from bot.journal.phrases_correcting import day as short_day

OF_100 = "of 100"
NO_SCORE = "no score"
NOT_SCORED = "not scored"
TODAY = "today"
LOWEST, HIGHEST = "0", "100"
MIDDLE_HALF = "middle half of the days"
WEEKS = "Week by week"
GOALS = "Your goals"

NO_DAY_SCORE = "Days without a score are fine too."
NO_TREND = "No day of these has a score yet. A few words about a day are enough to begin."
NO_YEAR = "Each scored day finds its place here."
NO_GOALS = "No goals yet. One sentence is enough to add one: run three times a week."


def full_day(day: date) -> tuple[str, str]:
    """The weekday, and the date under it."""
    return f"{day:%A}", f"{day.day} {day:%B %Y}"


def weekday(day: date) -> str:
    return f"{day:%a}"


def day_and_month(day: date) -> str:
    return f"{day.day} {day:%b}"


def month(day: date) -> str:
    return f"{day:%b}"


def year(number: int) -> str:
    return str(number)


def days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def scored_of(scored: int, length: int) -> str:
    return f"{scored} of {days(length)} scored"


def days_scored(count: int) -> str:
    return f"{days(count)} scored"


def average(score: int) -> str:
    return f"average {score}"


def more(count: int) -> str:
    return f"+{count} more"


def number(label: str, value: str) -> str:
    return f"{label} {value}".strip()


def category(name: str) -> str:
    return name.replace("_", " ")


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


NOW = {"day": "today", "week": "this week", "month": "this month"}
AT_THE_END = {"day": "on its last day", "week": "in its last week", "month": "in all"}


def done_of(done: str, target: str | None, unit: str, per: str | None, *, is_over: bool = False) -> str:
    """“2 of 3 times this week”, “7 times so far”; told of a month that `is_over`, “2 of 3 times in its last
    week”."""
    amount = f"{done} of {target}" if target is not None else done
    when = (AT_THE_END if is_over else NOW).get(per or "", "")
    when = when or ("" if target is not None else "so far")
    return " ".join(it for it in (amount, unit, when) if it)


def goal_number(number: int) -> str:
    return f"Goal {number}"


def short(value: float) -> str:
    """“50.5”, “250”, “1.3k”: at most four signs, for a column."""
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if value >= size:
            return f"{value / size:.{0 if value >= 10 * size else 1}f}".removesuffix(".0") + unit
    return f"{value:.{0 if value >= 100 else 1}f}".removesuffix(".0")


def a_week(amount: str) -> str:
    return f"{amount} a week"


# The text in place of a picture.


def day_caption(day: date, overall: int | None, this_year: int) -> str:
    return f"{short_day(day, this_year)}: {NO_SCORE if overall is None else f'{overall} {OF_100}'}."


def categories_caption(scores: Sequence[tuple[str, int | None]]) -> str:
    told = [f"{category(name)} {NOT_SCORED if score is None else score}" for name, score in scores]
    return f"{capital(', '.join(told))}."


def numbers_caption(numbers: Sequence[tuple[str, str]]) -> str:
    return f"Noted: {', '.join(number(label, value) for label, value in numbers)}."


def span(first: date, last: date) -> str:
    """“4–10 May 2026”, “May 2026”."""
    return days_wanted(first, last)


def trend_caption(first: date, last: date, scored: int, length: int) -> str:
    return f"{span(first, last)}: {scored_of(scored, length)}."


def average_caption(score: int, count: int) -> str:
    return f"Average {score} of 100 over {days(count)}."


def best_and_hardest(best: tuple[date, int], hardest: tuple[date, int], this_year: int) -> str:
    if best[1] == hardest[1]:
        return f"Every scored day has {best[1]}."
    return (
        f"Highest on {short_day(best[0], this_year)} with {best[1]}, "
        f"lowest on {short_day(hardest[0], this_year)} with {hardest[1]}."
    )


def each_day(scores: Sequence[tuple[date, int]], this_year: int) -> str:
    return f"{', '.join(f'{short_day(day, this_year)} {score}' for day, score in scores)}."


def direction(points: int, count: int) -> str:
    """`points` is the change from the first day to the last; 0 says that none is clear."""
    if points == 0:
        return f"No clear direction in these {days(count)}."
    way = "rising" if points > 0 else "falling"
    return f"Direction: {way}, by about {abs(points)} points from the first to the last of {days(count)}."


def too_few(least: int) -> str:
    return f"From {least} scored days on there is an average, too."


def category_averages(averages: Sequence[tuple[str, int, int]]) -> str:
    """Of name, average and number of days."""
    told = [f"{category(name)} {score} ({days(count)})" for name, score, count in averages]
    return f"Averages: {', '.join(told)}."


def category_days(counts: Sequence[tuple[str, int]]) -> str:
    told = [f"{category(name)} on {days(count)}" for name, count in counts]
    return f"Also scored: {', '.join(told)}."


def month_averages(months: Sequence[tuple[date, int | None, int]]) -> str:
    """Of month, average and number of days; without an average where the days are too few for one."""
    told = [
        f"{month(day)} {days(count) if score is None else f'{score} ({days(count)})'}"
        for day, score, count in months
    ]
    return f"By month: {', '.join(told)}."


def weeks_caption(weeks: Sequence[tuple[date, str]]) -> str:
    return f"{WEEKS}: {', '.join(f'{day_and_month(day)} {done}' for day, done in weeks)}."


def more_goals(count: int) -> str:
    return f"And {count} more {'goal' if count == 1 else 'goals'}."
