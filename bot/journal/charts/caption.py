"""The text that says what a picture shows, for whoever hears it read aloud."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.journal import phrases_charts as phrases
from bot.journal.charts.facts import average, change, facts
from bot.journal.charts.progress import amount, recent
from bot.journal.charts.values import LEAST_DAYS, DayCard, GoalProgress, Goals, Picture, Trend, Year
from bot.journal.charts.words import cut, isolated, one_line
from bot.journal.message import utf16_length
from bot.journal.numbers import plain

# What Telegram takes as a caption.
MOST_UNITS = 1024
# So that one endless title or name does not crowd out the rest.
LONGEST_TITLE, LONGEST_OF_MANY, LONGEST_NAME = 160, 50, 60
# After these a title needs no full stop of ours.
ENDS = (".", "!", "?", "…", ":", "。", "！", "？", "؟", "।")
MOST_NUMBERS, MOST_GOALS, FEW_GOALS = 12, 6, 3


def caption(picture: Picture) -> str:
    """Plain text of 1 to `MOST_UNITS` UTF-16 units: what counts most comes first, and what no longer
    fits is left out as a whole sentence."""
    match picture:
        case DayCard():
            return _joined(_day(picture))
        case Trend():
            return _joined(_trend(picture))
        case Year():
            return _joined(_year(picture))
        case Goals():
            return _joined(_goals(picture), between="\n")


def _joined(sentences: Iterable[str], between: str = " ") -> str:
    text = ""
    for sentence in filter(None, sentences):
        longer = f"{text}{between}{sentence}" if text else sentence
        if utf16_length(longer) <= MOST_UNITS:
            text = longer
    return text


def _named(text: str, units: int = LONGEST_NAME) -> str:
    return isolated(cut(one_line(text), units))


def _titled(title: str, sentence: str, longest: int = LONGEST_TITLE) -> str:
    named = _named(title, longest)
    end = "" if named.rstrip("\u2069").endswith(ENDS) else "."
    return f"{named}{end} {sentence}" if named else sentence


def _day(card: DayCard) -> list[str]:
    year = card.local_date.year if card.this_year is None else card.this_year
    sentences = [_titled(card.title, phrases.day_caption(card.local_date, card.overall, year))]
    if card.categories:
        scores = [(_named(it.name), it.score) for it in card.categories[:MOST_NUMBERS]]
        sentences.append(phrases.categories_caption(scores))
    elif card.overall is None:
        sentences.append(phrases.NO_DAY_SCORE)
    if card.numbers:
        numbers = [(_named(label), _named(value)) for label, value in card.numbers]
        sentences += _most_of(numbers)
    return sentences


def _most_of(numbers: Sequence[tuple[str, str]]) -> list[str]:
    sentence = phrases.numbers_caption(numbers[:MOST_NUMBERS])
    rest = len(numbers) - MOST_NUMBERS
    return [sentence, f"{phrases.more(rest)}."] if rest > 0 else [sentence]


def _trend(trend: Trend) -> list[str]:
    scored = trend.overall
    head = phrases.trend_caption(trend.first, trend.last, len(scored), max(trend.passed, len(scored)))
    known = facts(scored)
    if known:
        told = [
            phrases.average_caption(known.average, len(scored)),
            phrases.best_and_hardest(known.best, known.hardest, trend.last.year),
            phrases.direction(change(scored), len(scored)),
        ]
    elif scored:
        told = [phrases.each_day(list(scored.items()), trend.last.year), phrases.too_few(LEAST_DAYS)]
    else:
        told = [] if trend.categories else [phrases.NO_TREND]
    # A month's title is its days.
    title = "" if trend.title == phrases.span(trend.first, trend.last) else trend.title
    return [_titled(title, head), *told, *_categories(trend)]


def _categories(trend: Trend) -> list[str]:
    found = [(_named(name), average(days), len(days)) for name, days in trend.categories.items()]
    averages = [(name, score, count) for name, score, count in found if score is not None]
    few = [(name, count) for name, score, count in found if score is None]
    return [
        phrases.category_averages(averages) if averages else "",
        phrases.category_days(few) if few else "",
    ]


def _year(year: Year) -> list[str]:
    scored = year.inside
    head = f"{phrases.year(year.year)}: {phrases.days_scored(len(scored))}."
    known = facts(scored)
    if known:
        told = [
            phrases.average_caption(known.average, len(scored)),
            phrases.best_and_hardest(known.best, known.hardest, year.year),
            phrases.month_averages(_months(year)),
        ]
    elif scored:
        told = [phrases.each_day(list(scored.items()), year.year)]
    else:
        told = [phrases.NO_YEAR]
    return [head, *told]


def _months(year: Year) -> list[tuple[date, int | None, int]]:
    months = [{day: it for day, it in year.inside.items() if day.month == month} for month in range(1, 13)]
    return [(min(days), average(days), len(days)) for days in months if days]


def _goals(goals: Goals) -> list[str]:
    if not goals.goals:
        return [_titled(goals.title, phrases.NO_GOALS)]
    shown = goals.goals[:MOST_GOALS]
    rest = len(goals.goals) - len(shown)
    longest = LONGEST_TITLE if len(shown) <= FEW_GOALS else LONGEST_OF_MANY
    # The numbers are those in the picture.
    numbered = [(f"{number}. " if len(shown) > 1 else "", goal) for number, goal in enumerate(shown, 1)]
    return [
        _named(goals.title, LONGEST_TITLE),
        *(number + _titled(it.title, f"{amount(it)}.", longest) for number, it in numbered),
        phrases.more_goals(rest) if rest else "",
        *(_weeks(number, it) for number, it in numbered),
    ]


def _weeks(number: str, goal: GoalProgress) -> str:
    weeks = [(day, plain(done)) for day, done in recent(goal).items()]
    return number + phrases.weeks_caption(weeks) if weeks else ""
