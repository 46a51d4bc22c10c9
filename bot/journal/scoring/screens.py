"""The score of a day in the chat: its card with a caption, the reasons behind it, and the way to correct it.

All of it fits under one picture: what would be too long for a caption goes to a further page.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from bot.journal import phrases_score as phrases
from bot.journal.charts import CATEGORIES, Category, DayCard, caption
from bot.journal.message import Button, Reply, utf16_length
from bot.journal.numbers import plain as plain_number
from bot.journal.opening import source_rows
from bot.journal.phrases_correcting import NAMES, VALUES
from bot.journal.scoring.rule import Total
from bot.journal.scoring.values import ScoredDay
from bot.journal.scoring.weights import WEIGHTS
from bot.journal.snippets import cut, isolated, plain
from db.queries.scores import CategoryRecord

# UTF-16 units of a caption, with room for the markup that is no text.
ROOM = 1_000
LONGEST_REASON, LONGEST_QUOTE = 220, 140
BUTTONS_IN_A_ROW = 2


def card(scored: ScoredDay, today: date) -> DayCard:
    """What the picture of the day shows: the categories that have a score, and the day's numbers."""
    scores = scored.scores
    return DayCard(
        local_date=scored.local_date,
        overall=scored.overall,
        categories=[Category(name=name, score=scores[name]) for name in CATEGORIES if name in scores],
        numbers=[labelled(total) for total in scored.totals.values()],
        title=phrases.SO_FAR if scored.local_date == today else "",
        this_year=today.year,
    )


def labelled(total: Total) -> tuple[str, str]:
    """“slept”, “6.5 h”: a number's label and value."""
    template = VALUES.get(total.name, total.name.replace("_", " ") + " {}")
    label, _, unit = template.partition("{}")
    number = plain_number(total.value)
    if label or total.name in NAMES:
        return label.strip() or NAMES[total.name], f"{number}{unit}"
    # “8,500 steps” names itself.
    return unit.strip(), number


def main(scored: ScoredDay, today: date, picture: UUID | None = None) -> Reply:
    """The day under its card. Without entries, and where a number would be out of place, words alone."""
    day = phrases.day_name(scored.local_date, today)
    if scored.state == "empty":
        return Reply(html=phrases.empty(day))
    if scored.state == "concern":
        return Reply(html=phrases.concern(day))
    lines = [plain(caption(card(scored, today)))]
    if scored.state == "too_little":
        lines.append(phrases.TOO_LITTLE)
    if scored.trouble is not None:
        lines.append(f"<i>{phrases.NUMBERS_ONLY}</i>")
    elif scored.source == "rule":
        lines.append(f"<i>{phrases.OFFLINE}</i>")
    row = [_button(phrases.CORRECT, "fix", scored)]
    if scored.categories:
        row.insert(0, _button(phrases.WHY, "why", scored, "0"))
    return Reply(html="\n\n".join(lines), buttons=[row], picture=picture)


def why(scored: ScoredDay, page: int, days: Mapping[UUID, date], today: date) -> Reply:
    """Each category with its reason and its quote, and a button to every entry that they rest on; `days`
    are those of the entries that are still there."""
    pages = _pages(scored)
    page = min(page, len(pages) - 1)
    shown = pages[page]
    texts = [_reason(it) for it in shown] or [phrases.NO_WORDS]
    if page == 0 and scored.overall is not None:
        texts.insert(0, _sum(scored))
    rests_on = dict.fromkeys(it.entry_id for it in shown if it.entry_id in days)
    rows = source_rows({it: days[it] for it in rests_on if it}, today.year)
    turning = []
    if page > 0:
        turning.append(_button(phrases.BEFORE, "why", scored, str(page - 1)))
    if page < len(pages) - 1:
        turning.append(_button(phrases.MORE, "why", scored, str(page + 1)))
    end = [_button(phrases.BACK, "day", scored), _button(phrases.CORRECT, "fix", scored)]
    return Reply(html="\n\n".join(texts), buttons=[row for row in (*rows, turning, end) if row])


def _pages(scored: ScoredDay) -> list[list[CategoryRecord]]:
    """The categories in their order, as many on a page as fit."""
    place = {name: number for number, name in enumerate(CATEGORIES)}
    known = sorted(
        (it for it in scored.categories if it.category in place), key=lambda it: place[it.category]
    )
    pages: list[list[CategoryRecord]] = [[]]
    left = ROOM - (utf16_length(_sum(scored)) if scored.overall is not None else 0)
    for category in known:
        length = utf16_length(_reason(category)) + 2
        if length > left and pages[-1]:
            pages.append([])
            left = ROOM
        pages[-1].append(category)
        left -= length
    return pages


def _reason(category: CategoryRecord) -> str:
    if category.source == "person" or category.score is None:
        return phrases.said(category.category, category.score, category.model_score)
    quote = None if category.quote is None else _line(category.quote, LONGEST_QUOTE)
    return phrases.read(
        category.category, category.score, _line(category.reason or "", LONGEST_REASON), quote
    )


def _line(text: str, room: int) -> str:
    return isolated(plain(cut(" ".join(text.split()), room)))


def _sum(scored: ScoredDay) -> str:
    scores = scored.scores
    parts = [(name, scores[name], WEIGHTS[name]) for name in CATEGORIES if name in scores]
    return phrases.sum_of(parts, scored.overall or 0)


def correcting(scored: ScoredDay) -> Reply:
    """A button for each of the eight."""
    scores = scored.scores
    buttons = [_button(phrases.button(name, scores.get(name)), "one", scored, name) for name in CATEGORIES]
    rows = [buttons[at : at + BUTTONS_IN_A_ROW] for at in range(0, len(buttons), BUTTONS_IN_A_ROW)]
    back = [_button(phrases.BACK, "day", scored)]
    return Reply(html=phrases.WHICH_CATEGORY, buttons=[*rows, back])


def one(scored: ScoredDay, name: str, picture: UUID | None = None) -> Reply:
    known = scored.category(name)
    score = known.score if known else None
    rows = [
        [_button(phrases.LOWER, "down", scored, name), _button(phrases.HIGHER, "up", scored, name)],
        [
            _button(phrases.OTHER_VALUE, "type", scored, name),
            _button(phrases.NOT_SCORED, "none", scored, name),
        ],
    ]
    if known and known.source == "person":
        rows.append([_button(phrases.AS_READ, "read", scored, name)])
    rows.append([_button(phrases.BACK, "fix", scored)])
    read = known.model_score if known else None
    return Reply(html=phrases.one(name, score, read, scored.overall), buttons=rows, picture=picture)


def typing(scored: ScoredDay, name: str) -> Reply:
    return Reply(html=phrases.typing(name), buttons=[[_button(phrases.BACK, "one", scored, name)]])


def noted(day: date, name: str, score: int | None, overall: int | None) -> Reply:
    button = Button(label=phrases.THE_DAY, data=f"score:show:{day:%Y%m%d}:")
    return Reply(html=phrases.noted(name, score, overall), buttons=[[button]])


def _button(label: str, action: str, scored: ScoredDay, about: str = "") -> Button:
    return Button(label=label, data=f"score:{action}:{scored.local_date:%Y%m%d}:{about}")


def entries_of(scored: ScoredDay) -> Sequence[UUID]:
    """The entries that the day's categories rest on."""
    return list(dict.fromkeys(it.entry_id for it in scored.categories if it.entry_id))
