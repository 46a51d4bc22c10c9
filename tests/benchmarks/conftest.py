"""The benchmarks load rows as the embedded server's superuser, past every check of a row."""

import pytest


@pytest.fixture
def database_url(superuser_url: str) -> str:
    return superuser_url
