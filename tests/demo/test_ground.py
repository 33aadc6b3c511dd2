"""The sample is loaded into an empty database, keeps what it made, and touches nobody else's."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from app import schema
from app.demo.ground import GroundRefused, mark_played, prepare_ground
from tests.conftest import administer, database_url

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def url(server_url: str) -> Iterator[str]:
    """An empty database."""
    name = f"apel_ground_{uuid4().hex[:12]}"
    administer(server_url, f"CREATE DATABASE {name}")
    yield database_url(server_url, name)
    administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


async def _ask(url: str, statement: str) -> Any:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


ADD = """
INSERT INTO account (id, username, password_hash, must_change, created_at)
VALUES (gen_random_uuid(), 'siapa', '-', true, now())
"""
COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
COUNT = "SELECT count(*) FROM account"


def test_an_empty_database_is_migrated_and_the_sample_begins(run: Run, url: str) -> None:
    assert run(prepare_ground(url)) is False
    assert run(_ask(url, COUNT)) == 0


def test_a_migrated_database_without_data_will_do(run: Run, url: str) -> None:
    run(schema.migrate(url))
    assert run(prepare_ground(url)) is False


def test_a_sample_that_was_cut_off_begins_anew(run: Run, url: str) -> None:
    run(prepare_ground(url))
    run(_ask(url, ADD))
    assert run(prepare_ground(url)) is False
    assert run(_ask(url, COUNT)) == 0


def test_a_played_sample_is_kept(run: Run, url: str) -> None:
    run(prepare_ground(url))
    run(_ask(url, ADD))
    run(mark_played(url))
    assert run(prepare_ground(url)) is True
    assert run(_ask(url, COUNT)) == 1


def test_a_database_with_other_data_is_refused_and_left_as_it_is(run: Run, url: str) -> None:
    run(schema.migrate(url))
    run(_ask(url, ADD))
    with pytest.raises(GroundRefused):
        run(prepare_ground(url))
    assert run(_ask(url, COUNT)) == 1
    assert (
        run(
            _ask(
                url, "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
            )
        )
        is None
    )
