"""The four minds, as the journal sees them.

Every method raises a `MindError` and nothing else when the model cannot do its part. What a mind
returns is data from outside: the journal checks it before it believes it.
"""

from collections.abc import Callable, Sequence
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
class ExtractionRequest:
    """`system` holds the instructions, `message` the entry as quoted data for a model to read,
    `text` the entry as written, for an analyst that reads by rule."""

    system: str
    message: str
    text: str
    vocabulary: tuple[MetricKind, ...]


@dataclass(frozen=True, kw_only=True)
class ProposedMetric:
    """A metric as the analyst gave it: nothing here is checked yet, whatever its type."""

    name: Any
    value: Any
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
    the metrics that its day has already, how many of the day's entries were answered before,
    whether it asks the diary, the numbers of the earlier entries that bear on it, and what
    `journal_entries.concern`
    says. To a concern it may answer with no words at all: then the card with help stands alone."""

    system: tuple[str, ...]
    message: str
    metrics: tuple[KnownMetric, ...] = ()
    language: str | None = None
    known_today: frozenset[str] = frozenset()
    answered_today: int = 0
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
        """The metrics that the entry states, each with its quote, unchecked."""


class Coach(Mind, Protocol):
    async def reply(self, request: CoachRequest, on_text: OnText) -> CoachReply:
        """A reply to the entry, in its language; `on_text` hears it grow while it is written."""
