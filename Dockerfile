FROM python:3.13-slim AS build
COPY --from=ghcr.io/astral-sh/uv:0.13.9 /uv /bin/uv
WORKDIR /app
COPY pyproject.toml uv.lock ./
# With the image's own Python, which the second stage has too.
ENV UV_PYTHON_DOWNLOADS=never
RUN uv sync --frozen --no-default-groups --no-install-project --compile-bytecode

FROM python:3.13-slim
RUN useradd --uid 1000 --create-home daybook && install -d -o daybook -g daybook -m 0700 /data
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY alembic.ini ./
COPY alembic alembic
COPY db db
COPY bot bot
# The ordinary user may not write here, so each start would compile them again.
RUN python -m compileall -q alembic db bot
USER daybook
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 DAYBOOK_HOME=/data HTTP_HOST=0.0.0.0 HTTP_PORT=8080
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ.get(\"HTTP_PORT\") or 8080}/health', timeout=4)"]
ENTRYPOINT ["python", "-m", "bot"]
