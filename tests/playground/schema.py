"""The Bot API's own description of its methods and types, where it lies beside the project."""

import json
from pathlib import Path
from typing import Any

import pytest

_FILE = Path(__file__).resolve().parents[3] / "shared" / "telegram-bot-api-10.1.json"
_PRIMITIVES: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (int, float),
    "String": (str,),
    "Boolean": (bool,),
    "True": (bool,),
}

needs_schema = pytest.mark.skipif(not _FILE.exists(), reason="no description of the Bot API here")


def load() -> dict[str, Any]:
    return dict(json.loads(_FILE.read_text()))


class Validator:
    """Names what is wrong with a value, path by path; an empty list means that it is sound."""

    def __init__(self) -> None:
        self._types = load()["types"]

    def problems(self, value: Any, type_name: str, path: str = "$") -> list[str]:
        if type_name.startswith("Array of "):
            if not isinstance(value, list):
                return [f"{path}: no array"]
            inner = type_name.removeprefix("Array of ")
            return [one for n, item in enumerate(value) for one in self.problems(item, inner, f"{path}[{n}]")]
        if type_name in _PRIMITIVES:
            fits = isinstance(value, _PRIMITIVES[type_name])
            wrong = isinstance(value, bool) and type_name not in {"Boolean", "True"}
            return [] if fits and not wrong else [f"{path}: {value!r} is no {type_name}"]
        declared = self._types[type_name]
        if declared.get("subtypes"):
            return self._best([self.problems(value, one, path) for one in declared["subtypes"]])
        return self._object(value, declared, path)

    def _object(self, value: Any, declared: dict[str, Any], path: str) -> list[str]:
        if not isinstance(value, dict):
            return [f"{path}: no {declared['name']}"]
        fields = {field["name"]: field for field in declared.get("fields", [])}
        found = [f"{path}.{name}: unknown in {declared['name']}" for name in value if name not in fields]
        for name, field in fields.items():
            if name in value:
                of_types = [self.problems(value[name], one, f"{path}.{name}") for one in field["types"]]
                found += self._best(of_types)
            elif field["required"]:
                found.append(f"{path}.{name}: missing in {declared['name']}")
        return found

    @staticmethod
    def _best(alternatives: list[list[str]]) -> list[str]:
        return min(alternatives, key=len)
