"""What holds for every picture: for hostile words and odd numbers, in any thread, whoever draws it when."""

import asyncio
import gc
import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.journal.charts import (
    CATEGORIES,
    MOST_UNITS,
    Category,
    DayCard,
    DayPoint,
    GoalProgress,
    Goals,
    Picture,
    Theme,
    Trend,
    Week,
    Year,
    caption,
    draw,
)
from bot.journal.charts.style import COLOURS, WIDTH
from bot.journal.message import utf16_length
from tests.journal.charts.looking import opened, pixel

ROOT = Path(__file__).parents[3]
DAY = date(2026, 11, 19)
FULL: list[Picture] = [
    DayCard(
        local_date=DAY,
        overall=72,
        categories=[Category(name=it, score=11 * place) for place, it in enumerate(CATEGORIES)],
        numbers=[(f"number {it}", f"{it} min") for it in range(20)],
        title="Today so far " * 20,
    ),
    Trend(
        days=[
            DayPoint(
                local_date=DAY - timedelta(days=it),
                overall=it * 37 % 101,
                categories={name: (it * 53 + place * 7) % 101 for place, name in enumerate(CATEGORIES)},
            )
            for it in range(30)
        ],
        last=DAY,
    ),
    Year(
        year=2024,
        scores={date(2024, 1, 1) + timedelta(days=it): it * 31 % 101 for it in range(366)},
        today=DAY,
    ),
    Goals(
        goals=[
            GoalProgress(
                title="Read for twenty minutes each evening before sleep " * 3,
                done=95,
                target=140,
                unit="min",
                per="week",
                weeks=[Week(starts=DAY - timedelta(weeks=it), done=it * 7.5) for it in range(12)],
            )
        ]
        * 3
    ),
]
NAMES = ["day", "trend", "year", "goals"]

words = st.one_of(
    st.text(st.characters(), max_size=60),
    st.sampled_from(
        ["x" * 5000, "$\\frac{1$ %s {} %", "\ud800$", "跑步", "مرحبا", "🏃‍♀️", "a" * 30 + "\u0300" * 99]
    ),
)
scores = st.integers(0, 100)
names = st.sampled_from(CATEGORIES) | words
days = st.dates(DAY - timedelta(days=45), DAY + timedelta(days=3))
amounts = st.floats(0, 1e9) | st.integers(0, 20).map(float)
day_cards = st.builds(
    DayCard,
    local_date=st.dates(),
    overall=st.none() | scores,
    categories=st.lists(st.builds(Category, name=names, score=st.none() | scores), max_size=12),
    numbers=st.lists(st.tuples(words, words), max_size=12),
    title=words,
    this_year=st.none() | st.integers(1, 9999),
)
trends = st.builds(
    Trend,
    days=st.lists(
        st.builds(
            DayPoint,
            local_date=days,
            overall=st.none() | scores,
            categories=st.dictionaries(names, scores, max_size=9),
        ),
        max_size=40,
    ),
    last=st.just(DAY),
    length=st.integers(1, 366),
    title=words,
)
years = st.integers(1, 9999).flatmap(
    lambda year: st.builds(
        Year,
        year=st.just(year),
        scores=st.dictionaries(st.dates(date(year, 1, 1), date(year, 12, 31)) | st.dates(), scores),
        today=st.none() | st.dates(date(year, 1, 1), date(year, 12, 31)) | st.dates(),
        first_weekday=st.integers(0, 6),
    )
)
goals = st.builds(
    Goals,
    goals=st.lists(
        st.builds(
            GoalProgress,
            title=words,
            done=amounts,
            target=st.none() | amounts.filter(bool),
            unit=words,
            per=st.sampled_from([None, "day", "week", "month"]),
            weeks=st.lists(st.builds(Week, starts=st.dates() | days, done=amounts), max_size=15),
        ),
        max_size=9,
    ),
    title=words,
)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(day_cards, trends, years, goals), st.sampled_from(list(COLOURS)))
def test_whatever_is_asked_for_there_is_a_picture_and_a_caption(picture: Picture, theme: Theme) -> None:
    image = opened(draw(picture, theme))
    assert image.format == "PNG"
    assert image.width == WIDTH
    # Telegram takes photos whose sides are at most 1 to 20 and 10,000 pixels together.
    assert 200 < image.height < 3000
    corners = {image.convert("RGB").getpixel((x, y)) for x in (0, WIDTH - 1) for y in (0, image.height - 1)}
    assert corners == {pixel(COLOURS[theme].card)}
    told = caption(picture)
    assert 0 < utf16_length(told) <= MOST_UNITS
    told.encode("utf-8")
    assert not set(told) & set("\x00\r\u202e\ufffe")


@pytest.mark.parametrize("picture", FULL, ids=NAMES)
@pytest.mark.parametrize("theme", COLOURS)
def test_a_full_picture_is_a_small_file_without_secrets(picture: Picture, theme: Theme) -> None:
    png = draw(picture, theme)
    assert len(png) < 150_000
    # Neither the program nor the time is told.
    kinds = [png[at : at + 4] for at in chunks(png)]
    assert set(kinds) == {b"IHDR", b"PLTE", b"IDAT", b"IEND"}


def chunks(png: bytes) -> list[int]:
    """Where the types of the chunks stand."""
    found, at = [], 8
    while at < len(png):
        found.append(at + 4)
        at += 12 + int.from_bytes(png[at : at + 4])
    return found


@pytest.mark.parametrize("picture", FULL, ids=NAMES)
def test_light_is_the_default_and_dark_another_card(picture: Picture) -> None:
    light, dark = draw(picture), draw(picture, "dark")
    assert light == draw(picture, "light") != dark
    assert opened(light).size == opened(dark).size


async def test_threads_draw_the_same_as_one_alone() -> None:
    alone = [draw(it) for it in FULL]
    together = await asyncio.gather(*(asyncio.to_thread(draw, it) for it in FULL * 3))
    assert together == alone * 3
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(draw, [FULL[0], FULL[0]])) == [alone[0]] * 2


DRAWING = (
    f"import sys, hashlib\nsys.path.insert(0, {str(ROOT)!r})\n"
    "from tests.journal.charts.test_pictures import FULL, draw\n"
    "print(hashlib.sha256(b''.join(map(draw, FULL))).hexdigest())\n"
    "assert 'matplotlib.backends.backend_agg' in sys.modules\n"
    "assert 'matplotlib.pyplot' not in sys.modules, 'pyplot'\n"
)


def python(program: str, folder: Path = ROOT) -> str:
    """What it prints."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_another_process_draws_the_same_and_without_pyplot() -> None:
    assert python(DRAWING) == hashlib.sha256(b"".join(map(draw, FULL))).hexdigest()


def test_the_bot_starts_without_matplotlib() -> None:
    python(
        "import sys, bot.app, bot.journal.charts as charts\n"
        "from datetime import date\n"
        "charts.caption(charts.DayCard(local_date=date(2026, 11, 19)))\n"
        "loaded = {it.partition('.')[0] for it in sys.modules} & {'matplotlib', 'PIL'}\n"
        "assert not loaded, loaded\n"
    )


def test_the_settings_file_of_a_matplotlib_user_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text(
        "text.usetex: True\ntext.color: red\nfont.family: serif\nfont.size: 30\nlines.linewidth: 20\n"
        "figure.facecolor: red\nfigure.dpi: 300\nsavefig.dpi: 300\nlines.marker: x\ntext.parse_math: True\n"
    )
    assert python(DRAWING, tmp_path) == hashlib.sha256(b"".join(map(draw, FULL))).hexdigest()


def test_a_drawn_picture_leaves_no_megabytes_waiting_for_the_garbage_collection() -> None:
    draw(FULL[0])
    gc.collect()
    gc.disable()
    try:
        before = len(renderers())
        for picture in FULL:
            draw(picture)
        assert len(renderers()) == before
    finally:
        gc.enable()


def renderers() -> list[object]:
    """Each holds the pixels of a picture."""
    return [it for it in gc.get_objects() if type(it).__name__ == "RendererAgg"]
