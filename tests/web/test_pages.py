"""Pages are served whole or not at all, compressed, known by their digest, and shut off from everywhere else."""

import gzip

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
