"""The vendors of the minds: what went wrong with them in plain words, and who can mend it how."""

import asyncio
from dataclasses import dataclass

from bot.ai.protocols import Mind
from bot.check.line import Line
from bot.config import Settings
from bot.errors import MindBusy, MindError, MindGarbled, MindNotConfigured, MindRejected
from bot.values import without_account

PATIENCE = 20
MODELS = {
    "Coach": "COACH_MODEL",
    "Analyst": "ANALYST_MODEL",
    "Embeddings": "EMBEDDING_MODEL",
    "Transcription": "TRANSCRIBE_MODEL",
}
WITHOUT = {
    "Coach": "offline: notes the numbers you state and asks with buttons",
    "Analyst": "offline: reads stated numbers by rule",
    "Embeddings": "none: earlier entries are found by their words",
    "Transcription": "none: recordings are kept and wait",
}
# What a refusal means, by the status of the answer; None is an answer without the model in it.
REFUSALS = {
    None: "has no model {model}: set {setting}",
    401: "refuses {key}: copy it again, or make a new one there",
    402: "has no credit left for {key}: add some there",
    403: "does not let {key} use {model}: allow it there, or set {setting}",
    404: "has no model {model}, or is another kind of server: check {setting} and {place}",
    429: "has no credit left for {key}: add some there",
}


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """`address` is shown without the account in it. `lists`: it is asked for all its models, so that what
    it does not find is the list."""

    name: str
    base_url: str
    lists: bool

    @property
    def address(self) -> str:
        return without_account(self.base_url)

    @property
    def key(self) -> str:
        return f"{self.name.upper()}_API_KEY"

    @property
    def address_setting(self) -> str:
        return f"{self.name.upper()}_BASE_URL"


async def claude(part: str, mind: Mind, settings: Settings) -> Line:
    return await _line(
        part, mind, Vendor(name="Anthropic", base_url=settings.anthropic_base_url, lists=False)
    )


async def openai(part: str, mind: Mind, settings: Settings) -> Line:
    return await _line(part, mind, Vendor(name="OpenAI", base_url=settings.openai_base_url, lists=True))


async def _line(part: str, mind: Mind, vendor: Vendor) -> Line:
    try:
        async with asyncio.timeout(PATIENCE):
            await mind.check()
    except MindNotConfigured:
        return Line(part=part, state="off", what=f"{WITHOUT[part]}; set {vendor.key}")
    except MindError as error:
        return Line(part=part, state="wrong", what=_in_words(error, vendor, MODELS[part]))
    except TimeoutError:
        return Line(part=part, state="wrong", what=_silent(vendor))
    return Line(part=part, state="ok", what=f"{mind.model} at {vendor.address}")


def _in_words(error: MindError, vendor: Vendor, setting: str) -> str:
    match error:
        case MindRejected():
            return _rejected(error, vendor, setting)
        case MindBusy():
            return f"{vendor.address} is busy: nothing to mend, try again later"
        case MindGarbled():
            return f"{vendor.address} answers, but not as {vendor.name} does: check {vendor.address_setting}"
        case _ if error.status is not None:
            return f"{vendor.address} is in trouble (HTTP {error.status}): try again later"
        case _:
            return _silent(vendor)


def _rejected(error: MindRejected, vendor: Vendor, setting: str) -> str:
    if error.status == 404 and vendor.lists:
        return f"{vendor.address} has no list of models: check {vendor.address_setting}, mostly …/v1"
    what = REFUSALS.get(error.status, f"refuses the question (HTTP {error.status}): check {{place}}")
    words = what.format(key=vendor.key, place=vendor.address_setting, model=error.model, setting=setting)
    return f"{vendor.address} {words}"


def _silent(vendor: Vendor) -> str:
    return f"no answer from {vendor.address}: check {vendor.address_setting} and the network"
