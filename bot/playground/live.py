"""The chat on a terminal: what is said scrolls up, what is still being said stays above the input."""

from dataclasses import dataclass

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.renderer import print_formatted_text
from prompt_toolkit.utils import get_cwidth

from bot.playground.chat import Chat
from bot.playground.conversation import BOT, Shown
from bot.playground.render import Line, printable, styled_lines

_GUTTER = 13
_AUTHOR_STYLES = {BOT: "ansigreen bold"}
_YOU_STYLE = "ansicyan bold"
_ROWS_FOR_INPUT = 6


@dataclass(frozen=True, kw_only=True)
class _Reaction:
    number: int
    emoji: str


class LiveScreen:
    """Prints above the running prompt.

    A reaction to the message shown last stays in the live part, where the next one replaces it, until
    something else is printed or the chat ends (`settle`).
    """

    def __init__(self, session: PromptSession[str], chat: Chat):
        self._session = session
        self._chat = chat
        self._last = 0
        self._reaction: _Reaction | None = None
        self._draft_lines: tuple[object, list[Line]] = (None, [])

    def show(self, shown: Shown) -> None:
        self.settle()
        self._last = shown.number
        self._print(self._block(shown))

    def reaction(self, number: int, emoji: str) -> None:
        waiting = self._reaction
        if waiting is not None and waiting.number != number:
            self.settle()
        self._reaction = _Reaction(number=number, emoji=emoji) if emoji else None
        if number != self._last or not self._session.app.is_running:
            self.settle()
        self.refresh()

    def aside(self, text: str) -> None:
        self.settle()
        lines = styled_lines(printable(text), [], self._width(), "dim")
        self._print([[("", " " * _GUTTER), *line] for line in lines])

    def settle(self) -> None:
        if self._reaction is not None:
            reaction, self._reaction = self._reaction, None
            self._print([_reaction_line(reaction, self._last)])

    def refresh(self) -> None:
        self._session.app.invalidate()

    def live(self) -> FormattedText:
        """What stands above the input: a reaction, the draft or that the bot is typing, and a mark."""
        lines: list[Line] = []
        if self._reaction is not None:
            lines.append(_reaction_line(self._reaction, self._last))
        growing = self._draft() or self._action()
        lines += [[], *growing] if growing else []
        lines += [[], [("ansicyan bold", "› ")]]
        return FormattedText(_joined(lines))

    def _draft(self) -> list[Line]:
        """The end of it, when it is longer than the screen."""
        drafts = self._chat.drafts
        if not drafts:
            return []
        draft, width = drafts[-1], self._width()
        if not draft.text:
            return [[*_gutter(BOT, 0), ("dim", "Thinking…")]]
        key = (draft, width)
        if self._draft_lines[0] != key:
            lines = styled_lines(draft.text, draft.entities, width)
            lines[-1] = [*lines[-1], ("dim", " ▍")]
            self._draft_lines = (key, _indented(lines, _gutter(BOT, 0)))
        lines = self._draft_lines[1]
        room = max(1, self._session.app.output.get_size().rows - _ROWS_FOR_INPUT)
        return lines if len(lines) <= room else [[("dim", " " * _GUTTER + "…")], *lines[1 - room :]]

    def _action(self) -> list[Line]:
        action = self._chat.action
        if action is None:
            return []
        return [[*_gutter(BOT, 0), ("dim", "is typing…" if action == "typing" else "is sending…")]]

    def _block(self, shown: Shown) -> list[Line]:
        width = self._width()
        lines = styled_lines(shown.text, shown.entities, width) if shown.text else []
        for extra in shown.extras:
            lines += styled_lines(printable(extra), [], width, "ansiyellow")
        if shown.note:
            lines = [[("dim", f"({shown.note})")], *lines]
        for row in shown.keyboard:
            lines += _buttons(row, width)
        return [[], *_indented(lines, _gutter(shown.author, shown.number))]

    def _print(self, lines: list[Line]) -> None:
        """Take the prompt away, print, and let it be drawn again, all in one turn of the event loop.

        prompt_toolkit's own way leaves raw mode meanwhile, and a key that is pressed then gets lost.
        """
        app = self._session.app
        text = FormattedText([*_joined(lines), ("", "\n")])
        try:
            if app.is_running:
                app.renderer.erase()
            print_formatted_text(app.output, text, app.renderer.style, color_depth=app.color_depth)
        except OSError:
            return  # the terminal is gone, and the prompt ends by itself
        self.refresh()

    def _width(self) -> int:
        return max(20, self._session.app.output.get_size().columns - _GUTTER - 1)


def _gutter(author: str, number: int) -> Line:
    name = f"{author}  "
    mark = f"#{number} " if number else ""
    return [
        ("", " " * max(0, _GUTTER - len(name) - len(mark))),
        ("dim", mark),
        (_AUTHOR_STYLES.get(author, _YOU_STYLE), name),
    ]


def _indented(lines: list[Line], first: Line) -> list[Line]:
    return [
        [*(first if index == 0 else [("", " " * _GUTTER)]), *line] for index, line in enumerate(lines or [[]])
    ]


def _reaction_line(reaction: _Reaction, last: int) -> Line:
    about = "" if reaction.number == last else f"#{reaction.number} "
    return [("", " " * _GUTTER), ("dim", about), ("", reaction.emoji)]


def _buttons(row: tuple[str, ...], width: int) -> list[Line]:
    """A row of the keyboard, side by side as far as they fit."""
    lines: list[Line] = []
    room = 0
    for button in row:
        name, blank, label = printable(button).partition(" ")
        pieces: Line = [("ansicyan", name), ("", blank + label)]
        columns = get_cwidth(button)
        if not lines or room + columns + 3 > width:
            lines.append([])
            room = 0
        elif lines[-1]:
            lines[-1].append(("", "   "))
            room += 3
        lines[-1] += pieces
        room += columns
    return lines


def _joined(lines: list[Line]) -> list[tuple[str, str]]:
    pieces: list[tuple[str, str]] = []
    for index, line in enumerate(lines):
        pieces += ([("", "\n")] if index else []) + line
    return pieces
