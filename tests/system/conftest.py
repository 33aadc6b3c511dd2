"""The world that hostile requests are sent to, built once for each file of tests."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.system.world import World, world


@pytest.fixture(scope="module")
def monday(loop: asyncio.Runner, engine: AsyncEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(loop, engine, tmp_path_factory.mktemp("data")) as built:
        yield built
