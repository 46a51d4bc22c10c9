"""What Mina says, and what the local model server answers to it."""

from typing import Any

from evaluation.transcript.stage import Stage, moment


def reads(name: str, value: float, quote: str) -> dict[str, Any]:
    return {"name": name, "value": value, "quote": quote}


async def play(stage: Stage, clock: list[float]) -> None:
    await the_first_evening(stage, clock)
    await some_weeks(stage, clock)
    await looking_back(stage, clock)
    await a_hard_night(stage, clock)


async def the_first_evening(stage: Stage, clock: list[float]) -> None:
    clock[0] = moment("2026-10-05T18:40")
    stage.heading("The first evening")
    await stage.says("/start")
    await stage.says("Berlin")
    await stage.says("21:30")
    entry = await stage.says(
        "Slept 6 hours, mood 6. First day in the new office, I ate alone and pretended to read my phone.",
        "Pretending to read can be a long half hour. Was there a moment today when the office felt a "
        "little like yours?",
        metrics=[reads("sleep_hours", 6, "Slept 6 hours"), reads("mood", 6, "mood 6")],
    )
    await stage.says(
        "The balcony. Somebody left a chair there.",
        "A chair that waits for nobody in particular: a good place to begin.",
        to=stage.newest,
        metrics=[],
    )
    await stage.edits(
        entry,
        "Slept 6.5 hours, mood 6. First day in the new office, I ate alone and pretended to read my phone.",
        "Half an hour more sleep than you thought, then, and a long half hour at lunch.",
        metrics=[reads("sleep_hours", 6.5, "Slept 6.5 hours"), reads("mood", 6, "mood 6")],
    )


async def some_weeks(stage: Stage, clock: list[float]) -> None:
    clock[0] = moment("2026-10-17T20:10")
    stage.heading("Two weeks later")
    await stage.speaks(
        "So I walked home along the canal today, forty minutes, and Ana from the third floor came along",
        "Forty minutes with Ana beside the water. That is no lunch alone.",
        metrics=[reads("exercise_minutes", 40, "forty minutes")],
    )
    clock[0] = moment("2026-10-18T09:05")
    await stage.says(
        "Slept 8 hours, mood 8, the best night since I moved",
        "Eight hours, the night after the canal. What do you want to keep of yesterday?",
        metrics=[reads("sleep_hours", 8, "Slept 8 hours"), reads("mood", 8, "mood 8")],
    )
    await stage.taps("✎")
    await stage.taps("Close")
    await stage.says("/settings")
    await stage.says("/cancel")


async def looking_back(stage: Stage, clock: list[float]) -> None:
    clock[0] = moment("2026-11-17T19:30")
    stage.heading("A month later")
    await stage.says(
        "/ask when did I last sleep really well?",
        "On Sunday 18 October: eight hours, the best night since you moved, after the walk with Ana "
        "the evening before [4].",
    )
    await stage.says("/ask what did the dentist say?", "I find nothing about a dentist in your diary.")
    await stage.says("/search canal")
    await stage.says("/history october 2026")
    await stage.says("/onthisday")
    await stage.says("/random")
    await stage.says(
        "Asked Ana whether she would come along on Thursdays. She said she had wondered when I would ask.",
        "She had wondered. So the canal has a day of the week now.",
        metrics=[],
    )
    await stage.says("/delete")
    await stage.taps("Keep")
    await stage.says("/privacy")
    await stage.says("/help")


async def a_hard_night(stage: Stage, clock: list[float]) -> None:
    clock[0] = moment("2026-11-19T23:50")
    stage.heading("A hard night")
    await stage.says(
        "I can't do this anymore. Everyone would be better off without me.",
        "I'm glad you wrote this here, and I take it seriously. Is somebody near you right now whom you "
        "could wake? Please call one of the numbers above, they are there for exactly this.",
        metrics=[],
        concern="indirect",
    )
