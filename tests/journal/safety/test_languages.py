import tomllib
from pathlib import Path

import pytest

from bot.journal.safety.grammar import CONTEXTS, SIGNS, compiled, language_files

FILES = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in language_files()}
LANGUAGES = sorted(FILES)


def patterns(language: str) -> list[str]:
    file = FILES[language]
    found: list[str] = []
    for group in (*file["signs"].values(), *file["context"].values()):
        lists = group.values() if isinstance(group, dict) else [group]
        found += [source for items in lists for source in items]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_signs_contexts_and_a_card(language: str) -> None:
    file = FILES[language]
    assert {"acute", "indirect", "danger", "other", "weak", "mention"} <= set(file["signs"]) <= set(SIGNS)
    assert {"idiom", "denial", "past", "fiction", "game"} <= set(file["context"]) <= set(CONTEXTS)
    assert set(file["card"]) == set(FILES["en"]["card"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_named_like_the_notation(language: str) -> None:
    """A gap inside a choice, or an unknown sign, would silently match nothing."""
    for source in patterns(language):
        for element in source.split():
            choices = element.removesuffix("?").split("|")
            assert len(choices) == 1 or not any(it.startswith("_") or it == "^" for it in choices), source


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slot_that_is_listed_is_used_or_known(language: str) -> None:
    known = {"i", "me", "my", "self", "not", "either", "says", "close", "other", "of"}
    written = " ".join(patterns(language))
    unused = [
        name
        for name in FILES[language]["words"]
        if f"<{name}>" not in written and name not in known and not name.startswith("i_")
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("signs", "complaint"),
    [
        ('acute = ["<nowhere> die"]', "nowhere"),
        ('urgent = ["die"]', "urgent"),
        ('acute = ["die?"]', "anything"),
        (
            'acute = ["gone+forever"]\nindirect = ["soon|finally gone|gone _3", "soon|gone forever|away"]',
            r"xx\.toml, line 4: 'gone forever' is parted by a blank .* \+, .* _0",
        ),
        ('acute = ["farewell|so long|so"]', r"xx\.toml, line 3: 'so' stands on both sides of a blank"),
    ],
)
def test_a_pattern_that_can_not_be_meant_is_an_error(tmp_path: Path, signs: str, complaint: str) -> None:
    file = tmp_path / "xx.toml"
    file.write_text(f"[words]\n[signs]\n{signs}\n")
    with pytest.raises(ValueError, match=complaint):
        compiled([file])


def test_a_blank_that_is_meant_is_written_as_a_gap_of_none(tmp_path: Path) -> None:
    file = tmp_path / "xx.toml"
    file.write_text('[words]\n[signs]\nacute = ["gone+forever", "soon|gone _0 forever|away"]\n')
    sources = {it.source for them in compiled([file]).signs.values() for it in them}
    assert "soon|gone _0 forever|away" in sources
