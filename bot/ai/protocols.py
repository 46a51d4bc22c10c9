"""The four minds, as the journal sees them.

Every method raises a `MindError` and nothing else when the model cannot do its part. What a mind
returns is data from outside: the journal checks it before it believes it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a call cost. `model` is the name that the vendor answered with; counts are tokens."""

    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    audio_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class AudioClip:
    """One recording, whole. `filename` carries an extension that the vendors know (`note.ogg`)."""

    data: bytes
    filename: str
    mime_type: str
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Transcript:
    text: str
    usage: Usage


@dataclass(frozen=True, kw_only=True)
class Embeddings:
    """One vector of `Embedder.dimensions` finite floats for each text, in the same order."""

    vectors: tuple[tuple[float, ...], ...]
    usage: Usage


@dataclass(frozen=True, kw_only=True)
class MetricKind:
    """One word of the closed vocabulary: a metric's name, unit and range (both ends included)."""

    name: str
    unit: str
    minimum: float
    maximum: float
    meaning: str


@dataclass(frozen=True, kw_only=True)
class KnownGoal:
    """A goal that an entry may speak of, by its `number` in the request: `target` of `unit` are counted
    per `cadence` (day, week, month, or None)."""

    number: int
    title: str
    measure: str | None
    target: float | None
    unit: str
    cadence: str | None


@dataclass(frozen=True, kw_only=True)
class ExtractionRequest:
    """`system` holds the instructions, `message` the entry as quoted data for a model to read,
    `text` the entry as written, for an analyst that reads by rule."""

    system: str
    message: str
    text: str
    vocabulary: tuple[MetricKind, ...]
    goals: tuple[KnownGoal, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProposedMetric:
    """A metric as the analyst gave it: nothing here is checked yet, whatever its type."""

    name: Any
    value: Any
    quote: Any


@dataclass(frozen=True, kw_only=True)
class ProposedProgress:
    """How far the entry moves the goal of that number, as the analyst gave it: unchecked."""

    goal: Any
    amount: Any
    quote: Any


@dataclass(frozen=True, kw_only=True)
class Extraction:
    """`language` is a BCP 47 tag when the analyst could tell. `source` as in extracted_metrics.
    `asks_about_past`: the entry is a question to the diary and tells nothing of its own. `concern`:
    what the analyst thinks of the writer's safety, None where it has no view."""

    metrics: tuple[ProposedMetric, ...]
    language: str | None
    source: Literal["model", "rule"]
    usage: Usage
    asks_about_past: bool = False
    concern: Literal["acute", "indirect", "danger", "other", "past", "none"] | None = None
    progress: tuple[ProposedProgress, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GoalRequest:
    """`system` holds the instructions, `message` the sentence as quoted data, `text` as it was written."""

    system: str
    message: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ProposedGoal:
    """What the analyst makes of a sentence that names a goal: nothing here is checked yet, whatever its
    type. `is_goal` is False for a sentence that wants nothing, as a line of a diary."""

    title: Any
    measure: Any
    unit: Any
    target: Any
    cadence: Any
    category: Any
    source: Literal["model", "rule"]
    usage: Usage
    why: Any = None
    is_goal: bool = True


@dataclass(frozen=True, kw_only=True)
class ScoreRequest:
    """A day to be scored by `categories`: `system` holds the instructions, `message` the day as quoted data
    for a model to read."""

    system: str
    message: str
    categories: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ProposedScore:
    """A category's score as the analyst gave it: nothing here is checked yet, whatever its type."""

    category: Any
    score: Any
    reason: Any
    quote: Any


@dataclass(frozen=True, kw_only=True)
class DayReading:
    """`source`: read by a model, or by an analyst that cannot read and leaves the day to its numbers."""

    scores: tuple[ProposedScore, ...]
    source: Literal["model", "rule"]
    usage: Usage


@dataclass(frozen=True, kw_only=True)
class KnownMetric:
    """A metric of the entry that passed its checks."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, kw_only=True)
class CoachRequest:
    """`system` goes from the most stable block to the least, so that a prefix can be cached;
    `message` is the turn: recalled entries and the entry itself, as quoted and dated data.
    The rest serves a coach that cannot read: the entry's own metrics and language, the names of
    the metrics that its day has already, how many of the day's entries were answered before, and
    which metrics these answers asked for, whether another entry of the day tells of danger, so that
    nobody is asked for a number, whether it asks the diary, the numbers of the earlier entries that
    bear on it, and what `journal_entries.concern` says. To a concern it may answer with no words at
    all: then the card with help stands alone."""

    system: tuple[str, ...]
    message: str
    metrics: tuple[KnownMetric, ...] = ()
    language: str | None = None
    known_today: frozenset[str] = frozenset()
    answered_today: int = 0
    asked_today: frozenset[str] = frozenset()
    is_grave_day: bool = False
    is_question: bool = False
    related: tuple[int, ...] = ()
    concern: str | None = None


@dataclass(frozen=True, kw_only=True)
class CoachReply:
    """`ending`: whole; cut at the length limit; or refused by the model, `text` then being empty.
    `check_in` names a metric to ask for with buttons."""

    text: str
    ending: Literal["whole", "cut", "refused"]
    usage: Usage
    check_in: str | None = None


@dataclass(frozen=True, kw_only=True)
class SummaryRequest:
    """What a day, a week or a month came to, to be put into words: `system` and `message` as in a
    `CoachRequest`. The rest serves a coach that cannot read: the kind, the language, and the numbers
    that the day told."""

    system: tuple[str, ...]
    message: str
    kind: Literal["day", "week", "month"]
    language: str | None = None
    metrics: tuple[KnownMetric, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SummaryWords:
    """As the coach gave them: nothing here is checked yet, whatever its type. `helped_quote` repeats
    words of an entry, `goal` is the number of the goal that the suggestion is about. `source`: written
    by a model, or put together by rule."""

    story: Any
    helped: Any = None
    helped_quote: Any = None
    suggestion: Any = None
    goal: Any = None
    question: Any = None
    source: Literal["model", "rule"]
    usage: Usage


OnText = Callable[[str], None]
"""Called with the whole text so far, each time it has grown; returns at once."""


class Mind(Protocol):
    @property
    def model(self) -> str:
        """The name that settings gave it."""

    async def check(self) -> None:
        """Return if the model is there for us, at no cost; raise the `MindError` that tells why not."""

    async def close(self) -> None:
        """Let go of its connections, also those of minds that share them. Twice is as good as once."""


class Transcriber(Mind, Protocol):
    async def transcribe(self, clip: AudioClip) -> Transcript:
        """The words spoken in `clip`, in the language spoken. An empty text means none heard."""


class Embedder(Mind, Protocol):
    @property
    def dimensions(self) -> int: ...

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        """Vectors for up to 256 texts of up to 8,192 tokens each, checked for count, length and
        finiteness."""


class Analyst(Mind, Protocol):
    async def extract(self, request: ExtractionRequest) -> Extraction:
        """The metrics that the entry states and how far it moves which goals, each with its quote,
        unchecked."""

    async def score(self, request: ScoreRequest) -> DayReading:
        """The categories that the day's entries tell of, each with its quote, unchecked."""

    async def propose_goal(self, request: GoalRequest) -> ProposedGoal:
        """What a sentence wants, and how it can be counted, unchecked."""


class Coach(Mind, Protocol):
    async def reply(self, request: CoachRequest, on_text: OnText) -> CoachReply:
        """A reply to the entry, in its language; `on_text` hears it grow while it is written."""

    async def sum_up(self, request: SummaryRequest) -> SummaryWords:
        """Words about a day, a week or a month, in the person's language."""


class Batches(Protocol):
    """Summaries asked for hours ahead, at half the price. Both raise a `MindError` like a mind."""

    async def submit(self, requests: Mapping[str, SummaryRequest]) -> str:
        """Ask for all of them, each under a key of up to 64 letters, digits, - and _; the batch's id."""

    async def fetch(self, batch_id: str) -> Mapping[str, SummaryWords] | None:
        """The words that have come, by their keys; None while the batch is still at work."""

    async def close(self) -> None:
        """As of a mind."""
