"""What the service is really sent and what it really answers, for the examples of the OpenAPI document.

`python -m tests.frontend.recording` plays every endpoint and writes `app/openapi/recorded/` and `docs/openapi.json`
anew. Ids, secrets and digests are replaced by ones that stay the same from run to run, long lists are cut.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import app.openapi.examples as kept
from app import schema
from app.core.embedded import start_embedded
from app.core.logs import configure_logs
from app.core.principal import Role
from app.core.settings import Settings
from app.main import create_app
from app.openapi.written import write
from tests.notifications.conftest import Office, open_office
from tests.notifications.monday import hear_everything
from tests.system.endpoints import ENDPOINTS, GETS, Endpoint
from tests.system.example import Example
from tests.system.examples import EXAMPLES
from tests.system.world import OVER, World, world

RECORDED = Path(kept.__file__).parent / "recorded"
DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"
SHOWN = 3
"""Items of a list that an example shows."""
SECRETS = {
    "access_token": "eyJhbGciOiJFUzI1NiJ9.contoh.contoh",
    "refresh_token": "contoh-token-penyegar",
    "id_token": "contoh.token.identitas",
    "password": "contoh-kata-sandi",
    "current": "contoh-kata-sandi",
    "new": "contoh-kata-sandi-baru",
    "secret": "contoh-rahasia-sekali-pakai",
    "ticket": "contoh-tiket-sekali-pakai",
    "kid": "contoh",
    "x": "contoh",
    "y": "contoh",
}
SCORED, DEPOSITED = "POST /v1/apel/{apel_id}/scores", "POST /v1/apel/{apel_id}/deposits"
OWN_RECORD = "GET /v1/me/record"
RESTS_ON = {
    "GET /v1/scores/opd": SCORED,
    "GET /v1/scores/opd/{opd_code}": SCORED,
    "GET /v1/scores/asn": SCORED,
    "GET /v1/asn/{asn_id}/attendance": SCORED,
    "GET /v1/deposits": DEPOSITED,
    "GET /v1/apel/{apel_id}/deposits/compliance": DEPOSITED,
    "GET /v1/rewards": "POST /v1/rewards/propose",
}
"""Reads that show nothing until something was done elsewhere."""
_WORDS: dict[str, Any] = {"true": True, "false": False}
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_PASSWORD = re.compile(r"\b[a-z0-9]{4}(?:-[a-z0-9]{4}){3}\b")
_DIGEST = re.compile(r"\b[0-9a-f]{24,64}\b")


def record(told: World, names: set[str] | None = None) -> dict[str, dict[str, Any]]:
    """By operation id, for these endpoints (`GET /v1/board`), or for all."""
    found = {}
    for name, endpoint in ENDPOINTS.items():
        if names is None or name in names:
            entry = _read(told, endpoint) if name in GETS else _written(told, endpoint)
            if entry:
                found[endpoint_id(name)] = entry
    return found


def record_outgoing(office: Office) -> dict[str, dict[str, Any]]:
    """By operation id, every webhook as a receiver got it."""
    heard = hear_everything(office)
    ids = {event: item["post"]["operationId"] for event, item in _described()["webhooks"].items()}
    return {ids[event]: steady({"request": _cut(json.loads(one.body))}) for event, one in heard.items()}


def endpoint_id(name: str) -> str:
    method, _, path = name.partition(" ")
    said: str = _described()["paths"].get(path, {}).get(method.lower(), {}).get("operationId", name)
    return said


@cache
def _described() -> dict[str, Any]:
    return create_app(Settings()).openapi()


def _written(told: World, endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.name not in EXAMPLES:
        return {}
    with told.undone():
        example = EXAMPLES[endpoint.name](told)
        answer = _send(told, endpoint, example)
        sent = _sent(example)
        return steady(({} if sent is None else {"request": sent}) | _answered(answer))


def _send(told: World, endpoint: Endpoint, example: Example) -> httpx.Response:
    path = endpoint.path.format(**example.path)
    return example.caller(told).request(endpoint.method, path, **example.options())


def _sent(example: Example) -> Any:
    if example.content is not None:
        return json.loads(example.content)
    if example.json is not None or (example.form is None and example.file is None):
        return example.json
    file = {} if example.file is None else {"file": example.file.decode("utf-8", "replace")[:1000]}
    return {name: _WORDS.get(value, value) for name, value in (example.form or {}).items()} | file


def _answered(answer: httpx.Response) -> dict[str, Any]:
    assert answer.is_success, answer.text
    entry: dict[str, Any] = {"status": answer.status_code}
    if "etag" in answer.headers:
        entry["headers"] = ["etag"]
    if _is_json(answer):
        entry["answer"] = _cut(answer.json())
    return entry


def _is_json(answer: httpx.Response) -> bool:
    # An answer without a body (204) may still name the kind that it would have been.
    return bool(answer.content) and answer.headers.get("content-type") == "application/json"


def _read(told: World, endpoint: Endpoint) -> dict[str, Any]:
    """The first answer that shows something; else the first at all."""
    first: dict[str, Any] = {}
    for prepare in _preparations(endpoint):
        with told.undone():
            answer = _ask(told, endpoint, prepare(told))
            if answer.is_success:
                entry = steady(_answered(answer))
                if _shows_something(entry.get("answer")):
                    return entry
                first = first or entry
    return first


def _ask(told: World, endpoint: Endpoint, path: dict[str, Any]) -> httpx.Response:
    known = {"apel_id": told.apel.id, "opd_code": "DINKES", "asn_id": told.siti.id, "absence_id": told.absence.id}
    known |= {"day": "2026-12-25", "year": 2026, "period": "2026-11", "kind": "sk", "name": "papan.js"}
    nobodys = dict.fromkeys(endpoint.path_names, "01936d2a-0000-7000-8000-000000000000")
    roles = endpoint.roles or frozenset()
    asker = told.as_(min(roles, key=lambda role: (role is not Role.ADMIN, role)), at=OVER) if roles else told.api
    if endpoint.name == OWN_RECORD:
        asker = told.himself(told.siti.id, at=OVER)
    return asker.get(endpoint.path.format(**nobodys | known | path))


def _preparations(endpoint: Endpoint) -> Iterator[Callable[[World], dict[str, Any]]]:
    """Nothing; what a related write rests on; and that write itself."""
    yield lambda _: {}
    near = sorted(EXAMPLES, key=lambda name: -_common(name.partition(" ")[2], endpoint.path))[:4]
    for name in [RESTS_ON[endpoint.name]] if endpoint.name in RESTS_ON else near:
        yield lambda told, name=name: EXAMPLES[name](told).path  # type: ignore[misc]
        yield lambda told, name=name: _after(told, name)  # type: ignore[misc]


def _after(told: World, name: str) -> dict[str, Any]:
    example = EXAMPLES[name](told)
    answer = _send(told, ENDPOINTS[name], example)
    made = answer.json() if _is_json(answer) else {}
    last = [part for part in ENDPOINTS[name].path.split("/") if not part.startswith("{")][-1]
    own = {f"{last.removesuffix('s')}_id": made["id"]} if isinstance(made, dict) and "id" in made else {}
    return own | example.path


def _common(one: str, other: str) -> int:
    """How many parts of two paths are alike from the beginning."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return next((number for number, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def _shows_something(answer: Any) -> bool:
    return not isinstance(answer, dict) or answer.get("items") != []


def _cut(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _cut(inner) for name, inner in value.items()}
    return [_cut(inner) for inner in value[:SHOWN]] if isinstance(value, list) else value


def steady(entry: dict[str, Any]) -> dict[str, Any]:
    """With ids, digests and secrets that are the same in every run."""
    names: dict[str, str] = {}

    def numbered(found: re.Match[str]) -> str:
        return names.setdefault(found[0], f"01936d2a-0000-7000-8000-{len(names) + 1:012d}")

    def zeroed(found: re.Match[str]) -> str:
        return "0f" * (len(found[0]) // 2) + "0" * (len(found[0]) % 2)

    plain = _PASSWORD.sub("xxxx-xxxx-xxxx-xxxx", json.dumps(_discreet(entry), ensure_ascii=False))
    plain = _DIGEST.sub(zeroed, _UUID.sub(numbered, plain))
    steadied: dict[str, Any] = json.loads(plain)
    return steadied


def _discreet(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: SECRETS[name] if name in SECRETS and isinstance(inner, str) else _discreet(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_discreet(inner) for inner in value]
    return re.sub(r"#.+", f"#{SECRETS['secret']}", value) if isinstance(value, str) and "://" in value else value


def _save(found: dict[str, dict[str, Any]]) -> None:
    rooms: dict[str, dict[str, Any]] = {}
    for item in (_described()["paths"] | _described()["webhooks"]).values():
        for said in item.values():
            if said["operationId"] in found:
                rooms.setdefault(said["tags"][0], {})[said["operationId"]] = found[said["operationId"]]
    for old in RECORDED.glob("*.json"):
        old.unlink()
    for tag, entries in rooms.items():
        text = json.dumps(entries, ensure_ascii=False, indent=1, sort_keys=True)
        (RECORDED / f"{tag.lower().replace(' ', '-')}.json").write_text(text + "\n", "utf-8")


def main() -> None:
    configure_logs("console", quiet=True)
    with TemporaryDirectory(prefix="apel-pg-") as directory, asyncio.Runner() as loop:
        Path(directory).chmod(0o711)
        embedded = start_embedded(Path(directory))
        try:
            loop.run(schema.migrate(embedded.url))
            engine = create_async_engine(embedded.url, poolclass=NullPool)
            with world(loop, engine, Path(directory)) as told:
                found = record(told)
            loop.run(engine.dispose())
            with open_office(loop, embedded.url, Path(directory)) as office:
                _save(found | record_outgoing(office))
        finally:
            embedded.close()
    kept.recorded.cache_clear()
    DOCUMENT.write_text(write(create_app(Settings())), "utf-8")


if __name__ == "__main__":
    main()
