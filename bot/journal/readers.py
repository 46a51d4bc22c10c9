"""Who beside this bot's own server gets to read what people write."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Readers:
    """The names of those who run the minds, as far as any are set: the coach and the analyst read
    entries, the listener hears recordings and gets the text of entries too, to find them again."""

    coach: str | None = None
    listener: str | None = None

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(name for name in (self.coach, self.listener) if name))
