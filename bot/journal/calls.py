"""Keeping account of what was asked of a mind."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot import prompts
from bot.ai.protocols import Usage
from db.queries import calls


async def keep_call(
    session: AsyncSession,
    user_id: UUID,
    entry_id: UUID,
    version: int,
    stage: str,
    prompt: str | None,
    usage: Usage,
) -> UUID:
    """Store the call with the prompt's name and version; its id."""
    return await calls.keep(
        session,
        user_id=user_id,
        entry_id=entry_id,
        entry_version=version,
        stage=stage,
        prompt=prompt,
        prompt_version=prompts.load(prompt).version if prompt else None,
        **asdict(usage),
    )
