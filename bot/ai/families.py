"""What each family of models accepts, where they differ."""

from dataclasses import dataclass

from anthropic.types import ThinkingConfigParam


@dataclass(frozen=True, kw_only=True)
class Family:
    """What the models whose names begin with `prefix` accept. We want no thinking up front: a chat
    waits for the words, and reading numbers out of an entry needs none. `thinking` is the least that
    the family can be told, None where saying nothing is the only or the best choice; `effort` tells
    whether it takes an effort level."""

    prefix: str
    thinking: ThinkingConfigParam | None
    effort: bool


# The first that fits counts. Read in the vendor's model pages in November 2026.
FAMILIES = (
    Family(prefix="claude-sonnet-5-5", thinking={"type": "between_tools"}, effort=True),
    Family(prefix="claude-haiku-5-5", thinking={"type": "disabled"}, effort=True),
    # These always think, however they are asked; a low effort keeps it short.
    Family(prefix="claude-opus-5-5", thinking=None, effort=True),
    Family(prefix="claude-opus-5", thinking={"type": "disabled"}, effort=True),
    Family(prefix="claude-sonnet-5", thinking={"type": "disabled"}, effort=True),
    # These think only when told to, and know no effort.
    Family(prefix="claude-haiku-4", thinking=None, effort=False),
    Family(prefix="claude-sonnet-4-5", thinking=None, effort=False),
    # Every other Claude: Opus and Sonnet 4.6 to 4.8 do not think unasked, Fable and Mythos always
    # do, and a newer one than this table is likely to keep the effort levels.
    Family(prefix="claude-", thinking=None, effort=True),
    # A compatible server with a model of its own: nothing that it may not know.
    Family(prefix="", thinking=None, effort=False),
)


def family_of(model: str) -> Family:
    return next(family for family in FAMILIES if model.startswith(family.prefix))
