"""What a summary is asked for by, and what it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol
from uuid import UUID

from bot.journal.charts import Picture
from bot.journal.message import Button
from bot.journal.scoring import ScoredDay

Kind = Literal["day", "week", "month"]


class Claim(Protocol):
    """A row of `summaries` that is ours for now: the local day that it is about, or with which its
    week or month ends. `batch_id` names the batch that may hold its words already."""

    @property
    def id(self) -> UUID: ...

    @property
    def user_id(self) -> UUID: ...

    @property
    def kind(self) -> str: ...

    @property
    def local_date(self) -> date: ...

    @property
    def batch_id(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What the chat is to show. `html` is None where there is nothing to say, and the row is skipped.
    `picture` is to be drawn, and fits over `html` as its caption. `waits_for_words`: the coach was away,
    the html says that its words follow, and `Following` brings them by an edit."""

    html: str | None = None
    picture: Picture | None = None
    buttons: Sequence[Sequence[Button]] = ()
    waits_for_words: bool = False


NOTHING = Prepared()


class Scorer(Protocol):
    async def bring_up_to_date(
        self, user_id: UUID, local_date: date, *, patience: float | None = None
    ) -> ScoredDay:
        """The day's score as its entries are now; the analyst has `patience` seconds to read them."""
