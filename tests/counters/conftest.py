"""The statements that the service sends, for tests that count them."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine


@pytest.fixture
def statements(engine: AsyncEngine) -> Iterator[list[str]]:
    """The statements since the list was last cleared."""
    counted: list[str] = []

    def count(*given: Any) -> None:
        counted.append(given[2])

    event.listen(engine.sync_engine, "before_cursor_execute", count)
    yield counted
    event.remove(engine.sync_engine, "before_cursor_execute", count)
