"""Stores for the tests of the service: the same tests on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from service.made import sla
from service.servers import Postgres, running_postgres
from service.store.stories import Opener

from feedback_service.store import Store, open_store


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Start a PostgreSQL for all tests of this process."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_schema(postgres: Postgres) -> str:
    """Make a database with the schema in it, for copies; returns its name."""
    url = postgres.database()
    open_store(None, url).close()
    return url.rpartition("/")[2].partition("?")[0]


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_schema: str) -> str:
    """Make a database of the test's own, with the schema in it and nothing else; returns its address."""
    return postgres.database(postgres_schema)


@pytest.fixture(params=["sqlite", "postgres"])
def open_again(request, tmp_path) -> Iterator[Opener]:
    """Know where the test's store is, on each kind of database."""
    opener = Opener(request.param, tmp_path, request.getfixturevalue("postgres_url") if request.param == "postgres" else "")
    yield opener
    for store in opener.opened:
        store.close()


@pytest.fixture
def store(open_again: Opener) -> Store:
    """Open a store, on each kind of database."""
    return open_again()


@pytest.fixture
def replicas(postgres_url) -> Iterator[tuple[Store, Store]]:
    """Open one PostgreSQL twice, as two replicas do."""
    with closing(open_store(None, postgres_url, sla())) as one, closing(open_store(None, postgres_url, sla())) as other:
        yield one, other
