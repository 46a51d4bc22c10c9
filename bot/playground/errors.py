"""What the local Bot API server answers when it refuses a request."""

from bot.errors import DaybookError


class ApiRefused(DaybookError):
    """`{"ok": false}`: an error code (an HTTP status), Telegram's description, sometimes parameters."""

    def __init__(self, code: int, description: str, *, retry_after: int | None = None):
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def payload(self) -> dict[str, object]:
        payload: dict[str, object] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.retry_after is not None:
            payload["parameters"] = {"retry_after": self.retry_after}
        return payload


def bad_request(reason: str) -> ApiRefused:
    """400, worded as Telegram does: the first letter is lower case unless it begins a CODE_NAME."""
    if len(reason) > 1 and not (reason[1] == "_" or reason[1].isupper()):
        reason = reason[0].lower() + reason[1:]
    return ApiRefused(400, f"Bad Request: {reason}")


def too_many_requests(retry_after: int) -> ApiRefused:
    return ApiRefused(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
