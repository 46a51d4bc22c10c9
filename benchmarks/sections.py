"""The sections, as a table of contents: one more is a module with `measure` and a line here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks import evening, overhead, recall, replies, saved, sign_ins, start
from benchmarks.figures import Figure
from benchmarks.run import Run


@dataclass(frozen=True, kw_only=True)
class Section:
    """`measure` raises what keeps it from measuring; a figure that is over its target is none of that."""

    about: str
    measure: Callable[[Run], Awaitable[list[Figure]]]


SECTIONS = {
    "overhead": Section(about="what the bot adds to the minds' own time", measure=overhead.measure),
    "saved": Section(about="how soon an entry is marked as saved, 1 and 50 writing", measure=saved.measure),
    "sign_ins": Section(about="that while 20 people sign in each second", measure=sign_ins.measure),
    "replies": Section(about="the reply path beside a stock echo bot", measure=replies.measure),
    "recall": Section(about="finding among 200,000 rows, against brute force", measure=recall.measure),
    "evening": Section(about="20,000 summaries due in one minute; takes 40 minutes", measure=evening.measure),
    "delivery": Section(
        about="of such an evening only how it goes out; takes 20 minutes", measure=evening.measure_delivery
    ),
    "start": Section(about="start-up, cold and warm, and memory", measure=start.measure),
}
