"""Entries to write: as long and as varied as people's, all made up."""

import random
from collections.abc import Iterator

OPENINGS = (
    "Slept {hours} hours and woke before the alarm.",
    "Got up late, mood {mood}.",
    "The morning was slow, energy {mood}.",
    "Long day, stress {mood}.",
    "Walked {minutes} minutes to work in the rain.",
)
MIDDLES = (
    "The meeting about the new plan took more out of me than I had thought.",
    "My sister called and we talked about the summer for a while.",
    "I finally wrote the letter that I had put off since spring.",
    "Lunch by the river, alone, and that was good.",
    "Somebody at work took my idea for theirs and I said nothing.",
    "The garden needs water and I keep forgetting it.",
)
ENDINGS = (
    "In the evening I read two chapters and felt calm.",
    "Lights out before eleven tonight, I promise.",
    "Not sure why, but I feel lighter than yesterday.",
    "Tomorrow the same again, only with more coffee.",
    "I am proud of that, a little.",
)


def entries(seed: int = 1) -> Iterator[str]:
    """Without an end, and the same ones for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - nothing here is secret
    while True:
        opening = dice.choice(OPENINGS).format(
            hours=dice.choice((5, 6.5, 7, 8)), mood=dice.randint(1, 10), minutes=dice.randint(10, 90)
        )
        yield f"{opening} {dice.choice(MIDDLES)} {dice.choice(MIDDLES)} {dice.choice(ENDINGS)}"
