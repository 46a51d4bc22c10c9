"""What a summary looks like in the chat: the coach's words, the program's numbers, buttons."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.journal import phrases_summary as phrases
from bot.journal.charts import MOST_UNITS, DayCard, Picture, Trend, caption
from bot.journal.coach import plain as without_tags
from bot.journal.message import Button, utf16_length
from bot.journal.preferences import Evening
from bot.journal.snippets import isolated, plain
from bot.journal.summary.checking import Words
from bot.journal.summary.values import Prepared

BETWEEN = "\n\n"
# Without a picture a message has room for as much.
MOST_TEXT = 3_900


@dataclass(frozen=True, kw_only=True)
class Said:
    """What goes beside the numbers: the coach's words, the titles of the goals that these count by, and a
    note about the words or the score."""

    words: Words
    goals: Sequence[str] = ()
    note: str = ""
    waits_for_words: bool = False


def day(card: DayCard, said: Said, level: Evening) -> Prepared:
    """Under a picture as much as a caption has room for: what stands in the picture is left out first, and
    then what can be missed most."""
    shows_picture = level == "full" and bool(card.categories or card.numbers)
    words, brief = said.words, replace(card, numbers=())
    fewer = replace(words, helped=None)
    least = replace(fewer, suggestion=None)
    layouts = [(words, card), (words, brief), (fewer, brief), (least, brief)]
    room = MOST_UNITS if shows_picture else MOST_TEXT
    drawn = [_joined([*told(it, said.goals), said.note, _caption(shown)]) for it, shown in layouts]
    return Prepared(
        html=next((it for it in drawn if units(it) <= room), drawn[-1]),
        picture=card if shows_picture else None,
        buttons=buttons_of_day(card, level),
        waits_for_words=said.waits_for_words,
    )


def told(words: Words, goals: Sequence[str]) -> list[str]:
    """The words as HTML, part by part."""
    parts = [_shown(words.story)]
    if words.helped and words.quote:
        parts.append(phrases.helped(_shown(words.helped), _shown(words.quote)))
    if words.suggestion and words.goal is not None:
        parts.append(phrases.suggestion(_shown(words.suggestion), _shown(goals[words.goal])))
    parts.append(f"<b>{_shown(words.question)}</b>" if words.question else "")
    return parts


def _shown(text: str | None) -> str:
    return isolated(plain(text)) if text else ""


def _caption(picture: Picture) -> str:
    return f"<i>{plain(caption(picture))}</i>"


def _joined(parts: Sequence[str]) -> str:
    return BETWEEN.join(filter(None, parts))


def units(html: str) -> int:
    """UTF-16 units of what the chat shows."""
    return utf16_length(without_tags(html))


def review(title: str, said: Said, facts: Sequence[str], picture: Trend | None, level: Evening) -> Prepared:
    """`facts` are HTML; what does not fit under the picture follows it in a message of its own."""
    first, *rest, last = told(said.words, said.goals)
    # The heading says the picture's title.
    seen = _caption(replace(picture, title="")) if picture else ""
    html = _joined([f"<b>{title}</b>", first, said.note, seen, *rest, *facts, last])
    return Prepared(
        html=html,
        picture=picture if level == "full" else None,
        buttons=[[quieter(level)]],
        waits_for_words=said.waits_for_words,
    )


def concern(language: str | None) -> Prepared:
    button = Button(label=phrases.HELPLINES, data="evening:help")
    return Prepared(html=phrases.concern(language), buttons=[[button]])


def soft_line(local_date: date) -> Prepared:
    line = phrases.SOFT_LINES[local_date.toordinal() % len(phrases.SOFT_LINES)]
    return Prepared(html=line, buttons=[[Button(label=phrases.QUIETER, data="evening:hush")]])


def buttons_of_day(card: DayCard, level: Evening) -> list[list[Button]]:
    """A day without a score has nothing to explain; what was not seen in it can still be said."""
    of_day = f"{card.local_date:%Y%m%d}"
    row = [Button(label=phrases.CORRECT, data=f"evening:fix:{of_day}"), quieter(level)]
    if card.overall is None:
        return [row]
    return [[Button(label=phrases.WHY, data=f"evening:why:{of_day}")], row]


def quieter(level: Evening) -> Button:
    return Button(label=phrases.QUIETER, data=f"evening:quieter:{level}")
