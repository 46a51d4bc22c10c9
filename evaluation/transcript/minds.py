"""What the local model server answers, by what it is asked for."""

import json
import re
from collections.abc import Sequence
from typing import Any

from tests.vendors import AnthropicServer

Json = dict[str, Any]

_EARLIER = re.compile(r'<earlier_entry n="(\d+)"[^>]*>(.*?)</earlier_entry>', re.DOTALL)
_WORDS = re.compile(r"\[([^\[\]]+)\]")

NOTHING: Json = {"language": "en", "metrics": [], "asks_about_past": False, "concern": "none", "progress": []}


def reads(name: str, value: float, quote: str) -> Json:
    return {"name": name, "value": value, "quote": quote}


def counts(quote: str) -> Json:
    """Something done for the one goal."""
    return {"goal": 1, "amount": 1, "quote": quote}


def finds(category: str, score: int, reason: str, quote: str) -> Json:
    return {"category": category, "score": score, "reason": reason, "quote": quote}


class Minds:
    """`reply` is what the coach says to the next entry, `reading` what the analyst reads in it, `goal` in a
    sentence that wants something, and `summary` what the coach writes in the evening. Of `findings` a day's
    score gets those whose quotes stand in what was asked."""

    def __init__(self, server: AnthropicServer, findings: Sequence[Json]) -> None:
        self._findings = findings
        self.reply = ""
        self.reading: Json = {}
        self.goal: Json = {}
        self.summary: Json = {}
        server.answer = self._answer

    def _answer(self, asked: Json) -> str | None:
        schema = asked.get("output_config", {}).get("format", {}).get("schema", {})
        wanted = schema.get("properties", {})
        if not wanted:
            return _cited(self.reply, asked["messages"][-1]["content"])
        if "scores" in wanted:
            day = str(asked["messages"])
            return json.dumps({"scores": [it for it in self._findings if it["quote"] in day]})
        if "story" in wanted:
            return json.dumps(self.summary)
        if "is_goal" in wanted:
            return json.dumps(self.goal)
        if "metrics" in wanted:
            read = NOTHING | self.reading
            return json.dumps({name: value for name, value in read.items() if name in wanted})
        return None


def _cited(reply: str, message: Any) -> str:
    """The reply; where it has words of an entry in brackets, as “[the canal]”, the entry's number instead."""
    told = message if isinstance(message, str) else "".join(it.get("text", "") for it in message)
    entries = _EARLIER.findall(told)
    return _WORDS.sub(
        lambda words: "".join(f"[{number}]" for number, text in entries if words[1] in text), reply
    )
