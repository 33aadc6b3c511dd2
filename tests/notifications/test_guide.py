"""What docs/notifikasi.md says is what the service does, and its examples run."""

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.core.clock import utc_now
from app.core.events import Event
from app.core.principal import Role
from app.notifications.rules import PAUSES
from app.notifications.signing import headers_of, make_secret
from tests.notifications.conftest import Office
from tests.notifications.receiver import Answer, Receiver
from tests.system.endpoints import ENDPOINTS

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "notifikasi.md").read_text("utf-8")
GATE = DOCS / "contoh" / "gerbang_whatsapp.py"
SECRET, OTHER = make_secret(), make_secret()
BODY = json.dumps({"type": "apel.closed", "data": {"text": "Apel – ditutup"}}, ensure_ascii=False).encode()
NOW = 1_700_000_000


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


CASES: list[tuple[str, dict[str, str], bytes, int, bool]] = [
    ("as sent", headers_of([SECRET], "msg_1", NOW, BODY), BODY, NOW, True),
    ("while two secrets sign", headers_of([OTHER, SECRET], "msg_1", NOW, BODY), BODY, NOW + 299, True),
    ("too old", headers_of([SECRET], "msg_1", NOW, BODY), BODY, NOW + 301, False),
    ("of the future", headers_of([SECRET], "msg_1", NOW, BODY), BODY, NOW - 301, False),
    ("by another secret", headers_of([OTHER], "msg_1", NOW, BODY), BODY, NOW, False),
    ("changed on the way", headers_of([SECRET], "msg_1", NOW, BODY), BODY + b" ", NOW, False),
    ("under another id", headers_of([SECRET], "msg_1", NOW, BODY) | {"webhook-id": "msg_2"}, BODY, NOW, False),
    ("without headers", {}, BODY, NOW, False),
    ("with a time that is none", {"webhook-timestamp": "x", "webhook-signature": "v1,x"}, BODY, NOW, False),
    ("with a signature that is none", {"webhook-timestamp": str(NOW), "webhook-signature": "é"}, BODY, NOW, False),
]
WAYS = [case[1:] for case in CASES]
NAMED = [case[0] for case in CASES]


@pytest.mark.parametrize(("headers", "body", "now", "good"), WAYS, ids=NAMED)
def test_the_python_of_the_guide_verifies(headers: dict[str, str], body: bytes, now: int, good: bool) -> None:
    names: dict[str, Any] = {}
    exec(block("python"), names)
    assert names["verify"](SECRET, headers, body, now) is good


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine")
def test_the_javascript_of_the_guide_verifies() -> None:
    cases = [{"headers": headers, "body": body.decode(), "now": now} for headers, body, now, _ in WAYS]
    asking = f"""
    const cases = {json.dumps(cases)};
    const said = cases.map((c) => verify({json.dumps(SECRET)}, c.headers, Buffer.from(c.body), c.now));
    console.log(JSON.stringify(said));
    """
    ran = subprocess.run(["node", "-e", block("js") + asking], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(ran.stdout) == [good for *_, good in WAYS]


def test_the_example_verifies_as_the_guide_does() -> None:
    function = block("python").partition("\n\n\n")[2].strip()
    assert function in GATE.read_text("utf-8")


def test_the_table_of_tries_is_the_rules() -> None:
    words = {"segera": 0, "detik": 1, "menit": 60, "jam": 3600}
    told = []
    for number, pause in re.findall(r"^\| (\d+) \| (.+) \|$", GUIDE, re.MULTILINE):
        count, _, unit = pause.rpartition(" ")
        told.append((int(number), int(count or 1) * words[unit]))
    assert told == [(n, pause.total_seconds()) for n, pause in enumerate(PAUSES, 1)]


def test_every_event_is_told_of() -> None:
    assert set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", GUIDE, re.MULTILINE)) == set(Event)


def test_every_address_of_the_guide_is_served() -> None:
    paths = {endpoint.path for endpoint in ENDPOINTS.values()}
    told = set(re.findall(r"/v1/[a-z/{}_]+", GUIDE.partition("## 3.")[0]))
    assert {path.rstrip("/") for path in told} <= paths


@contextmanager
def gate(directory: Path, secret: str, api_url: str) -> Iterator[str]:
    """The example, started as the guide says; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "GERBANG_SECRET": secret,
        "GERBANG_API_URL": api_url,
        "GERBANG_API_TOKEN": "token-gerbang",
        "GERBANG_GRUP": "120363@g.us",
        "GERBANG_PORT": str(port),
        "GERBANG_DB": str(directory / "gerbang.db"),
    }
    process = subprocess.Popen([sys.executable, str(GATE)], env=settings, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(20)


def test_the_example_brings_a_text_from_the_service_into_the_group_once(office: Office, tmp_path: Path) -> None:
    """The real script between the real service and a gateway that fails the first time."""
    whatsapp: Receiver = office.receiver(Answer(500), Answer(200, body=b'{"ok": true}'))
    hook = office.webhook(office.receiver())
    with gate(tmp_path, office.secrets[hook], whatsapp.url) as url:
        moved = office.as_(Role.ADMIN).patch(f"/v1/webhooks/{hook}", {"url": url}, headers={"if-match": '"1"'})
        assert moved.status_code == 200, moved.text
        office.at(utc_now())  # the example looks at the real clock
        delivery = office.test(hook)
        office.send()
        office.later(seconds=6).send()
        office.as_(Role.ADMIN).post(f"/v1/webhooks/deliveries/{delivery}/replay")
        office.send()
        [item] = office.log(hook)
        assert [one["status"] for one in item["attempts"]] == [502, 204, 204]
        assert httpx.post(url, content=b"{}", headers={"webhook-id": "x"}).status_code == 401
    failed, arrived = whatsapp.heard
    assert json.loads(arrived.body) == {
        "group": "120363@g.us",
        "message": "Pesan uji dari Apel Virtual. Tidak ada yang perlu dilakukan.",
    }
    assert arrived.headers["authorization"] == "Bearer token-gerbang"
    assert failed.body == arrived.body
