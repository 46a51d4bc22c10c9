"""What Daybook says about the score of a day, as Telegram HTML."""

from collections.abc import Sequence
from datetime import date

from bot.journal.phrases_charts import capital, category
from bot.journal.phrases_correcting import BACK, OTHER_VALUE
from bot.journal.phrases_correcting import day as short_day

__all__ = ["BACK", "OTHER_VALUE"]

SO_FAR = "Today so far"
WHY, CORRECT, CLOSE = "Why this score", "✎ Correct", "Close"
LOWER, HIGHER, NOT_SCORED, AS_READ = "−10", "+10", "Not scored", "As I read it"
MORE, BEFORE, THE_DAY = "More ›", "‹ Before", "Show the day"

ASK_DAY = (
    "I know no such day. Try /score alone for today, or <code>/score yesterday</code>, "
    "<code>/score 12 Nov</code>, <code>/score 2026-11-12</code>."
)
FUTURE_DAY = "That day is still to come."
WHICH_CATEGORY = "Which one shall I correct? What you say stays, however often I read this day again."
OUT_OF_RANGE = "It goes from 0 to 100. Which number is it?"
GONE = "This day has no score now. Send /score to look again."

NUMBERS_ONLY = "I scored your numbers alone: I can't read words just now. I'll read the day later by myself."
OFFLINE = "I scored your numbers alone: no coach that reads words is set up here."
TOO_LITTLE = (
    "There is too little to go on for a score of the whole day, and I'd rather not guess. "
    "A word about how you felt is enough: <i>mood 7</i>."
)
CONCERN = (
    "I give no score for {day}. What you told me weighs more than any number. "
    "If it is still heavy, please let somebody be there with you."
)
NO_WORDS = "Nothing in this day tells of any of the eight yet."


def empty(day: str) -> str:
    return f"There is no entry about {day}, so there is nothing to score. No harm in that."


def concern(day: str) -> str:
    return CONCERN.format(day=day)


def day_name(day: date, today: date) -> str:
    return "today" if day == today else short_day(day, today.year)


def by_numbers(shown: Sequence[str], *, has_quote: bool) -> str:
    """The reason of a score by rule, as plain text: “Your number: mood 7/10.”"""
    if not has_quote:
        return f"You told me: {', '.join(shown)}."
    return f"Your {'number' if len(shown) == 1 else 'numbers'}: {', '.join(shown)}."


def name(category_name: str) -> str:
    return capital(category(category_name))


def button(category_name: str, score: int | None) -> str:
    return f"{name(category_name)} {'–' if score is None else score}"


def sum_of(parts: Sequence[tuple[str, int, int]], total: int) -> str:
    """Of category, score and weight: how the overall comes about."""
    terms = " + ".join(
        f"{category(it)} {score}" + (f"×{weight}" if weight > 1 else "") for it, score, weight in parts
    )
    weights = sum(weight for _, _, weight in parts)
    return f"<b>{total} of 100</b> = ({terms}) ÷ {weights}"


def said(category_name: str, score: int | None, read: int | None) -> str:
    what = "left out" if score is None else f"{score} of 100"
    line = f"<b>{name(category_name)}</b>: {what}, as you said."
    return line if read is None or read == score else f"{line} I read {read}."


def read(category_name: str, score: int, reason: str, quote: str | None) -> str:
    """`reason` and `quote` are HTML."""
    line = f"<b>{name(category_name)} {score}</b> · {reason}"
    return line if quote is None else f"{line}\n“{quote}”"


def one(category_name: str, score: int | None, read: int | None, overall: int | None) -> str:
    what = "not scored" if score is None else f"{score} of 100"
    line = f"<b>{name(category_name)}</b>: {what}"
    if read is not None and read != score:
        line += f" (I read {read})"
    whole = "too little for a score" if overall is None else f"{overall} of 100"
    return f"{line}\nThe whole day: {whole}"


def typing(category_name: str) -> str:
    return f"Type the score for {category(category_name)}, from 0 to 100, or <i>none</i>."


def noted(category_name: str, score: int | None, overall: int | None) -> str:
    what = "not scored" if score is None else str(score)
    whole = (
        "The day has too little for a score now." if overall is None else f"The whole day: {overall} of 100."
    )
    return f"Noted: {category(category_name)} {what}. {whole}"


def stepped(category_name: str, score: int | None) -> str:
    return f"{category(category_name)} {'not scored' if score is None else score}"
