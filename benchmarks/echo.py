"""A bot as python-telegram-bot's own pages show it, to compare with: it repeats what it is told.

python -m benchmarks.echo --token 123:abc --url http://127.0.0.1:8081
"""

import argparse

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.echo")
    parser.add_argument("--token", required=True)
    parser.add_argument("--url", required=True)
    options = parser.parse_args()
    # Nothing is set but where the server is: the transport is the library's own, and so is the rest.
    application = Application.builder().token(options.token).base_url(f"{options.url}/bot").build()
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, echo))
    application.run_polling()


if __name__ == "__main__":
    main()
