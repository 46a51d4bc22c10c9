"""Routes that look at a body before anybody parses it."""

from collections.abc import Callable, Coroutine
from email.message import Message
from typing import Any

from fastapi import Request, Response
from fastapi.params import Form
from fastapi.routing import APIRoute

from bot.web.depth import nests_deeper
from bot.web.problems import problem

DEEPEST_BODY = 32


class ApiRoute(APIRoute):
    """415 for a body of another type than the one described, 400 for one that nests too deep. One that
    is too large is refused before (`edge`)."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle
        is_form = isinstance(self.body_field.field_info, Form)
        is_needed = self.body_field.field_info.is_required()

        async def look_first(request: Request) -> Response:
            wanted = "application/x-www-form-urlencoded" if is_form else "application/json"
            given = request.headers.get("content-type")
            if given is None:
                if await request.body():
                    return problem(415, f"the body must be {wanted}")
            elif _media_type(given) != wanted:
                # Some clients name a type also where they send nothing.
                if is_needed or await request.body():
                    return problem(415, f"the body must be {wanted}")
            elif not is_form and nests_deeper(await request.body(), DEEPEST_BODY):
                return problem(400, "the body is no JSON, or nests too deep")
            return await handle(request)

        return look_first


def _media_type(header: str) -> str:
    message = Message()
    message["content-type"] = header
    return message.get_content_type()
