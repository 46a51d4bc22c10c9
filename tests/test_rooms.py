"""Who may import whom, and what the rooms beside the bot may know of it."""

import ast
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BESIDE = {
    "bot",
    "bot.config",
    "bot.errors",
    "bot.lease",
    "bot.limits",
    "bot.limits.guesses",
    "bot.logs",
    "bot.values",
    "bot.turns",
    "bot.work",
}
INNER = {"bot.journal", "bot.ai.protocols", "bot.prompts", "db"}
LABELLED = "tests.journal.safety.labelled"
ALLOWED = {
    "bot.telegram": INNER | {"bot.telegram"},
    "bot.web": INNER | {"bot.web"},
    "bot.jobs": INNER | {"bot.jobs"},
    "bot.playground": {"bot.playground"},
    "bot.journal": INNER,
    "bot.ai": {"bot.ai"},
    "bot.prompts": {"bot.prompts"},
    "bot.work": {"db"},
    "bot.limits": {"bot.limits"},
    "bot.lease": {"db"},
    "bot.claim": set(),
    "bot.config": set(),
    "bot.errors": set(),
    "bot.logs": set(),
    "bot.turns": set(),
    "bot.values": set(),
    "bot.check": {
        "bot.check",
        "bot.journal",
        "bot.ai.protocols",
        "bot.limits",
        "bot.telegram",
        "bot.web",
        "db",
    },
    "bot.making": {"bot.ai", "bot.journal", "bot.limits"},
    "bot.app": {"bot", "db"},
    "bot.chat": {"bot.app", "bot.making", "bot.playground", "db"},
    "bot.__main__": {"bot"},
    "db": {"db", "alembic"},
    # They measure the bot; of the tests they share what stands for the world outside it.
    "benchmarks": {"benchmarks", "bot.journal", "bot.playground", "db", "tests.vendors"},
    "evaluation": {
        "evaluation",
        "bot.ai.protocols",
        "bot.app",
        "bot.journal",
        "bot.making",
        "bot.playground",
        "db",
        "tests.recordings",
        "tests.vendors",
        LABELLED,
    },
    "tests.vendors": {"tests.vendors"},
    "tests.recordings": set(),
}
OURS = ("bot", "db", "benchmarks", "evaluation", "tests")


def modules() -> list[Path]:
    rooms = [ROOT / room for room in ("bot", "db", "benchmarks", "evaluation", "tests/vendors")]
    return sorted([it for room in rooms for it in room.rglob("*.py")] + [ROOT / "tests" / "recordings.py"])


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def parsed(path: Path) -> ast.Module:
    """Without a garbage collection in the middle, which Python before 3.11.5 does not survive."""
    gc.disable()
    try:
        return ast.parse(path.read_text())
    finally:
        gc.enable()


def imports(path: Path, name: str = "") -> Iterator[str]:
    name = name or name_of(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base]).rstrip(".")
            yield from (f"{base}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_only_what_stands_to_its_right(path: Path) -> None:
    name = name_of(path)
    room = max((room for room in ALLOWED if within(name, room)), key=len, default=None)
    ours = [it for it in imports(path) if any(within(it, room) for room in OURS)]
    if room is None:
        assert not ours, f"{name} belongs to no room"
        return
    for imported in ours:
        beside = any(imported == it or imported.rpartition(".")[0] == it for it in BESIDE - {"bot"})
        fits = any(within(imported, allowed) for allowed in ALLOWED[room])
        assert beside or imported == "bot.prompts" or fits, f"{name} imports {imported}"


def importers(*rooms: str) -> set[str]:
    """Who imports one of them, at its top or later, inside a function."""
    return {
        name_of(path)
        for path in modules()
        if any(within(imported, room) for imported in imports(path) for room in rooms)
    }


def test_the_database_knows_nothing_of_who_works_with_it() -> None:
    ours = {it for path in modules() for it in imports(path) if within(name_of(path), "db")}
    assert {it.rpartition(".")[0] for it in ours if within(it, "bot")} == {"bot.errors"}


def test_only_the_commands_import_the_composition_root() -> None:
    assert importers("bot.app") == {"bot.__main__", "bot.chat", "evaluation.transcript.stage"}
    assert importers("bot.chat") == {"bot.__main__"}


@pytest.mark.parametrize("mind", ["bot.ai.claude", "bot.ai.openai", "bot.ai.offline"])
def test_one_place_chooses_the_minds(mind: str) -> None:
    assert importers(mind) == {"bot.making"}


def test_an_import_inside_a_function_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "lazy.py"
    path.write_text("def later() -> None:\n    from bot.ai import claude\n    import bot.app\n")
    assert list(imports(path, "bot.check.lazy")) == ["bot.ai.claude", "bot.app"]


def test_alembic_is_no_package() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()
