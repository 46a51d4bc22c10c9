"""Claude's Message Batches: many summaries asked for at once, hours ahead, at half the price."""

from collections.abc import Mapping

from anthropic import AsyncAnthropic
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from anthropic.types.messages import MessageBatchIndividualResponse
from anthropic.types.messages.batch_create_params import Request

from bot.ai.calls import field, label, sendable
from bot.ai.claude_parts import MAX_TOKENS, cached_blocks, failures, json_object, output_config, usage_of
from bot.ai.claude_summaries import summary_schema, summary_words
from bot.ai.families import family_of
from bot.ai.protocols import SummaryRequest, SummaryWords
from bot.errors import MindGarbled

# What the SDK and a reading of its untyped lines raise when an answer is not the API's.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)


class ClaudeBatches:
    """`seconds` bounds a whole call, retries included."""

    def __init__(self, client: AsyncAnthropic, *, model: str, seconds: float = 120.0):
        self._client = client
        self._model = model
        self._seconds = seconds

    async def close(self) -> None:
        await self._client.close()

    async def submit(self, requests: Mapping[str, SummaryRequest]) -> str:
        asked: list[Request] = [
            {"custom_id": key, "params": self._parameters(request)} for key, request in requests.items()
        ]
        async with failures(mind="coach", model=self._model, seconds=self._seconds):
            batch = await self._client.messages.batches.create(requests=asked)
        if not (batch_id := label(field(batch, "id"))):
            raise self._garbled("a batch without an id")
        return batch_id

    async def fetch(self, batch_id: str) -> Mapping[str, SummaryWords] | None:
        """Of what was refused, cut, expired or cancelled there are no words."""
        async with failures(mind="coach", model=self._model, seconds=self._seconds):
            batch = await self._client.messages.batches.retrieve(batch_id)
            if field(batch, "processing_status") != "ended":
                return None
            found: dict[str, SummaryWords] = {}
            try:
                async for line in await self._client.messages.batches.results(batch_id):
                    if words := self._words(line):
                        found[line.custom_id] = words
            except UNREADABLE as error:
                # Not chained: such an error may quote what it could not read.
                raise self._garbled(f"unreadable results ({type(error).__name__})") from None
        return found

    def _parameters(self, request: SummaryRequest) -> MessageCreateParamsNonStreaming:
        made: MessageCreateParamsNonStreaming = {
            "model": self._model,
            "max_tokens": MAX_TOKENS,
            "system": cached_blocks(request.system),
            "messages": [{"role": "user", "content": sendable(request.message)}],
            "output_config": output_config(self._model, summary_schema()),
        }
        if thinking := family_of(self._model).thinking:
            made["thinking"] = thinking
        return made

    def _words(self, line: MessageBatchIndividualResponse) -> SummaryWords | None:
        message = field(line, "result", "message")
        if field(line, "result", "type") != "succeeded" or field(message, "stop_reason") != "end_turn":
            return None
        blocks = field(message, "content")
        texts = (
            [field(it, "text") for it in blocks if field(it, "type") == "text"]
            if isinstance(blocks, list)
            else []
        )
        found = json_object("".join(it for it in texts if isinstance(it, str)))
        return summary_words(found, usage_of(message, self._model)) if found is not None else None

    def _garbled(self, reason: str) -> MindGarbled:
        return MindGarbled(reason, mind="coach", model=self._model)
