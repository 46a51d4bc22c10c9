"""Numbers that English words state: “seven hours”, “twenty-one”, “two hundred”, “six and a half”."""

import re

_VALUES: dict[str, int] = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_TIMES = {"hundred": 100, "thousand": 1_000}
_WORD = "|".join(sorted(_VALUES, key=len, reverse=True))
_SPELLED = re.compile(
    rf"\b(?P<first>{_WORD}|a(?=\s(?:hundred|thousand)\b))(?:[-\s](?P<second>{_WORD}))?"
    rf"(?:\s(?P<times>hundred|thousand))?(?P<half>\s+and\s+a\s+half)?\b",
    re.IGNORECASE,
)
# “One” and “two” say more than numbers: “one of these days”, “the two of you”.
LEAST_CHECKED = 3


def spelled_in(text: str) -> list[set[float]]:
    """Each number that the text states in words, with all that it may mean: “six and a half” is 6.5, or 6."""
    return [_readings(found) for found in _SPELLED.finditer(text)]


def _readings(found: re.Match[str]) -> set[float]:
    first = _VALUES.get(found["first"].lower(), 1)
    numbers = [float(first)]
    if found["second"]:
        second = _VALUES[found["second"].lower()]
        is_compound = first >= 20 and 0 < second < 10
        # “Seven eight” are two numbers side by side.
        numbers = [float(first + second)] if is_compound else [float(first), float(second)]
    if found["times"]:
        numbers = [number * _TIMES[found["times"].lower()] for number in numbers]
    return {it for number in numbers for it in ({number, number + 0.5} if found["half"] else {number})}
