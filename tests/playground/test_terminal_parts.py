"""Rendering, what a line means, and recordings."""

import asyncio
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.utils import get_cwidth
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto

from bot.playground.conversation import Conversation, Shown
from bot.playground.entities import formatted
from bot.playground.lines import Edit, Order, Press, Quit, Say, SendFile, Write, understood
from bot.playground.person import Person
from bot.playground.recording import UnreadableRecording, voice_note
from bot.playground.render import plain_text, printable, styled_lines
from bot.playground.samples import png
from bot.playground.server import BotApiServer


def rendered(html: str, width: int = 40) -> list[list[tuple[str, str]]]:
    found = formatted(html, parse_mode="HTML")
    return styled_lines(found.text, found.entities, width)


def test_styles() -> None:
    assert rendered("a <b>b<i>c</i></b> <code>d</code>") == [
        [("", "a "), ("bold", "b"), ("bold italic", "c"), ("", " "), ("ansiyellow", "d")]
    ]
    assert rendered("<blockquote>a\nb</blockquote>c") == [
        [("dim", "│ "), ("", "a")],
        [("dim", "│ "), ("", "b")],
        [("", "c")],
    ]
    assert rendered("<blockquote expandable>a</blockquote>") == [[("dim", "│ "), ("dim", "a")]]
    assert rendered('<a href="https://a.org/x">here</a>') == [
        [("underline", "here"), ("dim", " (https://a.org/x)")]
    ]


def test_wrapping() -> None:
    lines = ["".join(text for _, text in line) for line in rendered("one two three four", 9)]
    assert lines == ["one two ", "three ", "four"]
    assert ["".join(text for _, text in line) for line in rendered("日本語テキスト", 6)] == [
        "日本語",
        "テキス",
        "ト",
    ]


def test_an_address_is_not_cut() -> None:
    lines = ["".join(text for _, text in line) for line in rendered("at http://127.0.0.1/link/abc now", 9)]
    assert lines == ["at ", "http://127.0.0.1/link/abc", "now"]


@given(st.text(st.characters(codec="utf-8"), max_size=80), st.integers(4, 30))
def test_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    lines = styled_lines(text, [], width)
    pieces = ["".join(piece for _, piece in line) for line in lines]
    assert all(sum(map(get_cwidth, line)) <= width for line in pieces)
    assert "".join("".join(pieces).split()) == "".join(printable(text).split())


def test_plain_text() -> None:
    found = formatted('<b>a</b> <a href="b.org">b</a>\n<blockquote>c</blockquote>', parse_mode="HTML")
    assert plain_text(found.text, found.entities) == "a b (http://b.org/)\n> c"


def test_a_terminal_takes_no_commands_from_a_text() -> None:
    assert printable("a\x1b[2Jb\x9b1mc\u202ed\te\nf\x00") == "a[2Jb1mcd e\nf"


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("7", Write(text="7")),
        ("/7", Press(number=7)),
        (" /7 ", Press(number=7)),
        ("/7 hours", Write(text="/7 hours")),
        ("/start", Write(text="/start")),
        ("/edit 7 hours of sleep", Edit(text="7 hours of sleep", number=None)),
        ("/edit #7 hours\nof sleep", Edit(text="hours\nof sleep", number=7)),
        ("/edit", Say(text="/edit TEXT: what should it say?")),
        ("/reply 3 yes", Write(text="yes", reply_to=3)),
        ("/reply #3 yes", Write(text="yes", reply_to=3)),
        ("/reply yes", Say(text="/reply 3 TEXT: which message, and what?")),
        ("/file a b.txt", SendFile(path=Path("a b.txt"), as_voice=False)),
        (r"/voice a\ b.ogg", SendFile(path=Path("a b.ogg"), as_voice=True)),
        ("/voice 'a b.ogg'", SendFile(path=Path("a b.ogg"), as_voice=True)),
        ("/voice it's", SendFile(path=Path("it's"), as_voice=True)),
        ("/voices", Write(text="/voices")),
        ("/quit", Quit()),
        ("/quitting", Write(text="/quitting")),
    ],
)
def test_what_a_line_means(line: str, order: Order) -> None:
    assert understood(line) == order


class Notes:
    """A screen that keeps what it is to show."""

    def __init__(self) -> None:
        self.shown: list[Shown] = []

    def show(self, shown: Shown) -> None:
        self.shown.append(shown)

    def reaction(self, number: int, emoji: str) -> None:
        raise AssertionError("nobody reacts here")

    def aside(self, text: str) -> None:
        raise AssertionError("nothing goes wrong here")


async def test_a_button_named_by_its_number_is_named_once(
    bot: Bot, server: BotApiServer, person: Person, tmp_path: Path
) -> None:
    screen = Notes()
    Conversation(person, server.world.files, screen, tmp_path).begin()
    rows = [[InlineKeyboardButton(it, callback_data=it) for it in row] for row in ("12", "4", "45")]
    await bot.send_message(person.id, "How was it?", reply_markup=InlineKeyboardMarkup(rows))
    assert screen.shown[0].keyboard == (("/1", "/2"), ("/3 4",), ("/4", "/5"))


async def test_a_picture_is_shown_as_its_caption_and_where_it_is_saved(
    bot: Bot, server: BotApiServer, person: Person, tmp_path: Path
) -> None:
    screen = Notes()
    Conversation(person, server.world.files, screen, tmp_path / "files").begin()
    buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Year", callback_data="year")]])
    sent = await bot.send_photo(person.id, png(3, 2), caption="30 days", reply_markup=buttons)
    other = InputMediaPhoto(png(4, 5), caption="30 days")
    await bot.edit_message_media(other, person.id, sent.message_id, reply_markup=buttons)
    await bot.edit_message_caption(person.id, sent.message_id, caption="A month", reply_markup=buttons)
    first, second, third = screen.shown
    assert [it.text for it in screen.shown] == ["30 days", "30 days", "A month"]
    assert [it.note for it in (second, third)] == ["edited", "edited"]
    assert third.extras == ("[picture]",)
    for shown, picture in ((first, png(3, 2)), (second, png(4, 5))):
        [extra] = shown.extras
        path = Path(extra.removeprefix("[picture, saved as ").removesuffix("]"))
        assert path.suffix == ".png"
        assert await asyncio.to_thread(path.read_bytes) == picture


@pytest.mark.parametrize(
    ("suffix", "rate", "channels"), [("wav", 44_100, 2), ("flac", 8_000, 1), ("mp3", 16_000, 1)]
)
def test_recordings_become_voice_notes(tmp_path: Path, suffix: str, rate: int, channels: int) -> None:
    import numpy
    import soundfile

    path = tmp_path / f"note.{suffix}"
    tone = numpy.sin(numpy.arange(rate * 12) * 2 * numpy.pi * 300 / rate)
    soundfile.write(path, numpy.column_stack([tone] * channels) * 0.5, rate)
    made = voice_note(path)
    with soundfile.SoundFile(io.BytesIO(made)) as note:
        assert (note.format, note.subtype, note.channels) == ("OGG", "OPUS", 1)
        assert abs(note.frames / note.samplerate - 12) < 0.2
        heard = note.read()
    spectrum = numpy.abs(numpy.fft.rfft(heard))
    assert abs(spectrum.argmax() * 48_000 / len(heard) - 300) < 2
    same = tmp_path / "note.oga"
    same.write_bytes(made)
    assert voice_note(same) == made


def test_what_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "note.ogg"
    path.write_bytes(b"")
    with pytest.raises(UnreadableRecording, match=r"note\.ogg is not a recording"):
        voice_note(path)
    with pytest.raises(FileNotFoundError):
        voice_note(tmp_path / "nowhere")


async def test_what_comes_before_the_first_word_is_from_last_time(
    bot: Bot, server: BotApiServer, person: Person, tmp_path: Path
) -> None:
    screen = Notes()
    conversation = Conversation(person, server.world.files, screen, tmp_path)
    conversation.begin()
    await bot.send_message(person.id, "Well done yesterday.")
    await conversation.obey(Write(text="Slept well"))
    await bot.send_message(person.id, "Good.")
    assert [(shown.author, shown.note) for shown in screen.shown] == [
        ("daybook", "from last time"),
        ("you", ""),
        ("daybook", ""),
    ]


def test_the_help_fits_a_usual_terminal() -> None:
    order = understood("/keys")
    assert isinstance(order, Say)
    assert max(map(len, order.text.splitlines())) <= 66
