from dataclasses import replace

import pytest

from bot.ai.lexicon import LANGUAGES
from bot.ai.offline import ASKED, OfflineAnalyst, OfflineCoach, OfflineEmbedder, OfflineTranscriber
from bot.ai.protocols import (
    Analyst,
    AudioClip,
    Coach,
    CoachReply,
    CoachRequest,
    Embedder,
    ExtractionRequest,
    KnownMetric,
    Mind,
    Transcriber,
)
from bot.errors import MindNotConfigured
from bot.journal.metrics import KINDS, VOCABULARY

MOOD = KnownMetric(name="mood", value=7, unit="points")
SLEEP = KnownMetric(name="sleep_hours", value=6.5, unit="hours")


async def extract(text: str) -> tuple[list[object], str | None, str]:
    analyst: Analyst = OfflineAnalyst()
    request = ExtractionRequest(system="", message="not for rules: mood 1", text=text, vocabulary=VOCABULARY)
    found = await analyst.extract(request)
    return [metric.name for metric in found.metrics], found.language, found.source


async def reply(language: str | None, *metrics: KnownMetric) -> tuple[CoachReply, list[str]]:
    coach: Coach = OfflineCoach()
    heard: list[str] = []
    request = CoachRequest(system=("",), message="I am so sad", metrics=metrics, language=language)
    return await coach.reply(request, heard.append), heard


async def test_the_analyst_reads_the_entry_by_rule() -> None:
    assert await extract("I slept 6.5 hours and my mood is 7.") == (["sleep_hours", "mood"], "en", "rule")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I had a long day and it was good, but I am tired", "en"),
        ("Heute war ein schöner Tag und ich habe viel gelacht", "de"),
        ("Hoy fue un día muy largo y estoy cansado", "es"),
        ("Aujourd'hui je suis fatigué mais c'est une belle journée", "fr"),
        ("Hoje foi um dia muito bom, mas estou cansado", "pt"),
        ("Oggi è stata una giornata lunga e sono stanco", "it"),
        ("Сегодня был хороший день, я гуляла в парке", "ru"),
        ("Bugün çok güzel bir gün oldu ama yorgunum", "tr"),
        ("اليوم كان جميلا جدا لكن أنا متعب", "ar"),
        ("今日は疲れた", "ja"),
        ("Сьогодні був гарний день і я щаслива", None),
        ("امروز روز خوبی بود و من خوشحالم که", None),
        ("Dziś jestem zmęczony, ale to był dobry dzień", None),
        ("Vandaag was een goede dag maar ik ben moe", None),
        ("mood 7", None),
        ("", None),
        ("👍", None),
    ],
)
async def test_the_language_is_told_or_left_open(text: str, language: str | None) -> None:
    assert (await extract(text))[1] == language


async def test_the_coach_says_what_it_is_and_what_it_read() -> None:
    answer, heard = await reply("en", MOOD, SLEEP)
    assert answer.text == (
        "I'm offline (no model key is set): your entry is kept, but I can't answer it.\n"
        "How was your energy, from 1 to 10?"
    )
    assert (answer.check_in, answer.ending, answer.usage.model) == ("energy", "whole", "offline")
    assert heard == [answer.text]


async def test_the_coach_claims_to_have_read_nothing_when_it_has_not() -> None:
    answer, _ = await reply("en")
    assert answer.text.splitlines() == [
        "I'm offline (no model key is set): your entry is kept, but I can't answer it.",
        "How was your mood, from 1 to 10?",
    ]


async def test_the_coach_asks_for_one_missing_metric_after_the_other_and_then_for_none() -> None:
    known: list[KnownMetric] = []
    for name in ASKED:
        answer, _ = await reply("en", *known)
        assert answer.check_in == name
        kind = KINDS[name]
        assert kind.maximum - kind.minimum <= 10  # it fits on buttons
        known.append(KnownMetric(name=name, value=5, unit=kind.unit))
    answer, _ = await reply("en", *known)
    assert answer.check_in is None
    assert "?" not in answer.text


@pytest.mark.parametrize("code", LANGUAGES)
async def test_the_coach_speaks_every_language_that_the_analyst_reads(code: str) -> None:
    answer, _ = await reply(f"{code}-XX", MOOD, SLEEP)
    english, _ = await reply("en", MOOD, SLEEP)
    assert (answer.text == english.text) == (code == "en")
    assert len(answer.text.splitlines()) == (2 if code == "en" else 3)
    assert len(answer.text) < 300
    assert not {"<", ">", "&", "{", "}"} & set(answer.text)


@pytest.mark.parametrize("language", ["ja", "xx", "", None, "EN-us"])
async def test_other_languages_get_english(language: str | None) -> None:
    answer, _ = await reply(language, MOOD)
    assert "I'm offline" in answer.text


async def test_numbers_look_as_they_do_there() -> None:
    answer, _ = await reply("de", SLEEP, KnownMetric(name="steps", value=8000, unit="steps"))
    assert "Schlaf 6,5 Std., Schritte 8000." in answer.text


async def test_what_needs_a_key_names_its_setting() -> None:
    embedder: Embedder = OfflineEmbedder()
    transcriber: Transcriber = OfflineTranscriber()
    with pytest.raises(MindNotConfigured, match="OPENAI_API_KEY"):
        await embedder.embed(["hello"])
    with pytest.raises(MindNotConfigured, match="OPENAI_API_KEY"):
        await transcriber.transcribe(AudioClip(data=b"", filename="a.ogg", mime_type="audio/ogg"))
    assert embedder.dimensions == 1536


@pytest.mark.parametrize(
    ("mind", "setting"),
    [
        (OfflineCoach(), "ANTHROPIC_API_KEY"),
        (OfflineAnalyst(), "ANTHROPIC_API_KEY"),
        (OfflineEmbedder(), "OPENAI_API_KEY"),
        (OfflineTranscriber(), "OPENAI_API_KEY"),
    ],
)
async def test_a_check_names_the_setting(mind: Mind, setting: str) -> None:
    with pytest.raises(MindNotConfigured, match=setting):
        await mind.check()


async def test_the_coach_asks_for_nothing_twice_in_a_day() -> None:
    mood = KnownMetric(name="mood", value=5, unit="points")
    coach, asked = OfflineCoach(), CoachRequest(system=("",), message="", metrics=(mood,), language="en")
    names: list[str | None] = []
    for count in range(len(ASKED)):
        again = replace(asked, answered_today=count, asked_today=frozenset(filter(None, names)))
        names.append((await coach.reply(again, lambda _: None)).check_in)
    assert names == [*ASKED[1:], None]
