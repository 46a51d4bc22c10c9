"""Looking at a drawn picture: its pixels by colour."""

from io import BytesIO

from PIL import Image

from bot.journal.charts import Picture, Theme, draw

Pixel = tuple[int, ...]


def seen(picture: Picture, theme: Theme = "light") -> Image.Image:
    """The picture as a phone decodes it."""
    return opened(draw(picture, theme))


def opened(png: bytes) -> Image.Image:
    image = Image.open(BytesIO(png))
    image.load()
    return image


def pixel(colour: str) -> Pixel:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def count(image: Image.Image, colour: str) -> int:
    """How many pixels have just this colour."""
    colours = image.convert("RGB").getcolors(image.width * image.height)
    assert colours is not None
    return sum(number for number, found in colours if found == pixel(colour))


def places(image: Image.Image, colour: str) -> set[tuple[int, int]]:
    """Where the pixels of just this colour are."""
    wanted = bytes(pixel(colour))
    data = image.convert("RGB").tobytes()
    found = set()
    at = data.find(wanted)
    while at >= 0:
        if at % 3 == 0:
            found.add((at // 3 % image.width, at // 3 // image.width))
        at = data.find(wanted, at + (3 - at % 3))
    return found
