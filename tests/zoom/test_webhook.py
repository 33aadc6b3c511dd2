"""Zoom's door: what is acknowledged is stored, what is not signed changes nothing, and every wait ends in time."""

import asyncio
import json
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from app.core import measures
from app.zoom.ingest import Ingest
from app.zoom.signature import sign
from tests.make import MONDAY
from tests.zoom.conftest import PREVIOUS, SECRET, Zoom, event, listening
from tests.zoom.test_signature import VECTORS

BODY = event()
STAMP = str(int(MONDAY.timestamp()))


def test_a_signed_event_is_answered_after_it_was_stored_byte_for_byte(zoom: Zoom) -> None:
    answer = zoom.post(BODY)
    assert (answer.status_code, answer.content) == (204, b"")
    stored = zoom.query("SELECT body, source, sent_at, received_at, state FROM zoom_inbox")
    assert stored == [(BODY, "webhook", MONDAY, MONDAY, "new")]


def test_a_retry_that_was_signed_again_is_one_stored_event(zoom: Zoom) -> None:
    zoom.at(MONDAY + timedelta(seconds=304))
    statuses = [zoom.post(BODY, sent=MONDAY + timedelta(seconds=late)).status_code for late in (4, 304)]
    assert statuses == [204, 204]
    assert zoom.bodies() == [BODY]


def test_the_previous_secret_is_still_good(zoom: Zoom) -> None:
    assert zoom.post(BODY, secret=PREVIOUS).status_code == 204
    assert zoom.bodies() == [BODY]


def tampered(**changes: str | None) -> Callable[[dict[str, str]], dict[Any, Any]]:
    def change(headers: dict[str, str]) -> dict[Any, Any]:
        left: dict[str, str | None] = dict(headers)
        left |= {name.replace("_", "-"): value for name, value in changes.items()}
        return {name.encode(): value.encode("utf-8") for name, value in left.items() if value is not None}

    return change


SIGNATURE = sign(SECRET.encode(), STAMP.encode(), BODY).decode()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(tampered(x_zm_signature=None), id="without signature"),
        pytest.param(tampered(x_zm_request_timestamp=None), id="without timestamp"),
        pytest.param(tampered(x_zm_signature=SIGNATURE[:-1]), id="truncated"),
        pytest.param(tampered(x_zm_signature=SIGNATURE.upper()), id="upper case"),
        pytest.param(tampered(x_zm_signature="v0=é" + SIGNATURE[5:]), id="not ASCII"),
        pytest.param(tampered(x_zm_signature=""), id="empty"),
        pytest.param(tampered(x_zm_request_timestamp="soon"), id="timestamp without digits"),
        pytest.param(tampered(x_zm_request_timestamp="9" * 400), id="timestamp without end"),
        pytest.param(tampered(x_zm_request_timestamp=str(int(STAMP) + 1)), id="another timestamp"),
    ],
)
def test_a_tampered_delivery_is_401_and_kept_nowhere(zoom: Zoom, change: Callable[..., Any]) -> None:
    answer = zoom.post(BODY, headers=change(zoom.headers(BODY)))
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "signature-invalid"
    assert answer.json()["trace_id"] == answer.headers["x-trace-id"]
    assert zoom.query("SELECT 1 FROM zoom_inbox UNION ALL SELECT 1 FROM zoom_quarantine") == []


def test_a_body_that_was_serialised_again_is_401(zoom: Zoom) -> None:
    again = json.dumps(json.loads(BODY)).encode()
    assert again != BODY
    assert zoom.post(again, headers=zoom.headers(BODY)).status_code == 401


@pytest.mark.parametrize("late", [301, -301, 86_400])
def test_a_stale_delivery_is_401_and_set_aside_with_its_skew(zoom: Zoom, late: int) -> None:
    zoom.at(MONDAY + timedelta(seconds=late))
    answers = [zoom.post(BODY), zoom.post(BODY)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(401, "signature-stale")] * 2
    assert str(late) in answers[0].json()["detail"]
    assert zoom.query("SELECT body, sent_at, skew_seconds FROM zoom_quarantine") == [(BODY, MONDAY, late)]
    assert zoom.bodies() == []


ODD_BODIES = [
    b"",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe",
    b'{"event": NaN}',
    b'{"event": "meeting.started", "payload": {"object": {"id": 1e999}}}',
    b'{"event": "\\ud800", "n": "\\u0000"}',
    b"[" * 100_000,
    b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    b'{"event": "meeting.unheard_of"}',
    b"9" * 10_000,
    b"x" * (1024 * 1024),
    b"\x00" * 10,
]


@pytest.mark.parametrize("body", ODD_BODIES, ids=lambda body: repr(body[:40]))
def test_nothing_signed_is_answered_4xx_whatever_its_body(zoom: Zoom, body: bytes) -> None:
    assert zoom.post(body).status_code == 204
    assert zoom.bodies() == [body]


def test_a_body_beyond_a_mebibyte_is_no_event_of_zoom(zoom: Zoom) -> None:
    assert zoom.post(b"x" * (1024 * 1024 + 1)).status_code == 413


def validation(token: object) -> bytes:
    body = {"payload": {"plainToken": token}, "event_ts": 1654503849680, "event": "endpoint.url_validation"}
    return json.dumps(body, separators=(",", ":")).encode()


def test_a_signed_url_validation_is_answered_without_the_database(
    loop: asyncio.Runner, tmp_path: Path, unused_port: int
) -> None:
    vector = next(vector for vector in VECTORS["vectors"] if vector["name"] == "C")
    secrets = (VECTORS["secret"],)
    nowhere = f"postgresql+asyncpg://apel@127.0.0.1:{unused_port}/apel"
    with listening(loop, nowhere, tmp_path, zoom_webhook_secrets=secrets) as zoom:
        zoom.at(datetime.fromtimestamp(int(vector["timestamp"]), MONDAY.tzinfo))
        headers = {"x-zm-request-timestamp": vector["timestamp"], "x-zm-signature": vector["signature"]}
        answer = zoom.post(vector["body"].encode(), headers=headers)
        door = zoom.app.state.door
        assert (door.validated_at, door.refused_at) == (zoom.app.state.clock(), None)
    assert (answer.status_code, answer.json()) == (200, VECTORS["url_validation"])


def test_a_validation_signed_with_the_previous_secret_is_answered_with_that_one(zoom: Zoom) -> None:
    answers = [zoom.post(validation("abc"), secret=secret).json() for secret in (SECRET, PREVIOUS)]
    assert answers[0]["encryptedToken"] != answers[1]["encryptedToken"]


@pytest.mark.parametrize("token", [f"v0:{STAMP}:" + '{"event":"meeting.ended"}', "", "a" * 65, "é", None, 7, {"a": 1}])
def test_an_ill_formed_validation_is_kept_and_gets_no_signature(zoom: Zoom, token: object) -> None:
    answer = zoom.post(validation(token))
    assert (answer.status_code, answer.content) == (204, b"")
    assert zoom.bodies() == [validation(token)]


def test_a_validation_without_a_valid_signature_is_401(zoom: Zoom) -> None:
    headers = zoom.headers(validation("abc"), secret="some other secret token")
    answer = zoom.post(validation("abc"), headers=headers)
    assert answer.status_code == 401
    assert "encryptedToken" not in answer.text
    assert (zoom.app.state.door.validated_at, zoom.app.state.door.refused_at) == (None, MONDAY)


def test_a_name_that_quotes_the_validation_is_an_event(zoom: Zoom) -> None:
    body = event("meeting.participant_joined", participant={"user_name": "endpoint.url_validation"}, plainToken="abc")
    assert zoom.post(body).status_code == 204
    assert zoom.bodies() == [body]


def test_without_secrets_the_answer_names_the_setting(loop: asyncio.Runner, own_url: str, tmp_path: Path) -> None:
    with listening(loop, own_url, tmp_path, zoom_webhook_secrets=()) as zoom:
        answer = zoom.post(BODY)
    assert (answer.status_code, answer.json()["code"]) == (503, "webhook-secret-missing")
    assert "APEL_ZOOM_WEBHOOK_SECRETS" in answer.json()["detail"]


def test_other_methods_and_paths_reach_the_application(zoom: Zoom) -> None:
    async def ask(method: str, path: str) -> int:
        return (await zoom._client.request(method, path)).status_code

    assert zoom.loop.run(ask("GET", "/v1/zoom/webhook")) == 405
    assert zoom.loop.run(ask("POST", "/v1/zoom/webhook/")) == 404


def test_many_deliveries_at_once_share_commits(zoom: Zoom) -> None:
    bodies = [event(topic=f"Apel {n}") for n in range(300)]
    assert {answer.status_code for answer in zoom.post_all([*bodies, *bodies])} == {204}
    assert sorted(zoom.bodies()) == sorted(bodies)
    commits = zoom.query("SELECT count(DISTINCT xmin::text) FROM zoom_inbox")[0][0]
    assert commits < 30


REFUSE = (
    """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF encode(NEW.body, 'escape') LIKE '%poison%' THEN
    RAISE EXCEPTION 'no' USING ERRCODE = '22000';
  END IF;
  RETURN NEW;
END $$
""",
    "CREATE TRIGGER refuse BEFORE INSERT ON zoom_inbox FOR EACH ROW EXECUTE FUNCTION refuse()",
)
ALLOW = "DROP FUNCTION refuse CASCADE"


def test_a_row_that_the_database_refuses_does_not_fail_its_neighbours(zoom: Zoom) -> None:
    for statement in REFUSE:
        zoom.query(statement)
    good = [event(topic=f"Apel {n}") for n in range(40)]
    bad = [event(topic="poison 1"), event(topic="poison 2")]
    answers = zoom.post_all([*good[:20], *bad, *good[20:]])
    zoom.query(ALLOW)
    statuses = [answer.status_code for answer in answers]
    assert statuses == [204] * 20 + [503] * 2 + [204] * 20
    assert answers[20].json()["code"] == "event-not-stored"
    assert sorted(zoom.bodies()) == sorted(good)


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_database_that_is_down_is_503_with_a_time_to_retry(
    loop: asyncio.Runner, tmp_path: Path, unused_port: int
) -> None:
    with listening(loop, f"postgresql+asyncpg://apel@127.0.0.1:{unused_port}/apel", tmp_path) as zoom:
        began = time.monotonic()
        answer = zoom.post(BODY)
        assert time.monotonic() - began < 2.5
    assert (answer.status_code, answer.json()["code"]) == (503, "event-not-stored")
    assert int(answer.headers["retry-after"]) > 0


class Line:
    """A line to the database that can go dead without a word, as a frozen machine does."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> str:
        """The address of the database by this line, whichever way the given one takes."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        by_line = self._url.difference_update_query(["host", "port"]).set(host="127.0.0.1", port=port)
        return by_line.render_as_string(hide_password=False)

    async def close(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def freeze(self) -> None:
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await self._reach()
        for source, sink in ((reader, there[1]), (there[0], writer)):
            task = asyncio.create_task(self._pump(source, sink))
            self._tasks.add(task)

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """By the directory of its socket, as the embedded database is reached, or by host and port."""
        if directory := self._url.query.get("host"):
            return await asyncio.open_unix_connection(f"{directory}/.s.PGSQL.{self._url.query['port']}")
        return await asyncio.open_connection(self._url.host, self._url.port)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                await self._flowing.wait()
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            pass
        finally:
            sink.close()


def test_a_frozen_database_is_503_in_time_and_the_retry_succeeds_after_it(
    loop: asyncio.Runner, own_url: str, tmp_path: Path
) -> None:
    line = Line(own_url)
    by_line = loop.run(line.open())
    try:
        with listening(loop, own_url, tmp_path, Ingest(by_line)) as zoom:
            assert zoom.post(event(topic="before")).status_code == 204
            line.freeze()
            for body in (BODY, BODY):  # once on a connection that froze, once on none
                began = time.monotonic()
                assert zoom.post(body).status_code == 503
                assert time.monotonic() - began < 2.5
            line.thaw()
            statuses = [zoom.post(BODY).status_code for _ in range(3)]
            assert statuses[-1] == 204
            assert zoom.bodies() == [event(topic="before"), BODY]
    finally:
        loop.run(line.close())


def test_a_full_queue_is_503_at_once_and_what_was_taken_is_kept(
    loop: asyncio.Runner, own_url: str, tmp_path: Path
) -> None:
    with listening(loop, own_url, tmp_path, Ingest(own_url, capacity=10)) as zoom:
        bodies = [event(topic=f"Apel {n}") for n in range(100)]
        answers = zoom.post_all(bodies)
        taken = [body for body, answer in zip(bodies, answers, strict=True) if answer.status_code == 204]
        refused = {answer.json()["code"] for answer in answers if answer.status_code == 503}
        assert refused == {"event-not-stored"}
        assert sorted(zoom.bodies()) == sorted(taken)
        assert zoom.post(bodies[99]).status_code == 204


def test_stopping_writes_what_was_taken_and_takes_nothing_more(zoom: Zoom) -> None:
    bodies = [event(topic=f"Apel {n}") for n in range(50)]

    async def stop_meanwhile() -> list[int]:
        sending = [asyncio.create_task(zoom.send(body, zoom.headers(body))) for body in bodies]
        await asyncio.sleep(0.01)
        await zoom.ingest.stop()
        late = await zoom.send(BODY, zoom.headers(BODY))
        return [(await task).status_code for task in sending] + [late.status_code]

    statuses = zoom.loop.run(stop_meanwhile())
    assert statuses[-1] == 503
    assert len(zoom.bodies()) == statuses.count(204)


def test_two_processes_with_the_same_events_store_each_once(zoom: Zoom, tmp_path: Path) -> None:
    bodies = [event(topic=f"Apel {n}") for n in range(200)]
    with listening(zoom.loop, zoom.url, tmp_path) as other:

        async def both() -> list[Any]:
            forth = [zoom.send(body, zoom.headers(body)) for body in bodies]
            back = [other.send(body, other.headers(body)) for body in reversed(bodies)]
            return await asyncio.gather(*forth, *back)

        answers = zoom.loop.run(both())
        while {answer.status_code for answer in answers} == {
            204,
            503,
        }:  # a busy machine is in time later
            answers = zoom.loop.run(both())
        assert {answer.status_code for answer in answers} == {204}
    assert sorted(zoom.bodies()) == sorted(bodies)


def test_deliveries_are_counted_by_the_status_they_were_answered_with(zoom: Zoom) -> None:
    def counted(status: str) -> float:
        labels = {"method": "POST", "route": "/v1/zoom/webhook", "status": status}
        return measures.REGISTRY.get_sample_value("apel_http_requests_total", labels) or 0.0

    before = counted("204"), counted("401")
    zoom.post(BODY)
    zoom.post(BODY, secret="another secret than ours")
    assert (counted("204"), counted("401")) == (before[0] + 1, before[1] + 1)
