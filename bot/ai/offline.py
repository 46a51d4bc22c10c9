"""The minds without keys: they read stated numbers by rule, and say plainly that they are offline."""

import asyncio
from collections.abc import Sequence

from bot.ai.goals_by_rule import proposed_goal
from bot.ai.language import language_of
from bot.ai.lexicon import LANGUAGES, Lexicon, lexicon
from bot.ai.pieces import pieces_of
from bot.ai.progress_by_rule import stated_progress
from bot.ai.protocols import (
    AudioClip,
    CoachReply,
    CoachRequest,
    DayReading,
    Embeddings,
    Extraction,
    ExtractionRequest,
    GoalRequest,
    KnownMetric,
    OnText,
    ProposedGoal,
    ScoreRequest,
    SummaryRequest,
    SummaryWords,
    Transcript,
    Usage,
)
from bot.ai.stated import stated_metrics
from bot.errors import MindNotConfigured

MODEL = "offline"

# What the coach asks for, first things first: all of them fit on a row of buttons.
ASKED = ("mood", "energy", "stress", "sleep_quality")
# How many earlier entries it names where it is asked for one.
SHOWN = 5


class OfflineAnalyst:
    model = MODEL

    async def check(self) -> None:
        raise no_key("analyst", "ANTHROPIC_API_KEY")

    async def close(self) -> None:
        """It holds nothing."""

    async def extract(self, request: ExtractionRequest) -> Extraction:
        """The numbers that the entry plainly states, and the goals that it plainly moves; see `stated` and
        `progress_by_rule`."""
        # The longest entries take a third of a second, which the other chats need not wait for.
        return await asyncio.to_thread(extracted, request)

    async def propose_goal(self, request: GoalRequest) -> ProposedGoal:
        return proposed_goal(request.text, MODEL)

    async def score(self, request: ScoreRequest) -> DayReading:
        """None: the journal scores what the day's numbers tell, by a rule of its own."""
        return DayReading(scores=(), source="rule", usage=Usage(model=MODEL))


def extracted(request: ExtractionRequest) -> Extraction:
    pieces = pieces_of(request.text)
    language = language_of(request.text, pieces)
    return Extraction(
        metrics=tuple(stated_metrics(request.text, request.vocabulary, language)),
        language=language,
        source="rule",
        usage=Usage(model=MODEL),
        progress=tuple(stated_progress(request.text, pieces, request.goals, language)),
    )


class OfflineCoach:
    model = MODEL

    async def check(self) -> None:
        raise no_key("coach", "ANTHROPIC_API_KEY")

    async def close(self) -> None:
        """It holds nothing."""

    async def reply(self, request: CoachRequest, on_text: OnText) -> CoachReply:
        """That it is offline, what it read (“Gelesen habe ich: Stimmung 7.”), and a question for one
        metric that the day lacks, in the entry's language if it has words for it, else in English.
        A day's later replies don't repeat the first sentence, nor a question that was asked; on a day of
        crisis there is none."""
        code = (request.language or "").partition("-")[0].lower()
        code = code if code in LANGUAGES else "en"
        words = lexicon(code)
        if request.concern:
            return CoachReply(text="", ending="whole", usage=Usage(model=MODEL))
        if request.is_question:
            return self._search(request, words, on_text)
        known = request.known_today | {metric.name for metric in request.metrics}
        asked = () if request.is_grave_day else ASKED
        check_in = next((name for name in asked if name not in known | request.asked_today), None)
        lines = [] if request.answered_today else [words.coach["offline"]]
        # The chat shows the numbers below each reply, in English.
        if request.metrics and code != "en":
            read = ", ".join(shown(metric, words) for metric in request.metrics)
            lines.append(words.coach["read"].format(metrics=read))
        if check_in:
            lines.append(words.coach[check_in])
        if not lines:
            lines.append(words.coach["saved"])
        text = "\n".join(lines)
        on_text(text)
        return CoachReply(text=text, ending="whole", usage=Usage(model=MODEL), check_in=check_in)

    async def sum_up(self, request: SummaryRequest) -> SummaryWords:
        """One plain sentence, of the day's numbers in languages other than the chat's own, and none about
        longer times: who can't read has nothing to tell of them."""
        code = (request.language or "").partition("-")[0].lower()
        words = lexicon(code if code in LANGUAGES else "en")
        told = ", ".join(shown(metric, words) for metric in request.metrics)
        # The chat shows the numbers below the words, in English.
        tells = told and words is not lexicon("en")
        day = words.coach["day"].format(metrics=told) if tells else words.coach["day_kept"]
        story = day if request.kind == "day" else ""
        return SummaryWords(story=story, source="rule", usage=Usage(model=MODEL))

    def _search(self, request: CoachRequest, words: Lexicon, on_text: OnText) -> CoachReply:
        """The entries that were found, named by their numbers: who can't read can still look up."""
        text = words.coach["found" if request.related else "nothing"]
        on_text(text)
        text += "".join(f"[{number}]" for number in request.related[-SHOWN:])
        return CoachReply(text=text, ending="whole", usage=Usage(model=MODEL))


def shown(metric: KnownMetric, words: Lexicon) -> str:
    name = words.names.get(metric.name, metric.name.replace("_", " "))
    value = f"{metric.value:.2f}".rstrip("0").rstrip(".").replace(".", words.units["decimal"])
    unit = words.units.get(metric.unit, "")
    return f"{name} {value} {unit}".rstrip()


class OfflineEmbedder:
    model = MODEL
    dimensions = 1536

    async def check(self) -> None:
        raise no_key("embedder", "OPENAI_API_KEY")

    async def close(self) -> None:
        """It holds nothing."""

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        raise no_key("embedder", "OPENAI_API_KEY")


class OfflineTranscriber:
    model = MODEL

    async def check(self) -> None:
        raise no_key("transcriber", "OPENAI_API_KEY")

    async def close(self) -> None:
        """It holds nothing."""

    async def transcribe(self, clip: AudioClip) -> Transcript:
        raise no_key("transcriber", "OPENAI_API_KEY")


def no_key(mind: str, setting: str) -> MindNotConfigured:
    return MindNotConfigured(f"no key is set: {setting}", mind=mind, model=MODEL)
