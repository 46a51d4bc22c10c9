"""What both of Telegram's markups have in common: the text kept so far, and what is still open in it."""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from bot.playground.text import utf8_length, utf16_length


class MarkupError(ValueError):
    """The text cannot be parsed; the message is Telegram's."""


@dataclass(kw_only=True)
class Open:
    """Something that began: at `index` of the pieces kept so far, and at `unit` in UTF-16 units."""

    index: int
    unit: int


AnyOpen = TypeVar("AnyOpen", bound=Open)


@dataclass
class Parser(Generic[AnyOpen]):
    source: str
    kept: list[str] = field(default_factory=list)
    units: int = 0
    stack: list[AnyOpen] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def keep(self, piece: str) -> None:
        self.kept.append(piece)
        self.units += utf16_length(piece)

    def kept_since(self, opened: Open) -> str:
        return "".join(self.kept[opened.index :])

    def place_of(self, opened: Open) -> dict[str, Any]:
        """Where an entity lies that ends here."""
        return {"offset": opened.unit, "length": self.units - opened.unit}

    def byte(self, index: int) -> int:
        """Where `index` is for Telegram, which counts a text's bytes in its errors."""
        return utf8_length(self.source[:index])
