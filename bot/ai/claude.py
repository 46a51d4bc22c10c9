"""The coach and the analyst, on Claude or on a server that speaks its Messages API."""

import logging
import re
import warnings
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, replace
from typing import Any, Literal

import anthropic
from anthropic import AsyncAnthropic
from anthropic.lib.streaming import AsyncMessageStream
from anthropic.resources.messages import DEPRECATED_MODELS

from bot.ai.calls import field, label, refuse_long_waits, sendable, timeouts, trusted
from bot.ai.claude_goals import goal_schema, progress_schema, proposed_goal, proposed_progress
from bot.ai.claude_parts import MAX_TOKENS, cached_blocks, failures, json_object, output_config, usage_of
from bot.ai.claude_scores import day_reading, score_schema
from bot.ai.claude_summaries import summary_schema, summary_words
from bot.ai.families import family_of
from bot.ai.protocols import (
    CoachReply,
    CoachRequest,
    DayReading,
    Extraction,
    ExtractionRequest,
    GoalRequest,
    MetricKind,
    OnText,
    ProposedGoal,
    ProposedMetric,
    ScoreRequest,
    SummaryRequest,
    SummaryWords,
    Usage,
)
from bot.errors import MindGarbled, MindUnavailable

log = logging.getLogger(__name__)

URL = "https://api.anthropic.com"
COACH_MODEL = "claude-sonnet-5-5"
ANALYST_MODEL = "claude-haiku-5-5"

# What the SDK and a reading of its untyped events raise when a stream is not the API's.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)


def make_client(
    api_key: str, base_url: str | None = None, *, max_retries: int = 2, silence: float = 30.0
) -> AsyncAnthropic:
    """A client that retries `max_retries` times, gives up on `silence` seconds without a byte, and
    never waits long inside a call. It neither logs nor traces what it sends."""
    # At DEBUG the SDK logs whole requests.
    sdk_log = logging.getLogger("anthropic")
    sdk_log.setLevel(max(sdk_log.level, logging.INFO))
    return AsyncAnthropic(
        api_key=api_key,
        base_url=base_url or URL,
        timeout=timeouts(silence),
        max_retries=max_retries,
        open_telemetry=False,
        http_client=anthropic.DefaultAsyncHttpxClient(
            timeout=timeouts(silence), verify=trusted(), event_hooks={"response": [refuse_long_waits]}
        ),
    )


class ClaudeCoach:
    """`seconds` bounds a whole call, retries included."""

    def __init__(self, client: AsyncAnthropic, *, model: str = COACH_MODEL, seconds: float = 120.0):
        self._claude = _Claude(client, "coach", model, seconds)

    @property
    def model(self) -> str:
        return self._claude.model

    async def check(self) -> None:
        await self._claude.check()

    async def close(self) -> None:
        await self._claude.close()

    async def reply(self, request: CoachRequest, on_text: OnText) -> CoachReply:
        """The reply, `on_text` hearing it as it comes. A refusal may follow text already heard; the
        reply's text is empty all the same. A cut reply ends with its last whole sentence."""
        answer = await self._claude.ask(request.system, request.message, on_text=on_text)
        if answer.stop == "refusal":
            return CoachReply(text="", ending="refused", usage=answer.usage)
        ending: Literal["whole", "cut"] = "cut" if answer.cut else "whole"
        text = up_to_last_sentence(answer.text) if answer.cut else answer.text.strip()
        if not text:
            raise self._claude.garbled("a reply without words")
        return CoachReply(text=text, ending=ending, usage=answer.usage)

    async def sum_up(self, request: SummaryRequest) -> SummaryWords:
        """A refusal is garbled: it is about this day, and no operator can mend it."""
        found, usage = await self._claude.ask_for(summary_schema(), request.system, request.message)
        return summary_words(found, usage)


class ClaudeAnalyst:
    """`seconds` bounds a whole call, retries included."""

    def __init__(self, client: AsyncAnthropic, *, model: str = ANALYST_MODEL, seconds: float = 60.0):
        self._claude = _Claude(client, "analyst", model, seconds)

    @property
    def model(self) -> str:
        return self._claude.model

    async def check(self) -> None:
        await self._claude.check()

    async def close(self) -> None:
        await self._claude.close()

    async def extract(self, request: ExtractionRequest) -> Extraction:
        """The metrics that the model found. One that is not an object is left out, the others stay.
        A refusal is garbled, not rejected: it is about this entry, and no operator can mend it."""
        schema = metrics_schema(request.vocabulary, has_goals=bool(request.goals))
        found, usage = await self._claude.ask_for(schema, [request.system], request.message)
        items = found.get("metrics")
        if not isinstance(items, list):
            raise self._claude.garbled("the answer is not the JSON that was asked for")
        return Extraction(
            metrics=tuple(
                ProposedMetric(name=item.get("name"), value=item.get("value"), quote=item.get("quote"))
                for item in items
                if isinstance(item, dict)
            ),
            language=language_tag(found.get("language")),
            asks_about_past=found.get("asks_about_past") is True,
            concern=concern if (concern := found.get("concern")) in CONCERNS else None,
            source="model",
            usage=usage,
            progress=proposed_progress(found),
        )

    async def score(self, request: ScoreRequest) -> DayReading:
        """The scores that the model gave. A refusal is garbled, as in `extract`."""
        schema = score_schema(request.categories)
        found, usage = await self._claude.ask_for(schema, [request.system], request.message)
        reading = day_reading(found, usage)
        if reading is None:
            raise self._claude.garbled("the answer is not the JSON that was asked for")
        return reading

    async def propose_goal(self, request: GoalRequest) -> ProposedGoal:
        found, usage = await self._claude.ask_for(goal_schema(), [request.system], request.message)
        return proposed_goal(found, usage)


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """What has come so far; `stop` is the vendor's stop_reason, None until the end."""

    text: str
    stop: str | None
    usage: Usage

    @property
    def cut(self) -> bool:
        return self.stop in {"max_tokens", "model_context_window_exceeded"}


class _Claude:
    """One model asked for one kind of answer."""

    def __init__(self, client: AsyncAnthropic, mind: str, model: str, seconds: float):
        self._client = client
        self._mind = mind
        self.model = model
        self._seconds = seconds
        if model in DEPRECATED_MODELS:
            log.warning("%s (%s): the model retires on %s", mind, model, DEPRECATED_MODELS[model])

    async def ask_for(
        self, schema: dict[str, Any], system: Sequence[str], message: str
    ) -> tuple[dict[str, Any], Usage]:
        """The JSON object of an answer that was to follow `schema`: what is in it is not checked. Raises
        MindGarbled where there is none, also for a refusal, which is about this text."""
        answer = await self.ask(system, message, schema=schema)
        if answer.stop == "refusal":
            raise self.garbled("refused to read this text")
        if answer.cut:
            raise self.garbled("the answer was cut at the length limit")
        found = json_object(answer.text)
        if found is None:
            raise self.garbled("the answer is not the JSON that was asked for")
        return found, answer.usage

    async def ask(
        self,
        system: Sequence[str],
        message: str,
        *,
        schema: dict[str, object] | None = None,
        on_text: OnText | None = None,
    ) -> _Answer:
        """The whole answer. It is streamed either way, so that a long one is not taken for silence."""
        output = output_config(self.model, schema)
        with warnings.catch_warnings():
            # The SDK warns of a retiring model at each call; we did, once.
            warnings.simplefilter("ignore", DeprecationWarning)
            manager = self._client.messages.stream(
                model=self.model,
                max_tokens=MAX_TOKENS,
                system=cached_blocks(system),
                messages=[{"role": "user", "content": sendable(message)}],
                thinking=family_of(self.model).thinking or anthropic.omit,
                output_config=output or anthropic.omit,
            )
        answer = _Answer(text="", stop=None, usage=Usage(model=self.model))
        async with self._failures(), manager as stream, aclosing(self._read(stream)) as answers:
            async for answer in answers:
                if on_text and answer.stop is None:
                    on_text(answer.text)
        if answer.stop is None:
            raise MindUnavailable("the stream ended early", mind=self._mind, model=self.model)
        if not answer.cut and answer.stop not in {"end_turn", "stop_sequence", "refusal"}:
            raise self.garbled(f"an unknown stop reason {label(answer.stop)}".rstrip())
        return answer

    async def close(self) -> None:
        await self._client.close()

    async def check(self) -> None:
        """Ask for the model's description, which costs nothing and resolves aliases."""
        async with self._failures():
            try:
                found = await self._client.models.retrieve(self.model)
            except UNREADABLE as error:
                raise self.garbled(f"an unreadable answer ({type(error).__name__})") from None
        if not label(field(found, "id")):
            raise self.garbled("no model in the answer")

    async def _read(self, stream: AsyncMessageStream[None]) -> AsyncGenerator[_Answer]:
        """The answer each time its text has grown, and once more at its end. Text is told from
        thinking by the type of each piece, wherever it stands."""
        answer = _Answer(text="", stop=None, usage=Usage(model=self.model))
        try:
            async for event in stream:
                if event.type == "content_block_delta" and event.delta.type == "text_delta":
                    answer = replace(answer, text=answer.text + event.delta.text)
                    if event.delta.text:
                        yield answer
                elif event.type == "message_stop":
                    yield replace(
                        answer, stop=event.message.stop_reason, usage=usage_of(event.message, self.model)
                    )
        except UNREADABLE as error:
            # Not chained: such an error may quote what it could not read.
            raise self.garbled(f"an unreadable stream ({type(error).__name__})") from None

    def _failures(self) -> AbstractAsyncContextManager[None]:
        return failures(mind=self._mind, model=self.model, seconds=self._seconds)

    def garbled(self, reason: str) -> MindGarbled:
        return MindGarbled(reason, mind=self._mind, model=self.model)


CONCERNS = ("none", "acute", "indirect", "danger", "other", "past")


def metrics_schema(vocabulary: Sequence[MetricKind], *, has_goals: bool = False) -> dict[str, object]:
    """The JSON schema of an extraction. It has no ranges: the vendor knows none, the journal checks
    them."""
    item = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "enum": [kind.name for kind in vocabulary]},
            "value": {"type": "number"},
            "quote": {"type": "string"},
        },
        "required": ["name", "value", "quote"],
        "additionalProperties": False,
    }
    properties: dict[str, object] = {
        "language": {"type": "string", "description": "BCP 47 tag of the entry's language, or und"},
        "metrics": {"type": "array", "items": item},
        "asks_about_past": {"type": "boolean"},
        "concern": {"type": "string", "enum": list(CONCERNS)},
    }
    if has_goals:
        properties["progress"] = progress_schema()
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def language_tag(value: object) -> str | None:
    tag = re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", value) if isinstance(value, str) else None
    return tag.group() if tag and tag.group().lower() != "und" else None


def up_to_last_sentence(text: str) -> str:
    """`text` up to the end of its last whole sentence, or all of it where that would lose more than
    half."""
    text = text.strip()
    ends = [end.end() for end in re.finditer(r"[.!?…。！？؟।]+[\"'”’»)\]]*(?=\s|$)|[。！？]", text)]
    return text[: ends[-1]] if ends and ends[-1] * 2 >= len(text) else text
