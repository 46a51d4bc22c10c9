"""Goals: what the analyst makes of a sentence and of an entry, and what the chat shows of it."""

from typing import Any

from bot.playground.chat import Message
from bot.playground.person import Person
from db.models import Goal

from .conftest import World
from .correcting import tap

RUN = {
    "is_goal": True,
    "title": "Run three times a week",
    "measure": "a run of any length",
    "unit": "times",
    "target": 3,
    "cadence": "week",
    "category": "body",
}


async def proposed(world: World, person: Person, sentence: str = "run three times a week") -> Message:
    """The proposal for a sentence, settled."""
    await person.writes(f"/goals {sentence}")
    shown = await person.hears(lambda it: "Shall I keep it as a goal?" in it.text)
    await world.settle()
    return shown


async def added(world: World, person: Person, proposal: Any = RUN) -> Message:
    """A goal that its person confirmed; the message that shows it."""
    world.anthropic.give(proposal)
    shown = await proposed(world, person)
    assert await tap(world, person, shown, "✓ Add this goal") == "Added."
    return shown


async def told(world: World, person: Person, text: str, *progress: Any, reply: str = "I see.") -> None:
    """An entry that the analyst reads this progress in."""
    world.anthropic.give({"language": "en", "metrics": [], "progress": list(progress)})
    world.anthropic.say(reply)
    await person.writes(text)
    await person.hears(lambda it: it.text.startswith(reply))
    await world.settle()


def ran(quote: Any = "Ran in the park", amount: Any = 1, goal: Any = 1) -> dict[str, Any]:
    return {"goal": goal, "amount": amount, "quote": quote}


async def goal_of(world: World) -> Goal:
    [goal] = await world.rows(Goal)
    assert isinstance(goal, Goal)
    return goal


async def shown(world: World, person: Person) -> Message:
    """What /goals shows now."""
    await person.writes("/goals")
    message = await person.hears("Your goals")
    await world.settle()
    return message
