"""`python -m tests.vendors anthropic --port 8401`: one vendor's server, for a bot in another process.

The first line printed is its address. `POST /_next` takes a fault, `GET /_requests` shows the record.
"""

import argparse
import asyncio

from tests.vendors import KEY, AnthropicServer, OpenAIServer


async def main() -> None:
    arguments = parse()
    kind = AnthropicServer if arguments.vendor == "anthropic" else OpenAIServer
    settings = {"port": arguments.port, "key": arguments.key, "delay": arguments.delay}
    async with kind(**settings) as server:
        print(server.url, flush=True)  # noqa: T201
        await asyncio.Event().wait()


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.vendors")
    parser.add_argument("vendor", choices=["anthropic", "openai"])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", default=KEY)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
