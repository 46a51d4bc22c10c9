"""The vendors' HTTP servers, for tests: real sockets, the vendors' rules, and faults on demand."""

from tests.vendors.anthropic import AnthropicServer
from tests.vendors.openai import OpenAIServer
from tests.vendors.server import KEY, Fault, Recorded, Upload, overloaded, rate_limit, status

__all__ = [
    "KEY",
    "AnthropicServer",
    "Fault",
    "OpenAIServer",
    "Recorded",
    "Upload",
    "overloaded",
    "rate_limit",
    "status",
]
