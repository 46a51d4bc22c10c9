"""The benchmarks load rows as the embedded server's superuser, past every check of a row."""

import pytest
from sqlalchemy import make_url


@pytest.fixture
def database_url(database_url: str) -> str:
    return make_url(database_url).set(username="app").render_as_string(hide_password=False)
