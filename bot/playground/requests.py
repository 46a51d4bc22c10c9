"""What an HTTP request carries: the values of its parameters, and files."""

import json
from typing import Any

from aiohttp import web

from bot.playground.errors import ApiRefused, bad_request
from bot.playground.parameters import Upload


async def read_request(request: web.Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    """(parameter -> string or JSON value, form field -> file), from the query and any kind of body.

    Raises ApiRefused: 413 for a body that is too large, 400 for one that cannot be read.
    """
    try:
        return await _read(request)
    except web.HTTPRequestEntityTooLarge:
        raise ApiRefused(413, "Request Entity Too Large") from None


async def _read(request: web.Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    values: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.content_type == "application/json":
        values |= await _json_body(request)
    elif request.method == "POST" and request.body_exists:
        try:
            form = await request.post()
        except ValueError:
            raise bad_request("the body of the request cannot be read") from None
        for name, value in form.items():
            if isinstance(value, web.FileField):
                uploads[name] = Upload(
                    filename=value.filename, content_type=value.content_type, data=value.file.read()
                )
            else:
                values[name] = value if isinstance(value, str) else bytes(value).decode()
    return values, uploads


async def _json_body(request: web.Request) -> dict[str, Any]:
    body = await request.read()
    try:
        values = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        raise bad_request("Can't parse JSON object in the body of the request") from None
    if not isinstance(values, dict):
        raise bad_request("Object expected as the body of the request")
    return values
