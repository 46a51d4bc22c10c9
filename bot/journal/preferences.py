"""What a person chose about how the bot treats them, with what holds until they choose."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

Manner = Literal["listener", "coach", "challenger", "silent"]
Length = Literal["short", "normal", "long"]


class Preferences(BaseModel):
    """`manner` and `length` shape the coach's replies; with `silent` an entry is only kept and
    marked. `country` is ISO 3166 alpha-2, where they said it. `welcome` names the step of the first
    meeting that is still open, `time_zone_is_known` whether they said it rather than us guessing."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    manner: Manner = "coach"
    length: Length = "normal"
    country: str | None = None
    welcome: str | None = None
    time_zone_is_known: bool = False
    wants_summary: bool = True

    @classmethod
    def of(cls, settings: dict[str, Any]) -> "Preferences":
        """From `users.settings`. What an older or newer program left there and nobody understands
        counts as not chosen."""
        try:
            return cls.model_validate(settings)
        except ValidationError as error:
            odd = {str(problem["loc"][0]) for problem in error.errors()}
            return cls.model_validate({name: it for name, it in settings.items() if name not in odd})
