"""The days of which the conversation shows nothing, but for what they leave in the diary."""

from typing import NamedTuple

from evaluation.transcript.days import ago, at
from evaluation.transcript.minds import Json, counts, finds, reads
from evaluation.transcript.stage import Stage

FINDINGS = [
    finds("focus", 30, "The day was full, and nothing came to an end.", "and nothing got finished"),
    finds("connection", 72, "Ana showed you something of hers.", "Ana showed me the roof terrace"),
    finds("calm", 22, "You kept your eyes down while you spoke.", "I kept my eyes on the floor"),
    finds("calm", 66, "You went slowly.", "slowly, without music"),
    finds("connection", 70, "Ana was there again.", "Ana came along to the canal again"),
    finds("focus", 78, "You finished what you had put off.", "Finished the draft that I had put off"),
    finds("connection", 76, "You ate together.", "had soup with Ana afterwards"),
]


class Told(NamedTuple):
    """An entry of so many days ago, with what is read in it and whether it counts for the goal."""

    ago: int
    text: str
    mood: float
    slept: float | None = None
    walk: str = ""

    def reading(self) -> Json:
        metrics = [reads("mood", self.mood, f"mood {self.mood:g}")]
        if self.slept is not None:
            metrics.append(reads("sleep_hours", self.slept, f"Slept {self.slept:g} hours"))
        return {"metrics": metrics, "progress": [counts(self.walk)] if self.walk else []}


ALONG = "Walked along the canal"
ENTRIES = (
    Told(26, "Slept 7 hours, mood 7. Walked along the canal before dinner.", 7, 7, ALONG),
    Told(24, "Three meetings in a row, and nothing got finished, mood 5.", 5),
    Told(21, "Slept 6 hours, mood 6. Walked along the canal alone, in the rain.", 6, 6, ALONG),
    Told(19, "Cooked in the new kitchen for the first time, mood 7.", 7),
    Told(16, "Slept 7.5 hours, mood 7. Ana showed me the roof terrace.", 7, 7.5),
    Told(13, "Slept 5 hours, mood 3. I had to present, and I kept my eyes on the floor.", 3, 5),
    Told(8, "Slept 7 hours, mood 6. Walked along the canal, slowly, without music.", 6, 7, ALONG),
    Told(6, "Slept 8 hours, mood 7. Ana came along to the canal again.", 7, 8, "Ana came along to the canal"),
    Told(3, "Finished the draft that I had put off, mood 7.", 7),
    Told(1, "Slept 7 hours, mood 7. Walked along the canal and had soup with Ana afterwards.", 7, 7, ALONG),
)


async def unseen(stage: Stage, *, first: int, last: int) -> None:
    """Mina writes on the days between, which end as days do; `first` and `last` are days ago."""
    for told in ENTRIES:
        if first >= told.ago >= last:
            stage.set_clock(at(ago(told.ago), "20:30"))
            await stage.says_unseen(told.text, "Thank you for telling me.", **told.reading())
            await stage.lets_the_day_end()
