"""Ratings for tests, and a policy in force that asks whom the test wants."""

from typing import Any

from app.behaviour.berakhlak import GUIDES
from app.core.principal import Role
from tests.client import Api
from tests.policies.documents import changed

ALL = tuple(GUIDES)


def all_of(word: str, **others: str) -> dict[str, str]:
    """Every guide rated alike, but for some: `loyal_a="below"`."""
    return dict.fromkeys(ALL, word) | {code.replace("_a", ".a"): rated for code, rated in others.items()}


def put_in_force(api: Api, **places: Any) -> str:
    """The shipped policy with some places changed, in force since January; its label."""
    document = changed(**{"version": 7, "effective_from": "2026-01-01"} | places)
    made = api.as_(Role.ADMIN).post("/v1/policies", document)
    assert made.status_code == 201, made.text
    done = api.as_(Role.ADMIN).post(f"/v1/policies/{made.json()['id']}/activate")
    assert done.status_code == 200, done.text
    return str(made.json()["label"])


def weighing(superior: int, peer: int, own: int) -> dict[str, Any]:
    return {"behaviour.weights": {"superior": superior, "peer": peer, "self": own}}
