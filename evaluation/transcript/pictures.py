"""The pictures of the conversation, kept beside it, smaller and with fewer colours than in the chat."""

import io
from pathlib import Path

from PIL import Image

WIDTH, COLOURS = 540, 48


class Album:
    """Keeps pictures for `folder`, numbered in the order in which they are shown."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[bytes] = set()
        self._pages: list[bytes] = []

    def keep(self, png: bytes) -> str:
        """What links to it, as Markdown: the words below the picture tell what it shows. Nothing for one
        that was there before."""
        if png in self._seen:
            return ""
        self._seen.add(png)
        self._pages.append(_small(png))
        return f"![a picture, told in the words below]({self._folder.name}/{self._name(len(self._pages))})"

    def save(self) -> None:
        self._folder.mkdir(exist_ok=True)
        for old in self._folder.glob("*.png"):
            old.unlink()
        for number, png in enumerate(self._pages, 1):
            (self._folder / self._name(number)).write_bytes(png)

    @staticmethod
    def _name(number: int) -> str:
        return f"{number}.png"


def _small(png: bytes) -> bytes:
    with Image.open(io.BytesIO(png)) as image:
        height = round(image.height * WIDTH / image.width)
        small = image.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
    kept = io.BytesIO()
    small.quantize(COLOURS).save(kept, "PNG", optimize=True)
    return kept.getvalue()
