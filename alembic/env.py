"""Runs the migrations on the connection that `db.migrate` hands over, or on the one from settings."""

import asyncio
from typing import Any

from sqlalchemy import Connection, text

from alembic import context
from db.models import Base

# Any number: it only has to be the same in every process that migrates.
MIGRATION_LOCK = 0x64_61_79_62
PARTITIONS = {"entry_embeddings_loose", "entry_embeddings_packed"}


def is_of_the_models(it: Any, name: str | None, kind: str, is_reflected: bool, compared: Any) -> bool:
    """Partitions are no tables of their own there."""
    return not (kind == "table" and is_reflected and name in PARTITIONS)


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_server_default=True,
        include_object=is_of_the_models,
    )
    with context.begin_transaction():
        # Replicas start together; the lock ends with the transaction, so a pooler does not mind.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        context.run_migrations()


async def migrate_by_settings() -> None:
    # The command line only: nothing else in alembic/ knows the bot.
    from bot import making
    from bot.config import load
    from db.session import make_engine
    from db.start import address

    async with address(*making.database(load())) as (url, _):
        engine = make_engine(url, command_seconds=None)
        async with engine.begin() as connection:
            await connection.run_sync(migrate)
        await engine.dispose()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    migrate(handed_over)
else:
    asyncio.run(migrate_by_settings())
