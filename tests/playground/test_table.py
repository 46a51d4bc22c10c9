"""The table of methods and parameters against the Bot API's description and python-telegram-bot."""

import inspect
import re
from typing import Any

import pytest
from telegram import Bot

from bot.playground.methods import ATTACHING_METHODS, PLAIN_METHODS
from bot.playground.parameters import METHOD_PARAMETERS, OBJECT_FIELDS, VARIANTS, Parameter

from .schema import load, needs_schema


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return load()


@needs_schema
@pytest.mark.parametrize("method", METHOD_PARAMETERS)
def test_a_method_has_the_parameters_that_telegram_gives_it(described: dict[str, Any], method: str) -> None:
    check(METHOD_PARAMETERS[method], described["methods"][method])


@needs_schema
@pytest.mark.parametrize("name", OBJECT_FIELDS)
def test_an_object_has_the_fields_that_telegram_gives_it(described: dict[str, Any], name: str) -> None:
    check(OBJECT_FIELDS[name], described["types"][name])


@needs_schema
@pytest.mark.parametrize("name", VARIANTS)
def test_variants_are_subtypes(described: dict[str, Any], name: str) -> None:
    assert set(VARIANTS[name]) <= set(described["types"][name]["subtypes"])


def check(ours: dict[str, Parameter], theirs: dict[str, Any]) -> None:
    fields = {field["name"]: field for field in theirs.get("fields", [])}
    assert set(ours) <= set(fields)
    assert {name for name, field in fields.items() if field["required"]} <= set(ours)
    for name, parameter in ours.items():
        assert parameter.required == fields[name]["required"], name
        assert set(parameter.types) <= set(fields[name]["types"]), name


@pytest.mark.parametrize("method", METHOD_PARAMETERS)
def test_the_client_library_knows_the_same_parameters(method: str) -> None:
    snake = re.sub(r"(?<!^)([A-Z])", lambda match: f"_{match[1].lower()}", method)
    known = set(inspect.signature(getattr(Bot, snake)).parameters)
    assert set(METHOD_PARAMETERS[method]) <= known


def test_every_declared_method_is_done_by_somebody() -> None:
    others = {"getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo"}
    assert set(METHOD_PARAMETERS) == set(PLAIN_METHODS) | set(ATTACHING_METHODS) | others
