"""What each picture shows: small values that are right once they exist."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Literal

Theme = Literal["light", "dark"]
Per = Literal["day", "week", "month"]

# The categories of a day score, in the order in which they are shown.
CATEGORIES = ("mood", "energy", "sleep", "body", "focus", "connection", "growth", "calm")
# Fewer days than these carry no average and no direction.
LEAST_DAYS = 7
LONGEST_TREND = 366
MOST_OF_A_GOAL = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class Category:
    """`score` is 0 to 100, None where the day did not tell."""

    name: str
    score: int | None

    def __post_init__(self) -> None:
        _check_score(self.score)


@dataclass(frozen=True, kw_only=True)
class DayCard:
    """One local day. `numbers` are labels with their values as text; `title` says what this is, such as
    "Today so far"; `this_year` is the person's, and dates of it are told without the year."""

    local_date: date
    overall: int | None = None
    categories: Sequence[Category] = ()
    numbers: Sequence[tuple[str, str]] = ()
    title: str = ""
    this_year: int | None = None

    def __post_init__(self) -> None:
        _check_score(self.overall)


@dataclass(frozen=True, kw_only=True)
class DayPoint:
    """A day of a trend; what was not scored is None or missing."""

    local_date: date
    overall: int | None = None
    categories: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for score in (self.overall, *self.categories.values()):
            _check_score(score)


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The `length` days that end with `last`. Days outside are left out, days that are missing stay
    gaps, and of two points of a day the later in `days` counts. With `today` the days after it are still
    to come."""

    days: Sequence[DayPoint]
    last: date
    length: int = 30
    title: str = ""
    today: date | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.length <= min(LONGEST_TREND, self.last.toordinal()):
            raise ValueError(f"no trend of {self.length} days until {self.last}")

    @property
    def first(self) -> date:
        return self.last - timedelta(days=self.length - 1)

    @property
    def passed(self) -> int:
        """How many of its days are not still to come."""
        ahead = (self.last - self.today).days if self.today else 0
        return min(max(self.length - ahead, 0), self.length)

    @property
    def overall(self) -> dict[date, int]:
        """The scored days, in order."""
        found = {it.local_date: it.overall for it in self.days if self.first <= it.local_date <= self.last}
        return {day: score for day, score in sorted(found.items()) if score is not None}

    @property
    def categories(self) -> dict[str, dict[date, int]]:
        """For each category that was scored at all its days, in order."""
        inside = {it.local_date: it for it in self.days if self.first <= it.local_date <= self.last}
        names = {name for point in inside.values() for name in point.categories}
        return {
            name: {day: it.categories[name] for day, it in sorted(inside.items()) if name in it.categories}
            for name in sorted(names, key=place)
        }


@dataclass(frozen=True, kw_only=True)
class Year:
    """`scores` of other years are left out. `today` is marked where it lies in the year; weeks begin
    with `first_weekday`, 0 for Monday."""

    year: int
    scores: Mapping[date, int]
    today: date | None = None
    first_weekday: int = 0

    def __post_init__(self) -> None:
        if not MINYEAR <= self.year <= MAXYEAR or not 0 <= self.first_weekday <= 6:
            raise ValueError(f"no calendar of {self.year} with weeks from {self.first_weekday}")
        for score in self.scores.values():
            _check_score(score)

    @property
    def inside(self) -> dict[date, int]:
        return {day: score for day, score in sorted(self.scores.items()) if day.year == self.year}


@dataclass(frozen=True, kw_only=True)
class Week:
    starts: date
    done: float

    def __post_init__(self) -> None:
        _check_amount(self.done)


@dataclass(frozen=True, kw_only=True)
class GoalProgress:
    """`done` of `target` (None without an end) `unit`s, counted `per` day, week or month, or over all
    the time. `weeks` tell how it went; a week that is missing stays a gap."""

    title: str
    done: float
    target: float | None = None
    unit: str = ""
    per: Per | None = None
    weeks: Sequence[Week] = ()

    def __post_init__(self) -> None:
        _check_amount(self.done)
        if self.target is not None:
            _check_amount(self.target)
            if self.target == 0:
                raise ValueError("a target of nothing")

    @property
    def weekly_target(self) -> float | None:
        if self.target is None or self.per not in {"day", "week"}:
            return None
        return self.target * 7 if self.per == "day" else self.target


@dataclass(frozen=True, kw_only=True)
class Goals:
    goals: Sequence[GoalProgress]
    title: str = ""


Picture = DayCard | Trend | Year | Goals


def place(name: str) -> tuple[int, str]:
    """Sorts categories into the order in which they are shown."""
    return (CATEGORIES.index(name) if name in CATEGORIES else len(CATEGORIES)), name


def _check_score(score: int | None) -> None:
    if score is not None and not 0 <= score <= 100:
        raise ValueError(f"a score of {score}")


def _check_amount(amount: float) -> None:
    # Not a number compares false with everything.
    if not 0 <= amount <= MOST_OF_A_GOAL:
        raise ValueError(f"an amount of {amount}")
