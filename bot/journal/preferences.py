"""What a person chose about how the bot treats them, with what holds until they choose."""

from datetime import time
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Manner = Literal["listener", "coach", "challenger", "silent"]
Length = Literal["short", "normal", "long"]
Theme = Literal["light", "dark"]
Evening = Literal["full", "plain", "numbers", "weekdays"]


class Preferences(BaseModel):
    """`manner` and `length` shape the coach's replies; with `silent` an entry is only kept and
    marked. `country` is ISO 3166 alpha-2, where they said it. `welcome` names the step of the first
    meeting that is still open, `time_zone_is_known` whether they said it rather than us guessing. `theme` is
    that of the pictures.
    `evening` is how much a summary says: all; no picture; numbers alone; these on weekdays alone.
    `review_weekday` is the day of the weekly review, 0 for Monday; `soft_line` asks for a line after
    days without entries. Between `quiet_from` and `quiet_to`, where both are chosen, nothing comes by
    itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    manner: Manner = "coach"
    length: Length = "normal"
    theme: Theme = "light"
    country: str | None = None
    welcome: str | None = None
    time_zone_is_known: bool = False
    wants_summary: bool = True
    evening: Evening = "full"
    review_weekday: int = Field(default=6, ge=0, le=6)
    soft_line: bool = False
    quiet_from: time | None = None
    quiet_to: time | None = None

    @classmethod
    def of(cls, settings: dict[str, Any]) -> "Preferences":
        """From `users.settings`. What an older or newer program left there and nobody understands
        counts as not chosen."""
        try:
            return cls.model_validate(settings)
        except ValidationError as error:
            odd = {str(problem["loc"][0]) for problem in error.errors()}
            return cls.model_validate({name: it for name, it in settings.items() if name not in odd})
