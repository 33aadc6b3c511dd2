"""One valid request for every endpoint that the service's own pages write to."""

from collections.abc import Callable

from app.core.principal import Role
from tests.system.example import Example
from tests.system.world import World

PASSWORD = "kuda-lari-di-pantai"


def _session(world: World) -> Example:
    [slip] = world.as_(Role.ADMIN).post("/v1/accounts", {"items": [_ACCOUNT]}).json()["items"]
    return Example(json={"username": "layar.uji", "password": slip["password"]}, role=None)


_ACCOUNT = {"username": "layar.uji", "grants": [{"role": "kominfo", "from_date": "2026-01-01"}]}


def _signed_in(world: World) -> Example:
    started = world.api.post("/v1/session", _session(world).json)
    return Example(role=None, headers={"cookie": f"apel_session={started.cookies['apel_session']}"})


def _asked(world: World) -> Example:
    asked = world.api.post("/v1/screens/pairings")
    return Example(role=None, headers={"cookie": f"apel_screen={asked.cookies['apel_screen']}"})


def _pairing(world: World) -> Example:
    code = world.api.post("/v1/screens/pairings").json()["code"]
    return Example(json={"code": code, "name": "aula-bupati", "counts_only": True}, role=Role.KOMINFO)


def _screen(world: World) -> Example:
    made = world.as_(Role.KOMINFO).post("/v1/screens", _pairing(world).json).json()
    return Example({"screen_id": made["id"]}, role=Role.KOMINFO)


EXAMPLES: dict[str, Callable[[World], Example]] = {
    "POST /v1/session": _session,
    "POST /v1/session/renew": _signed_in,
    "DELETE /v1/session": _signed_in,
    "POST /v1/screens/pairings": lambda _: Example(role=None),
    "POST /v1/screens/session": _asked,
    "POST /v1/screens": _pairing,
    "DELETE /v1/screens/{screen_id}": _screen,
}
