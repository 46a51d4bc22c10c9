"""The terminal chat when its lines come from a pipe: a real process, a real bot."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.playground.samples import png

ROOT = Path(__file__).resolve().parents[2]


def talk(tmp_path: Path, lines: str | bytes, *more: str) -> subprocess.CompletedProcess[bytes]:
    given = lines.encode() if isinstance(lines, str) else lines
    command = [sys.executable, "-m", "tests.playground.parrot", str(tmp_path / "files"), *more]
    return subprocess.run(command, input=given, capture_output=True, cwd=ROOT, check=False)


def transcript(tmp_path: Path, lines: str | bytes) -> str:
    result = talk(tmp_path, lines)
    assert (result.returncode, result.stderr) == (0, b"")
    return result.stdout.decode()


def test_a_transcript_reads_naturally(tmp_path: Path) -> None:
    said = transcript(tmp_path, "Slept well\n\n   \n/1\n/edit Slept badly\n7\n/1\r\n/2\n/9\n/reply 1 Why?\n")
    quoted = "  > quoted\n  /1 Good   /2 Bad\n  /3 Site (http://a.org/)\n"
    tapped = "  you press: Good\n  Noted\ndaybook (edited): You chose good\n"
    assert said == (
        f"you: Slept well\n  ✍\ndaybook: You said Slept well\n{quoted}{tapped}"
        "you (edited): Slept badly\n  ✍\ndaybook (answers #1): Now: Slept badly\n"
        f"you: 7\n  ✍\ndaybook: You said 7\n{quoted}{tapped}"
        "  there is no button /2 now\n  there is no button /9 now\n"
        f"you (answers #1): Why?\n  ✍\ndaybook: You said Why?\n{quoted}"
    )


def test_files_both_ways(tmp_path: Path) -> None:
    import numpy
    import soundfile

    recording, picture, note = tmp_path / "my note.wav", tmp_path / "a.png", tmp_path / "a.txt"
    soundfile.write(recording, numpy.zeros(16_000 * 2), 16_000)
    picture.write_bytes(png())
    note.write_text("x")
    said = transcript(
        tmp_path,
        f"/voice {recording}\n/voice '{recording}'\n/file {picture}\n/file {note}\n/file {recording}\n"
        f"/voice {note}\n/voice nowhere\n/voice\n/file {tmp_path}\n/picture\n",
    )
    assert said.count("you: [voice note, 0:02]") == 2
    assert "you: [picture]" in said
    assert "you: [document a.txt]" in said
    assert "you: [sound, 0:02]" in said
    assert "a.txt is not a recording that can be read" in said
    assert "nowhere: No such file or directory" in said
    assert "/voice FILE: which file?" in said
    assert f"{tmp_path}: Is a directory" in said
    [saved] = (tmp_path / "files").iterdir()
    assert f"daybook: Your week\n  [picture, saved as {saved}]" in said
    assert saved.read_bytes() == png()
    assert (tmp_path / "files").stat().st_mode & 0o077 == 0


def test_bytes_and_lines_of_any_kind(tmp_path: Path) -> None:
    long = "x" * 9000
    said = transcript(
        tmp_path, b"\xff\xfe caf\xc3\xa9 \x1b[31mred\x00\n" + long.encode() + b"\none \\\ntwo\\"
    )
    assert "you: \ufffd\ufffd café  [31mred\n" in said
    assert [len(line) for line in said.splitlines() if line.startswith("you: xxx")] == [4101, 4101, 813]
    assert "you: one \n  two\n" in said
    assert "\x1b" not in said


def test_nothing_to_say(tmp_path: Path) -> None:
    assert transcript(tmp_path, "") == ""
    assert transcript(tmp_path, "/quit\nnever sent\n") == ""
    assert transcript(tmp_path, "/reply\n/edit\n/edit #3 x\n\x01\n/forget") == (
        "  /reply 3 TEXT: which message, and what?\n"
        "  /edit TEXT: what should it say?\n"
        "  there is no message #3\n"
        "  not sent: text must be non-empty\n"
        "you: /forget\n  ✍\n  #1 was deleted\n"
    )
    assert "/voice FILE" in transcript(tmp_path, "/keys")


def test_a_bot_that_never_rests(tmp_path: Path) -> None:
    result = talk(tmp_path, "/hang\nnext\n", "0.5")
    assert result.returncode == 1
    assert result.stderr.decode() == "daybook: the bot is still busy after 0.5 s\n"
    assert result.stdout.decode() == "you: /hang\n  ✍\n"


@pytest.mark.parametrize("lines", ["Hello\nHello\nHello\n", "Hello"])
def test_nobody_reads_the_transcript(tmp_path: Path, lines: str) -> None:
    command = [sys.executable, "-m", "tests.playground.parrot", str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write(lines.encode())
        process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
