"""An hour of the day, read from what a person typed: “21:30”, “9pm”, “half past nine”, “22 Uhr”.

A text counts only as a whole: a diary line with an hour in it names no hour.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

LONGEST = 40

_BEFORE = (
    "it's", "it’s", "its", "it is", "the time is", "at", "around", "about", "let's say", "say", "make it",
    "um", "gegen", "ca", "es ist", "hier ist es", "jetzt ist es", "bei mir ist es", "abends um",
    "a las", "a la", "son las", "es la", "alle", "alle ore", "ore", "sono le", "às", "as", "são",
    "il est", "à", "vers", "в", "сейчас", "около",
)  # fmt: skip
_AFTER = ("here", "now", "please", "pls", "sharp", "hier", "jetzt", "bitte", "ici", "aquí", "por favor")
_MORNING = (
    "am", "in the morning", "morgens", "früh", "vormittags", "du matin", "de la mañana", "da manhã",
    "del mattino", "di mattina", "утра", "sabah", "上午", "早上", "午前", "오전",
)  # fmt: skip
_EVENING = (
    "pm", "in the evening", "in the afternoon", "at night", "tonight", "abends", "nachmittags", "am abend",
    "du soir", "de l'après-midi", "de la tarde", "de la noche", "da tarde", "da noite", "di sera",
    "del pomeriggio", "вечера", "дня", "akşam", "下午", "晚上", "午後", "오후",
)  # fmt: skip
_HOURS = (
    "h", "hs", "hrs", "uhr", "heure", "heures", "hora", "horas", "ore", "o'clock", "o’clock", "oclock",
    "час", "часа", "часов", "時", "时", "点", "點", "시",
)  # fmt: skip
_NUMBERS = {
    word: number
    for words in (
        "one two three four five six seven eight nine ten eleven twelve",
        "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    )
    for number, word in enumerate(words.split(), 1)
} | {"ein": 1}
_NAMED = {
    "noon": time(12), "midday": time(12), "mittag": time(12), "midnight": time(0), "mitternacht": time(0),
    "minuit": time(0), "midi": time(12), "medianoche": time(0), "mediodía": time(12),
}  # fmt: skip
_OFF = {
    "off", "none", "no", "never", "no summary", "no thanks", "no thank you", "stop", "aus", "nein", "nie",
    "keine", "kein", "non", "aucun", "jamais", "ninguno", "ninguna", "nunca", "nenhum", "não", "nessuno",
    "mai", "нет", "никогда", "не надо", "kapalı", "hayır",
}  # fmt: skip


def _any(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_LEAD = re.compile(rf"(?:{_any(_BEFORE)})\s+")
_TRAIL = re.compile(rf"\s*\b(?:{_any(_AFTER)})")
_HALF = re.compile(
    rf"(?P<a>{_any(_MORNING)})?(?P<p>{_any(_EVENING)})?\s*(?P<rest>.*?)\s*"
    # “einsam” is no “eins am”.
    rf"(?:(?<![^\W\d])(?P<am>{_any(_MORNING)})|(?<![^\W\d])(?P<pm>{_any(_EVENING)}))?"
)
_DIGITS = re.compile(
    rf"(?P<hour>\d{{1,2}})\s*(?:[:.：]\s*(?P<minute>\d{{2}})\s*(?:{_any(_HOURS)})?"
    rf"|(?:{_any(_HOURS)})\s*(?P<minute2>\d{{1,2}})?\s*(?:分|분|min)?)?"
)
_HOUR_WORD = rf"(?:\d{{1,2}}|{_any(list(_NUMBERS))})"
_SPOKEN = re.compile(
    rf"(?:(?P<how>half past|half|quarter past|quarter to|halb|viertel nach|viertel vor|dreiviertel)\s+)?"
    rf"(?P<hour>{_HOUR_WORD})(?:\s+(?P<minute>thirty|fifteen|forty[- ]five|dreissig))?"
    rf"(?:\s*(?:{_any(_HOURS)}))?"
)
_HOW = {
    None: 0, "half past": 30, "half": 30, "quarter past": 15, "viertel nach": 15,
    "quarter to": -15, "viertel vor": -15, "halb": -30, "dreiviertel": -15,
}  # fmt: skip
_MINUTE_WORDS = {"thirty": 30, "fifteen": 15, "forty-five": 45, "forty five": 45, "dreissig": 30}


@dataclass(frozen=True, kw_only=True)
class _Said:
    """`minutes` after midnight, or after noon, where `is_open` says that nothing tells which. With
    `is_exact` it says more than a bare number does."""

    minutes: int
    is_open: bool
    is_exact: bool


def read(text: str, *, evening: bool = False) -> time | None:
    """The hour that the whole text names, else None. With `evening` a bare number counts too, and an
    hour from 1 to 12, as long as it is not written like 09:00, is the one in the second half of the day
    unless the text says otherwise. Raises `ValueError` where
    it means an hour that no clock shows, such as 25:00."""
    said = _said(text)
    if said is None or not (evening or said.is_exact):
        return None
    return _time(said.minutes + (720 if evening and said.is_open else 0))


def read_early(text: str) -> time | None:
    """As `read`, for an hour of the night or the morning: a bare number counts, too."""
    said = _said(text)
    return _time(said.minutes) if said else None


def possible(text: str) -> tuple[time, ...]:
    """The one or two times that a clock may show which somebody reads out, to the minute. Raises as
    `read` does."""
    said = _said(text)
    if said is None or not said.is_exact:
        return ()
    later = (_time(said.minutes + 720),) if said.is_open else ()
    return (_time(said.minutes), *later)


def is_off(text: str) -> bool:
    """Whether the whole text says that there shall be no such hour."""
    return _tidy(text) in _OFF


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _tidy(text: str) -> str:
    tidy = unicodedata.normalize("NFC", text).strip().casefold() if len(text) <= LONGEST else ""
    tidy = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", tidy)
    return re.sub(r"\s+", " ", tidy).strip(" .,!?;")


def _said(text: str) -> _Said | None:
    core = _tidy(text)
    if named := _NAMED.get(core):
        return _Said(minutes=named.hour * 60, is_open=False, is_exact=True)
    while lead := _LEAD.match(core):
        core = core[lead.end() :]
    while trail := re.search(_TRAIL.pattern + r"$", core):
        core = core[: trail.start()]
    match = _HALF.fullmatch(core)
    if match is None:
        return None
    morning, evening = match["a"] or match["am"], match["p"] or match["pm"]
    if morning and evening:
        return None
    half = "am" if morning else "pm" if evening else None
    return _from_digits(match["rest"].strip(" ,"), half) or _from_words(match["rest"].strip(" ,"), half)


def _from_digits(core: str, half: str | None) -> _Said | None:
    match = _DIGITS.fullmatch(core)
    if match is None:
        return None
    hour, minute = int(match["hour"]), match["minute"] or match["minute2"]
    if core.isdecimal() and hour > 24:
        return None
    return _Said(
        minutes=_minutes(hour, int(minute or 0), half),
        is_open=half is None and not match["hour"].startswith("0") and 1 <= hour <= 12,
        is_exact=minute is not None or half is not None,
    )


def _from_words(core: str, half: str | None) -> _Said | None:
    match = None if core.isdecimal() else _SPOKEN.fullmatch(core)
    if match is None:
        return None
    hour = _NUMBERS.get(match["hour"]) or int(match["hour"] if match["hour"].isdecimal() else 0)
    if not hour:
        return None
    shift = _HOW[match["how"]] + _MINUTE_WORDS.get(match["minute"], 0)
    return _Said(
        minutes=(_minutes(hour, 0, half) + shift) % 1440,
        is_open=half is None and 1 <= hour <= 12,
        is_exact=shift != 0 or half is not None,
    )


def _minutes(hour: int, minute: int, half: str | None) -> int:
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise ValueError("no clock shows this")
    if half and hour <= 12:
        return hour % 12 * 60 + minute + (720 if half == "pm" else 0)
    if half == "am":
        raise ValueError("no clock shows this")
    return hour % 24 * 60 + minute
