"""The retrieval set is sound, and recall holds on it what docs/recall.md says."""

from collections import defaultdict
from pathlib import Path

import pytest

from evaluation.recall import sets
from evaluation.recall.bm25 import Bm25
from evaluation.recall.run import Found, main, measures, score
from evaluation.recall.sets import Asked

KINDS = {"fact", "form", "paraphrase", "temporal", "updated", "multi", "none"}


def test_the_set_is_as_large_and_as_varied_as_it_says() -> None:
    diaries = sets.own()
    assert sum(len(it.entries) for it in diaries) >= 300
    assert sum(len(it.questions) for it in diaries) >= 150
    assert {question.kind for it in diaries for question in it.questions} == KINDS
    for diary in diaries:
        days = {it.id: it.date for it in diary.entries}
        assert len(days) == len(diary.entries)
        for question in diary.questions:
            assert (question.kind == "none") == (not question.relevant), question.text
            # What answers a question was written before it was asked.
            assert all(days[it] <= question.date for it in question.relevant), question.text


def test_a_set_survives_its_file(tmp_path: Path) -> None:
    diaries = sets.own()
    sets.write(diaries, tmp_path / "diaries.jsonl")
    again = sets.read(tmp_path / "diaries.jsonl")
    assert [(it.entries, it.questions) for it in again] == [(it.entries, it.questions) for it in diaries]


def test_measures() -> None:
    ten = [str(number) for number in range(10)]
    at5, at10, mrr = measures([(("1", "7"), ten), (("x",), ten), (("0",), ten)])
    assert (round(at5, 4), round(at10, 4), round(mrr, 4)) == (0.5, 0.6667, 0.5)


def test_bm25_knows_rarity_frequency_and_length() -> None:
    texts = ["common rare", "common common", "common", "common and a good many other words", "nothing"]
    assert Bm25(texts).rank("rare common") == [0, 1, 2, 3]
    assert Bm25(texts).rank("absent") == []


async def test_words_are_at_least_bm25_and_the_fusion_is_better_than_its_parts() -> None:
    by_kind: dict[str, list[tuple[Asked, Found]]] = defaultdict(list)
    for question, found in await score(sets.own()):
        if question.relevant:
            by_kind["all"].append((question, found))
            by_kind[question.kind].append((question, found))

    def scores(kind: str, name: str) -> tuple[float, float, float]:
        return measures([(question.relevant, found[name]) for question, found in by_kind[kind]])

    for reference in ("BM25", "BM25 stemmed"):
        assert all(
            ours >= theirs
            for ours, theirs in zip(scores("all", "words"), scores("all", reference), strict=True)
        )
        for kind, asked in by_kind.items():
            # Within one question: the kinds have as few as ten.
            assert scores(kind, "words")[1] >= scores(kind, reference)[1] - 1 / len(asked), kind
    for part in ("words", "meaning"):
        pairs = zip(scores("all", "words+meaning"), scores("all", part), strict=True)
        assert all(both > one for both, one in pairs)
        pairs = zip(scores("all", "all paths"), scores("all", part), strict=True)
        assert all(every > one for every, one in pairs)


@pytest.mark.usefixtures("no_settings")
def test_without_a_key_it_says_what_to_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--embedder", "openai"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("evaluate: ")
    assert "OPENAI_API_KEY" in told


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
