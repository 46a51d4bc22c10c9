"""Colours and sizes of the pictures. tests/journal/charts/test_style.py holds their contrast, also as
people see them who tell colours apart less well."""

from dataclasses import dataclass

from bot.journal.charts.values import Theme

# In pixels. A phone shows a picture at about a third of its size, so nothing is smaller than SMALL.
WIDTH = 1080
MARGIN = 64
SMALL, BODY, LARGE, HUGE = 34, 40, 58, 104


@dataclass(frozen=True, kw_only=True)
class Colours:
    """`ramp` goes from the lowest fifth of the scores to the highest; `track` lies under what is not
    reached; like `panel` and `line` it carries no meaning by itself."""

    card: str
    ink: str
    muted: str
    track: str
    panel: str
    line: str
    empty: str
    accent: str
    band: str
    ramp: tuple[str, str, str, str, str]

    @property
    def all(self) -> tuple[str, ...]:
        """Each of them once, the card's first."""
        named = (self.ink, self.muted, self.track, self.panel, self.line, self.empty, self.accent, self.band)
        return tuple(dict.fromkeys((self.card, *named, *self.ramp)))

    @property
    def surfaces(self) -> tuple[str, ...]:
        """What lies under other marks, or fills them."""
        return (self.track, self.panel, self.line, self.empty, self.band)

    def of(self, score: float) -> str:
        """The colour of 0 to 100."""
        return self.ramp[min(int(score) // 20, 4)]


COLOURS: dict[Theme, Colours] = {
    "light": Colours(
        card="#faf8f4",
        ink="#1f2933",
        muted="#56616d",
        track="#e6e3dc",
        panel="#f0ede6",
        line="#cfcbc2",
        empty="#8b8d8e",
        accent="#1c5480",
        band="#dbe6ea",
        ramp=("#c57f09", "#8c7647", "#34727f", "#1c5480", "#10264c"),
    ),
    "dark": Colours(
        card="#1b222b",
        ink="#eceff2",
        muted="#a9b4bf",
        track="#303a46",
        panel="#242d38",
        line="#465260",
        empty="#74808d",
        accent="#93d3e8",
        band="#28404c",
        ramp=("#95651c", "#a98a50", "#7ab0b2", "#93d3e8", "#def6fd"),
    ),
}
