"""What the API tells, as the OpenAPI document describes it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from bot.journal.charts import CATEGORIES
from bot.journal.metrics import VOCABULARY
from bot.journal.scoring.weights import WEIGHTS
from db.queries.scores import CategoryRecord

Source = Literal["model", "rule", "person"]
Kind = Literal["text", "voice", "audio", "photo", "video", "document"]
GoalState = Literal["proposed", "active", "paused", "finished"]
Cadence = Literal["day", "week", "month"]

if TYPE_CHECKING:
    MetricName = str
    CategoryName = str
else:
    # Their lists stand where they are used, and a type can only be written out.
    MetricName = Literal[tuple(kind.name for kind in VOCABULARY)]
    CategoryName = Literal[tuple(CATEGORIES)]


class Shape(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True, extra="forbid")


class Metric(Shape):
    """A number of an entry."""

    id: UUID
    entry_id: UUID
    local_date: date = Field(description="The day that its entry is about.")
    name: str = Field(description="One of `/api/v1/metric-kinds`.")
    value: float
    unit: str
    quote: str | None = Field(description="The words of the entry that it was read from.")
    source: Source = Field(description="Who said so last: a model, a rule, or the person.")
    model_value: float | None = Field(description="What was read, where the person says otherwise.")
    created_at: datetime


class MetricKind(Shape):
    name: str
    unit: str
    minimum: float
    maximum: float
    meaning: str


class MetricKinds(Shape):
    items: list[MetricKind]


class Care(Shape):
    """Help for somebody who may be in danger. Show it before anything else, and as it is."""

    text: str = Field(description="A calm word and helplines of the person's country, as plain text.")
    html: str = Field(description="The same with `<b>` and `<a href>`.")


class Entry(Shape):
    id: UUID
    kind: Kind
    body: str = Field(description="What the person told; of a recording what was heard.")
    caption: str | None = Field(description="What a recording or a file was sent with; part of `body`, too.")
    transcript: str | None = Field(description="What was first heard in a recording.")
    language: str | None = Field(description="As a BCP 47 tag, once it was read.")
    local_date: date = Field(description="The day that it is about, in the person's own zone.")
    day_is_chosen: bool = Field(description="Whether the person said which day that is.")
    written_at: datetime
    edited_at: datetime | None
    version: int = Field(description="Counts the versions of its words, from 1 on.")
    is_question: bool = Field(description="Whether it asks the diary, and tells nothing.")
    continues_id: UUID | None = Field(description="The earlier entry that it answers.")
    concern: str | None = Field(description="What its words say of the person's safety, if they do.")
    care: Care | None = Field(description="The card with help, where there is a concern.")
    problem: str | None = Field(description="What kept a recording from becoming text, if anything did.")
    transcribed_at: datetime | None = Field(description="When this version was written out; recordings only.")
    embedded_at: datetime | None = Field(description="When this version could be found by meaning.")
    extracted_at: datetime | None = Field(description="When its numbers were read.")
    coached_at: datetime | None = Field(description="When its reply was made.")
    replied_at: datetime | None = Field(description="When its reply was shown in the linked chat.")
    is_done: bool = Field(description="Whether nothing more is to come: no reply, no numbers.")
    waiting_for: str | None = Field(
        description="What holds up the rest: coach, analyst, transcriber; or set_aside."
    )
    reply: str | None = Field(description="What the coach says, as plain text; null until `coached_at`.")
    reply_html: str | None = Field(description="The same with Telegram's tags, such as `<b>` and `<i>`.")
    reply_sources: list[UUID] = Field(description="The earlier entries that the reply rests on.")
    metrics: list[Metric]
    created_at: datetime


class Goal(Shape):
    id: UUID
    title: str
    why: str | None
    measure: str | None = Field(description="What counts towards it, in words.")
    cadence: Cadence | None = Field(description="How often the target is wanted; null for once.")
    target: float | None
    unit: str | None
    category: CategoryName | None = Field(description="The category of a day's score that it belongs to.")
    state: GoalState = Field(description="proposed waits for the person's word in the chat.")
    progress: float = Field(description="All that was counted so far.")
    done: float = Field(description="What was counted in the day, week or month that runs now.")
    finished_at: datetime | None
    created_at: datetime


class Step(Shape):
    """What moved a goal, or did until its person took it back (`removed_at`)."""

    id: UUID
    entry_id: UUID | None = Field(description="The entry that tells of it; null where it was added by tap.")
    local_date: date
    amount: float
    quote: str | None
    source: Source
    removed_at: datetime | None


class Category(Shape):
    category: CategoryName
    weight: int = Field(description="How much it counts in the overall.")
    score: int | None = Field(description="0 to 100; null where the person wants none.")
    model_score: int | None = Field(description="What was read last.")
    source: Source
    reason: str | None
    quote: str | None = Field(description="Words of that entry.")
    entry_id: UUID | None


class Score(Shape):
    """How one local day went."""

    local_date: date
    state: Literal["scored", "too_little", "concern", "empty"] = Field(
        description="too_little to go on, or a day with a grave concern: neither has an overall."
    )
    overall: int | None = Field(
        description="The weighted mean of the scored categories, 0 to 100, counted by the program."
    )
    source: Source | None = Field(description="Whether a model read the day, or its numbers alone count.")
    is_wanting: bool = Field(description="Whether the analyst did not answer, and is asked again.")
    categories: list[Category]
    summary: str | None = Field(description="What the evening's summary said of it.")
    advice: str | None
    question: str | None
    helped: str | None
    helped_quote: str | None
    helped_entry_id: UUID | None
    scored_at: datetime | None
    sent_at: datetime | None = Field(description="When the summary was sent to the chat.")


class Hit(Shape):
    entry: Entry
    found_by: Literal["words", "meaning", "filters"]
    snippet: str = Field(description="The part of its words that was found, as plain text on one line.")


class Page(Shape):
    next_cursor: str | None = Field(description="Ask with it for the next page; null on the last one.")


class EntryPage(Page):
    items: list[Entry]


class MetricPage(Page):
    items: list[Metric]


class GoalPage(Page):
    items: list[Goal]


class StepPage(Page):
    items: list[Step]


class ScorePage(Page):
    items: list[Score]


class SearchPage(Page):
    items: list[Hit]
    total: int = Field(description="How many were found.")
    meaning: Literal["used", "missing", "down", "none"] = Field(
        description="Whether it was also searched by meaning: the embedder is missing, or down; none where "
        "there are only filters."
    )
    problems: list[str] = Field(description="Filters in `q` that cannot be read.")
    care: Care | None = Field(description="The card with help, where the words ask for it.")


def weighed(category: CategoryRecord) -> Category:
    return Category.model_validate(vars(category) | {"weight": WEIGHTS[category.category]})
