"""What Mina says, and what the local model server answers to it."""

from bot.journal.phrases_score import WHY
from evaluation.transcript import days
from evaluation.transcript.days import ago, at
from evaluation.transcript.minds import counts, finds, reads
from evaluation.transcript.stage import Stage
from evaluation.transcript.weeks import FINDINGS as OF_WEEKS
from evaluation.transcript.weeks import unseen

FINDINGS = [
    *OF_WEEKS,
    finds(
        "connection",
        86,
        "You asked Ana, and she had wondered when you would.",
        "She said she had wondered when I would ask",
    ),
    finds("energy", 74, "You took the long way to work, on foot.", "Walked to work the long way"),
]


async def play(stage: Stage) -> None:
    await the_first_evening(stage)
    await the_canal(stage)
    await a_hard_night(stage)
    await today(stage)
    await looking_back(stage)
    await the_evening(stage)


async def the_first_evening(stage: Stage) -> None:
    stage.set_clock(at(ago(47), "20:40"))
    stage.heading("The first evening")
    await stage.says("/start")
    await stage.says("Berlin")
    await stage.says("21:30")
    entry = await stage.says(
        "Slept 6 hours, mood 6. First day in the new office, I ate alone and pretended to read my phone.",
        "Pretending to read can make for a long half hour. Was there a moment today when the office felt a "
        "little like yours?",
        metrics=[reads("sleep_hours", 6, "Slept 6 hours"), reads("mood", 6, "mood 6")],
    )
    await stage.says(
        "The balcony. Somebody had left a chair there.",
        "A chair, some air, and nobody to pretend for. That sounds like a place to begin.",
        to=stage.newest,
    )
    await stage.edits(
        entry,
        "Slept 6.5 hours, mood 6. First day in the new office, I ate alone and pretended to read my phone.",
        "So it was half an hour more of sleep, and still a long lunch. I'm curious how tomorrow's will be.",
        metrics=[reads("sleep_hours", 6.5, "Slept 6.5 hours"), reads("mood", 6, "mood 6")],
    )
    await stage.lets_the_day_end()


async def the_canal(stage: Stage) -> None:
    walked, after = days.a_month_ago(), days.after(days.a_month_ago())
    stage.set_clock(at(walked, "20:10"))
    stage.heading("Some weeks later")
    await stage.speaks(
        "So I walked home along the canal today, forty minutes, and Ana from the third floor came along",
        "Forty minutes by the water, and this time in company. What did you two find to talk about?",
        metrics=[reads("exercise_minutes", 40, "forty minutes")],
    )
    await stage.lets_the_day_end()
    stage.set_clock(at(after, "09:05"))
    await stage.says(
        "Slept 8 hours, mood 8, the best night since I moved",
        "Eight hours, on the night after the canal. What of yesterday would you like to have again?",
        metrics=[reads("sleep_hours", 8, "Slept 8 hours"), reads("mood", 8, "mood 8")],
    )
    await stage.taps("✎")
    await stage.taps("Close")
    stage.minds.goal = {
        "is_goal": True,
        "title": "Walk by the water",
        "measure": "a walk along the canal or another water",
        "unit": "times",
        "target": 2,
        "cadence": "week",
        "category": "body",
    }
    await stage.says("/goals I want to walk by the water twice a week")
    await stage.taps("✓ Add this goal")
    await stage.says("/remind on Thursdays at 17:30 to ask Ana for a walk")
    await stage.lets_the_day_end()
    await unseen(stage, first=26, last=13)


async def a_hard_night(stage: Stage) -> None:
    stage.set_clock(at(ago(12), "23:50"))
    stage.heading("A hard night")
    await stage.says(
        "I can't do this anymore. Everyone would be better off without me.",
        "I'm glad you wrote this here, and I take it seriously. Is somebody near you right now whom you "
        "could wake? Please call one of the numbers above; they are there for exactly this.",
        concern="indirect",
    )
    await stage.lets_the_day_end()
    stage.set_clock(at(ago(11), "10:20"))
    await stage.says(
        "I rang my sister in the night. She stayed on the phone until it got light.",
        "She stayed until it got light. I'm glad that you rang her, and that she was there. Who could be "
        "with you today?",
    )
    await stage.lets_the_day_end()
    await unseen(stage, first=8, last=1)


async def today(stage: Stage) -> None:
    stage.set_clock(at(ago(0), "18:10"))
    stage.heading("Today")
    await stage.says(
        "Slept 7.5 hours, mood 8. Walked to work the long way, by the canal, and asked Ana to come along "
        "on Thursdays. She said she had wondered when I would ask.",
        "She had wondered when you would. So the canal has a day of the week now.",
        metrics=[reads("sleep_hours", 7.5, "Slept 7.5 hours"), reads("mood", 8, "mood 8")],
        progress=[counts("Walked to work the long way, by the canal")],
    )
    await stage.says("/score")
    await stage.taps(WHY)
    await stage.says("/goals")
    await stage.says("/week last week")
    await stage.says("/month")
    await stage.says("/stats")


async def looking_back(stage: Stage) -> None:
    best = days.after(days.a_month_ago())
    stage.heading("Looking back")
    await stage.says(
        "/ask when did I sleep best since I moved?",
        f"On {best:%A}, {best.day} {best:%B}: eight hours, “the best night since I moved”, after you had "
        "walked home along the canal with Ana [the best night since I moved][home along the canal].",
    )
    await stage.says("/ask what did the dentist say?", "I find nothing about a dentist in your diary.")
    await stage.says("/search canal mood>=7")
    await stage.says("/history last week")
    await stage.says("/onthisday")
    await stage.says("/random")
    await stage.says("/delete")
    await stage.taps("Keep")


async def the_evening(stage: Stage) -> None:
    stage.heading("The evening")
    await stage.evening(
        {
            "story": "You asked Ana about Thursdays, and she had wondered when you would. "
            "The day began by the canal, on the long way to work.",
            "helped": "Going the long way round, before the day began.",
            "helped_quote": "Walked to work the long way, by the canal",
            "suggestion": "Settle with Ana when the two of you set out on Thursday.",
            "goal": 1,
            "question": "What would you like to show her on the way?",
        }
    )
    await stage.says("/reminders")
    await stage.says("/silence")
    await stage.taps("Today")
    await stage.says("/settings")
    await stage.taps("Name")
    await stage.says("/cancel")
    await stage.says("/account")
    await stage.says("/privacy")
    await stage.says("/help")
