"""One valid request for every endpoint of the board that writes."""

from collections.abc import Callable

from app.core.principal import Role
from tests.system.example import Example
from tests.system.world import World

EXAMPLES: dict[str, Callable[[World], Example]] = {
    "POST /v1/board/tickets": lambda _: Example(role=Role.SCREEN),
}
