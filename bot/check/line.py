"""One line of the screen."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Line:
    """`doubt` works, but perhaps not as it was meant; `what` is the state in words, with the remedy
    where there is one."""

    part: str
    state: Literal["ok", "off", "doubt", "wrong"]
    what: str
