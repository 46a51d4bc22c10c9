"""A goal out of a sentence, by rule: numbers, units, and per day, week or month."""

from bot.ai.goal_words import cadence_in, goal_words, keys_of, number_at, times_in
from bot.ai.pieces import Piece, pieces_of
from bot.ai.protocols import ProposedGoal, Usage

TIMES, DAYS = "times", "days"


def proposed_goal(text: str, model: str) -> ProposedGoal:
    """The sentence as the title, and what can be counted of it: “run three times a week”. Where it names
    no number it is counted in times, once for what is to be done each day, else without a target."""
    pieces = pieces_of(text)
    cadence, how_often = cadence_in(pieces)
    target, unit = _amount(text, pieces, how_often)
    if _is_less(pieces):
        # To do less of something is counted by the days on which it was managed.
        target, unit, cadence = 7.0, DAYS, "week"
    elif target is None and _has_odd_number(text, pieces):
        # Nobody who names such a number means once.
        unit, cadence = TIMES, cadence or "week"
    elif target is None:
        unit = TIMES
        target, cadence = (1.0, "day") if cadence == "day" else (1.0 if cadence else None, cadence or "week")
    title = _title(text, pieces)
    return ProposedGoal(
        title=title,
        measure=None,
        unit=unit,
        target=target,
        cadence=cadence or "once",
        category=_category(title, unit),
        source="rule",
        usage=Usage(model=model),
    )


def _amount(text: str, pieces: list[Piece], besides: range) -> tuple[float | None, str]:
    """The first number that counts something, and what it counts."""
    words = goal_words()
    for at, piece in enumerate(pieces):
        if at in besides:
            continue
        if (times := times_in(piece.text)) is not None and piece.kind == "word":
            return times, TIMES
        number = number_at(pieces, at)
        if not number or (at and pieces[at - 1].text in words.clocks and pieces[at - 1].kind == "word"):
            continue
        if _is_odd(text, pieces, at):
            continue
        after = at + 1
        if after < len(pieces) and pieces[after].kind == "dash":
            after += 1
        unit = pieces[after] if after < len(pieces) and after not in besides else None
        if unit is None or unit.kind != "word":
            return number, TIMES
        if unit.text in words.times:
            return number, TIMES
        return number, text[unit.start : unit.end]
    return None, TIMES


def _has_odd_number(text: str, pieces: list[Piece]) -> bool:
    return any(text[it.start].isdigit() and _is_odd(text, pieces, at) for at, it in enumerate(pieces))


def _is_odd(text: str, pieces: list[Piece], at: int) -> bool:
    """A number that cannot be read, as of ten digits, one below zero, and either part of 1e9."""
    piece = pieces[at]
    if piece.kind == "bad":
        return True
    if at and pieces[at - 1].kind == "bad" and piece.glued and text[pieces[at - 1].start] in "-−":
        return True
    triples = (pieces[start : start + 3] for start in (at - 2, at) if start >= 0)
    return any(
        [it.kind for it in three] == ["number", "word", "number"] and three[1].glued and three[2].glued
        for three in triples
    )


def _is_less(pieces: list[Piece]) -> bool:
    words = [piece.text for piece in pieces]
    return any(word and goal_words().less.length_at(words, at) for at, word in enumerate(words))


def _title(text: str, pieces: list[Piece]) -> str:
    words = [piece.text for piece in pieces]
    length = goal_words().wants.length_at(words, 0) if words and words[0] else 0
    title = (text[pieces[length].start :] if 0 < length < len(pieces) else text).strip(" .!")
    return title[:1].upper() + title[1:]


def _category(title: str, unit: str) -> str | None:
    words = goal_words()
    found = [words.families[key] for key in keys_of(title, unit) if key in words.families]
    return words.categories[found[0]] if found else None
