"""From the raw values of a request to the declared types of its parameters."""

import json
from typing import Any

from bot.playground.errors import bad_request
from bot.playground.parameters import (
    METHOD_PARAMETERS,
    OBJECT_FIELDS,
    VARIANTS,
    Parameter,
    Parameters,
    Upload,
)
from bot.playground.text import has_surrogates

_TRUE = {"true", "yes", "1", "t", "y"}
_FALSE = {"false", "no", "0", "f", "n", ""}
# What Telegram says when the parameter is missing; for the others it has no common wording.
_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "Message text is empty",
    "photo": "There is no photo in the request",
    "document": "There is no document in the request",
    "voice": "There is no voice in the request",
    "audio": "There is no audio in the request",
    "message_id": "Message identifier is not specified",
    "message_ids": "Message identifiers are not specified",
    "file_id": "file_id not specified",
    "action": "Wrong parameter action in request",
}


def read_parameters(method: str, raw: dict[str, Any], uploads: dict[str, Upload]) -> Parameters:
    """Typed values of what was given; an empty string counts as not given. Raises ApiRefused (400).

    `raw` values are strings (a form or a query) or JSON values. An uploaded file stands under its
    parameter's name; those named by `attach://` stay in `uploads`.
    """
    declared = METHOD_PARAMETERS[method]
    given = {name: value for name, value in raw.items() if value is not None}
    given |= {name: upload for name, upload in uploads.items() if name in declared}
    for name in given:
        if name not in declared:
            raise bad_request(f'unknown parameter "{name}" of {method}')
    values = {name: _value(declared[name], value) for name, value in given.items() if value != ""}
    for parameter in declared.values():
        if (
            parameter.required
            and parameter.name not in values
            and not _may_be_empty(method, parameter, given)
        ):
            raise bad_request(_MISSING.get(parameter.name, f'parameter "{parameter.name}" is required'))
    return values


def _may_be_empty(method: str, parameter: Parameter, given: dict[str, Any]) -> bool:
    return (method, parameter.name) == ("setWebhook", "url") and "url" in given


def _value(parameter: Parameter, value: Any) -> Any:
    if isinstance(value, Upload):
        if "InputFile" not in parameter.types:
            raise bad_request(f'parameter "{parameter.name}" is not a file')
        return value
    return _first_that_fits(parameter.name, parameter.types, value)


def _first_that_fits(name: str, types: tuple[str, ...], value: Any) -> Any:
    refusal: ValueError | None = None
    for wanted in types:
        try:
            return _converted(name, wanted, value)
        except ValueError as error:
            refusal = refusal or error
    raise bad_request(str(refusal))


def _converted(name: str, wanted: str, value: Any) -> Any:
    """Raises ValueError with words for the caller."""
    if wanted == "String":
        return _string(name, value)
    if wanted == "Integer":
        return _integer(name, value)
    if wanted == "Boolean":
        return _boolean(name, value)
    if wanted == "InputFile":
        raise ValueError(f'parameter "{name}" must be a file')
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise ValueError(f"Can't parse {name.replace('_', ' ')} JSON object") from None
    return _nested(name, wanted, value)


def _string(name: str, value: Any) -> str:
    if isinstance(value, str):
        if has_surrogates(value):
            raise ValueError("strings must be encoded in UTF-8")
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f'parameter "{name}" must be a String')


def _integer(name: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            pass
    raise ValueError(f'parameter "{name}" must be an Integer')


def _boolean(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word not in _TRUE | _FALSE:
        raise ValueError(f'parameter "{name}" must be a Boolean')
    return word in _TRUE


def _nested(name: str, wanted: str, value: Any) -> Any:
    if wanted.startswith("Array of "):
        if not isinstance(value, list):
            raise ValueError(f'"{name}" must be an {wanted}')
        return [_nested(name, wanted.removeprefix("Array of "), one) for one in value]
    if wanted in VARIANTS:
        return _variant(name, wanted, value)
    fields = OBJECT_FIELDS.get(wanted)
    if fields is None:
        return _converted(name, wanted, value)
    if wanted == "KeyboardButton" and isinstance(value, str):
        return {"text": value}
    return _object(wanted, fields, value)


def _object(wanted: str, fields: dict[str, Parameter], value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"Object expected as {wanted}")
    for name in value:
        if name not in fields:
            raise ValueError(f'unknown field "{name}" of {wanted}')
    for field in fields.values():
        if field.required and value.get(field.name) is None:
            raise ValueError(f"Can't parse {wanted}: Can't find field \"{field.name}\"")
    return {name: _nested_field(fields[name], one) for name, one in value.items() if one is not None}


def _nested_field(field: Parameter, value: Any) -> Any:
    refusal: ValueError | None = None
    for wanted in field.types:
        try:
            return _nested(field.name, wanted, value)
        except ValueError as error:
            refusal = refusal or error
    raise refusal or ValueError(f'field "{field.name}" has no type')


def _variant(name: str, wanted: str, value: Any) -> dict[str, Any]:
    kind = value.get("type") if isinstance(value, dict) else None
    for variant in VARIANTS[wanted]:
        tail = variant.removeprefix(wanted)
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in tail)
        if kind == snake.lstrip("_"):
            return _object(variant, OBJECT_FIELDS[variant], value)
    raise ValueError(f'"{name}" has no type that is known for {wanted}')
