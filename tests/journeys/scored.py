"""Scored days as the scoring leaves them, and the pictures that a chat shows of them."""

from collections.abc import Mapping
from datetime import date, timedelta

from PIL import Image

from bot.journal.charts.style import COLOURS
from bot.playground.chat import Message
from bot.playground.person import Person
from db.models import DailyScore, Goal, GoalProgress, ScoreMetric
from tests.journal.charts.looking import opened, pixel

from .conftest import World
from .past import Past, past_of


class Diary(Past):
    async def score(
        self,
        day: date | int,
        overall: int | None,
        categories: Mapping[str, int | None] | None = None,
        state: str = "scored",
    ) -> None:
        """Of a day, or of so many days ago."""
        when = self.today - timedelta(days=day) if isinstance(day, int) else day
        async with self.world.sessions.begin() as session:
            score = DailyScore(user_id=self.user_id, local_date=when, overall=overall, state=state)
            session.add(score)
            await session.flush()
            for name, value in (categories or {}).items():
                session.add(
                    ScoreMetric(user_id=self.user_id, daily_score_id=score.id, category=name, score=value)
                )

    async def want(self, title: str, *, done: Mapping[date, float], **values: object) -> None:
        """A goal, and what was done for it on which day."""
        async with self.world.sessions.begin() as session:
            goal = Goal(user_id=self.user_id, title=title, **({"state": "active"} | values))
            session.add(goal)
            await session.flush()
            for day, amount in done.items():
                session.add(
                    GoalProgress(
                        user_id=self.user_id,
                        goal_id=goal.id,
                        local_date=day,
                        amount=amount,
                        source="person",
                    )
                )

    def picture(self, message: Message) -> Image.Image:
        [photo] = message.payload["photo"]
        return opened(self.world.telegram.world.files.by_id(photo["file_id"]).data)


async def diary_of(world: World, person: Person | None = None) -> Diary:
    past = await past_of(world, person or world.person())
    return Diary(past.world, past.person, past.user_id, past.today)


def theme_of(image: Image.Image) -> str:
    corner = image.convert("RGB").getpixel((0, 0))
    return next(name for name, colours in COLOURS.items() if pixel(colours.card) == corner)
