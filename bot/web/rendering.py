"""What rows look like in an answer."""

import re
from collections.abc import Iterable, Sequence
from html import unescape
from uuid import UUID

from bot.journal.care import card_for
from bot.journal.coach import plain
from bot.journal.safety import Concern
from bot.web import shapes
from bot.web.cursors import written
from db.queries.entries import EntryRecord
from db.queries.goals import Standing
from db.queries.pages import MetricRecord, OwnDay, OwnEntry, Place
from db.queries.people import Person

_LINK = re.compile(r'<a href="([^"<>]*)">([^<>]*)</a>')
_TAG = re.compile(r"<[^<>]+>")
_OF_JOURNEY = {"care", "is_done", "waiting_for", "reply", "reply_html", "reply_sources", "metrics"}


def entry(own: OwnEntry, person: Person) -> shapes.Entry:
    it = own.entry
    same = {name: getattr(it, name) for name in shapes.Entry.model_fields if name not in _OF_JOURNEY}
    return shapes.Entry(
        **same,
        care=care(person, it.concern),
        is_done=own.is_done,
        waiting_for=own.waiting_for,
        reply=plain(it.reply) if it.reply else None,
        reply_html=it.reply or None,
        reply_sources=_sources(it),
        metrics=[metric(one) for one in own.metrics],
    )


def _sources(it: EntryRecord) -> list[UUID]:
    return [UUID(source) for source in it.reply_sources or ()]


def care(person: Person, concern: str | None, *, is_kept: bool = True) -> shapes.Care | None:
    if concern is None:
        return None
    html = card_for(person, Concern(concern), is_kept=is_kept).html
    return shapes.Care(text=_text(html), html=html)


def _text(html: str) -> str:
    """With the addresses of its links, which lead to help."""
    return unescape(_TAG.sub("", _LINK.sub(r"\2 (\1)", html)))


def metric(it: MetricRecord) -> shapes.Metric:
    return shapes.Metric.model_validate({name: getattr(it, name) for name in shapes.Metric.model_fields})


def goal(it: Standing) -> shapes.Goal:
    names = [name for name in shapes.Goal.model_fields if name != "done"]
    return shapes.Goal.model_validate({name: getattr(it.goal, name) for name in names} | {"done": it.done})


def score(it: OwnDay) -> shapes.Score:
    names = [name for name in shapes.Score.model_fields if name != "categories"]
    categories = [shapes.weighed(one) for one in it.categories]
    return shapes.Score.model_validate(
        {name: getattr(it, name) for name in names} | {"categories": categories}
    )


def page(places: Iterable[Place], most: int) -> tuple[slice, str | None]:
    """Of one more than fits on a page: what of it the page shows, and where the next one goes on."""
    known: Sequence[Place] = list(places)
    return slice(most), written(known[most - 1]) if len(known) > most else None
