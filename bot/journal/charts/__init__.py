"""The pictures of days, trends, years and goals, each with a text that says the same.

    png = await painter.drawn(card, "dark")
    text = caption(card)

A picture is a PNG of 1080 pixels' width on a card of its own, so that it suits light and dark chats; the same
value gives the same bytes. `draw` makes it where it is called, in any thread: that takes tens of
milliseconds, and the first one loads matplotlib for about a second. So the bot has it made by a process
beside it (`painter`). `caption` is plain text of at most `MOST_UNITS` UTF-16 units, to be escaped where it
goes out as HTML.
"""

import threading

from bot.journal.charts.caption import MOST_UNITS, caption
from bot.journal.charts.values import (
    CATEGORIES,
    LEAST_DAYS,
    Category,
    DayCard,
    DayPoint,
    GoalProgress,
    Goals,
    Per,
    Picture,
    Theme,
    Trend,
    Week,
    Year,
)

__all__ = [
    "CATEGORIES",
    "LEAST_DAYS",
    "MOST_UNITS",
    "Category",
    "DayCard",
    "DayPoint",
    "GoalProgress",
    "Goals",
    "Per",
    "Picture",
    "Theme",
    "Trend",
    "Week",
    "Year",
    "caption",
    "draw",
]


# matplotlib promises nothing to threads, and a picture is the work of one core anyway.
_ONE_AT_A_TIME = threading.Lock()


def draw(picture: Picture, theme: Theme = "light") -> bytes:
    """The picture as a PNG."""
    # matplotlib takes a second and 50 MB, so it is loaded with the first picture.
    from bot.journal.charts import day_card, goals, trend, year

    with _ONE_AT_A_TIME:
        match picture:
            case DayCard():
                return day_card.draw(picture, theme)
            case Trend():
                return trend.draw(picture, theme)
            case Year():
                return year.draw(picture, theme)
            case Goals():
                return goals.draw(picture, theme)
