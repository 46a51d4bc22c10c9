from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import ModelCall
from db.models.base import table


async def keep(  # noqa: PLR0913 - one row
    session: AsyncSession,
    *,
    user_id: UUID,
    entry_id: UUID | None,
    entry_version: int | None,
    stage: str,
    prompt: str | None,
    prompt_version: str | None,
    model: str,
    input_tokens: int,
    output_tokens: int,
    cache_read_tokens: int,
    cache_write_tokens: int,
    audio_seconds: float,
) -> UUID:
    """Store what a call to a mind was and cost; its id."""
    call = insert(table(ModelCall)).values(
        user_id=user_id,
        entry_id=entry_id,
        entry_version=entry_version,
        stage=stage,
        prompt=prompt,
        prompt_version=prompt_version,
        model=model,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cache_read_tokens=cache_read_tokens,
        cache_write_tokens=cache_write_tokens,
        audio_seconds=audio_seconds,
    )
    made: UUID = (await session.execute(call.returning(table(ModelCall).c.id))).scalar_one()
    return made
