"""Pages are served whole or not at all, compressed, known by their digest, and shut off from everywhere else."""

import gzip
import json
import re

import pytest

from app.web.pages import HEADERS
from tests.client import Api

PARTS = ("base.css", "base.js", "session.js")


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_sent_compressed_to_whom_takes_it(api: Api, name: str) -> None:
    plain = api.get(f"/bagian/{name}", headers={"accept-encoding": "identity"})
    packed = api.get(f"/bagian/{name}", headers={"accept-encoding": "gzip"})
    assert ("content-encoding" in plain.headers, packed.headers["content-encoding"]) == (False, "gzip")
    assert packed.content == plain.content, "the client unpacks it"
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 9, mtime=0))


def test_a_visitor_who_has_this_version_gets_an_empty_answer(api: Api) -> None:
    tag = api.get("/bagian/base.css").headers["etag"]
    again = api.get("/bagian/base.css", headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert api.get("/bagian/base.css", headers={"if-none-match": '"other"'}).status_code == 200


def test_every_answer_shuts_the_page_off_from_everywhere_else(api: Api) -> None:
    for path in ("/bagian/base.js", "/saya"):
        answer = api.get(path)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["pages.py", "..%2Fpages.py", "index.html", "", "a" * 64])
def test_nothing_else_is_served_from_there(api: Api, name: str) -> None:
    answer = api.get(f"/bagian/{name}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_worker_names_every_file_of_its_page_by_the_digest_that_is_served(api: Api) -> None:
    worker = api.get("/lapor/sw.js")
    assert worker.headers["service-worker-allowed"] == "/lapor"
    told = re.search(r"const SHELL = (.*);", worker.text)
    assert told
    shell = json.loads(told[1])
    assert {"/lapor", "/lapor/lapor.js", "/bagian/base.js", "/bagian/base.css", "/bagian/session.js"} < set(shell)
    assert "/lapor/sw.js" not in shell
    assert {path: api.get(path).headers["etag"] for path in shell} == {path: f'"{tag}"' for path, tag in shell.items()}


def test_every_file_that_the_phones_page_asks_for_is_kept_by_its_worker(api: Api) -> None:
    """What is forgotten here is missing without a line."""
    shell = api.get("/lapor/sw.js").text
    found = set(re.findall(r'(?:src|href)="(/[^"]+)"', api.get("/lapor").text))
    scripts = [path for path in found if path.endswith(".js")]
    for path in scripts:
        found |= set(re.findall(r'from "(/[^"]+)"', api.get(path).text))
    assert [path for path in sorted(found) if f'"{path}"' not in shell] == []
