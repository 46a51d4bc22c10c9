"""The local Bot API server as a process of its own, with its control routes; for tests and tools.

python -m bot.playground --token 123:abc --port 8081
"""

import argparse
import asyncio
import json
import signal

from bot.playground.control import add_control
from bot.playground.server import BotApiServer


async def serve(token: str, port: int) -> None:
    """Print {"url": …} once it answers, and run until SIGTERM or SIGINT."""
    server = BotApiServer(token=token, port=port)
    add_control(server)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with server:
        print(json.dumps({"url": server.url}), flush=True)
        await stopped.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A local Bot API server with control routes.")
    parser.add_argument("--token", default="1:playground")
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.token, arguments.port))
