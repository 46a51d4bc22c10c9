"""Whether the process can do its work, and how each of its parts is."""

from collections.abc import Awaitable, Callable
from typing import Literal

from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel, Field

WELL = {"ok", "off", "set"}


class Health(BaseModel):
    status: Literal["healthy", "unhealthy"]


class Readiness(BaseModel):
    status: Literal["ready", "not ready"]
    parts: dict[str, str] = Field(
        description=(
            "Each part: ok, off where it is not configured, set where it is and was not asked, or what is "
            "wrong with it."
        ),
        examples=[{"database": "ok", "redis": "off", "telegram": "ok", "coach": "set"}],
    )


def router(ready: Callable[[], Awaitable[dict[str, str]]]) -> APIRouter:
    routes = APIRouter(tags=["health"])

    @routes.get("/health", responses={503: {"model": Health, "description": "It cannot."}})
    async def health(response: Response) -> Health:
        """Whether the process can do its work."""
        parts = await ready()
        if parts["database"] == "ok":
            return Health(status="healthy")
        response.status_code = 503
        return Health(status="unhealthy")

    @routes.get("/health/ready", responses={503: {"model": Readiness, "description": "A part is not well."}})
    async def health_ready(response: Response) -> Readiness:
        """How each part is."""
        parts = await ready()
        if all(state in WELL for state in parts.values()):
            return Readiness(status="ready", parts=parts)
        response.status_code = 503
        return Readiness(status="not ready", parts=parts)

    return routes


def alone(ready: Callable[[], Awaitable[dict[str, str]]]) -> FastAPI:
    """An app that tells its health and nothing else."""
    app = FastAPI(openapi_url=None)
    app.include_router(router(ready))
    return app
