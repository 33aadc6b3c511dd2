"""Bodies, paths and queries: what may come in, and that nothing else ever answers 5xx."""

import asyncio
import json
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from fastapi import File, Form, Query, UploadFile
from hypothesis import given
from hypothesis import strategies as st

from app.core.fields import Body, Bool, Count, Day, Instant, Line, Nip, OpdCode
from app.openapi.document import describe
from app.web.bodies import MIB, read_json
from app.web.errors import InputInvalid
from app.web.routing import StrictRoute, room_router
from tests.web.client import JSON, Caller, app_of, in_chunks
from tests.web.hostile import HOSTILE_BODIES, MARK, Hostile, assert_refused, variants


class Entry(Body):
    nip: Nip
    status: OpdCode
    late: Bool


class Sheet(Body):
    strength: Count
    excused: dict[Literal["DL", "S"], Count]
    starts_at: Instant
    on: Day
    asn_id: UUID
    title: Line
    entries: list[Entry]


VALID: dict[str, Any] = {
    "strength": 37,
    "excused": {"DL": 2},
    "starts_at": "2026-11-23T07:30:00+08:00",
    "on": "2026-11-23",
    "asn_id": "01936f2e-0000-7000-8000-000000000001",
    "title": "Apel gabungan",
    "entries": [{"nip": "198501012010011009", "status": "DL", "late": False}],
}
MEMBERS = json.dumps(VALID).encode()

FORM = {"content-type": "application/x-www-form-urlencoded"}
MULTIPART = {"content-type": "multipart/form-data; boundary=x"}

room = room_router("/v1/sheets", "sheets")


@room.post("", status_code=201)
async def make_sheet(body: Sheet) -> Sheet:
    return body


@room.post("/wide", max_body_size=3 * MIB)
async def make_wide_sheet(body: dict[str, Any]) -> int:
    return len(body)


@room.post("/narrow", max_body_size=10)
async def make_narrow_sheet(body: dict[str, Any]) -> int:
    return len(body)


@room.post("/maybe")
async def maybe(body: Entry | None = None) -> bool:
    return body is not None


@room.post("/form")
async def sign(username: Annotated[str, Form()]) -> str:
    return username


@room.post("/file")
async def upload(kind: Annotated[str, Form()], file: Annotated[UploadFile, File()]) -> int:
    return len(await file.read())


@room.get("/number/{number}")
async def read_number(number: int, limit: Annotated[int, Query()] = 10, q: str = "") -> int:
    return number


@pytest.fixture
def call(loop: asyncio.Runner) -> Caller:
    return Caller(loop, app_of(room))


def test_a_good_body_is_taken_with_dates_ids_and_all(call: Caller) -> None:
    answer = call("POST", "/v1/sheets", json=VALID)
    assert answer.status_code == 201
    sheet = answer.json()
    assert datetime.fromisoformat(sheet["starts_at"]) == datetime.fromisoformat(VALID["starts_at"])
    assert date.fromisoformat(sheet["on"]) == date(2026, 11, 23)
    assert {key: sheet[key] for key in ("strength", "excused", "asn_id", "title", "entries")} == {
        key: VALID[key] for key in ("strength", "excused", "asn_id", "title", "entries")
    }


def test_a_json_dialect_and_a_charset_are_json(call: Caller) -> None:
    for kind in ("application/json; charset=utf-8", "application/merge-patch+json", "Application/JSON"):
        answer = call("POST", "/v1/sheets", content=MEMBERS, headers={"content-type": kind})
        assert answer.status_code == 201, kind


@pytest.mark.parametrize("hostile", HOSTILE_BODIES, ids=lambda hostile: hostile.name)
def test_a_hostile_body_is_refused(call: Caller, hostile: Hostile) -> None:
    headers = {} if hostile.content_type is None else {"content-type": hostile.content_type.encode("latin-1")}
    for path in ("/v1/sheets", "/v1/sheets/narrow"):
        assert_refused(call("POST", path, content=hostile.body, headers=headers))
    for path in ("/v1/sheets/form", "/v1/sheets/file", "/v1/sheets/maybe", "/v1/sheets/wide"):
        assert call("POST", path, content=hostile.body, headers=headers).status_code < 500


def test_every_leaf_of_a_good_body_may_turn_hostile(call: Caller) -> None:
    seen = 0
    for name, body, must in variants(VALID):
        answer = call("POST", "/v1/sheets", content=body, headers=JSON)
        try:
            assert_refused(answer, must=must)
        except AssertionError as error:
            raise AssertionError(name) from error
        seen += 1
    assert seen == 9 * 28 + 3 * 2


def test_odd_values_that_do_not_fit_are_refused_and_not_bent(call: Caller) -> None:
    wrong: list[tuple[str, Any]] = [
        ("strength", True),
        ("strength", "12"),
        ("strength", 1.0),
        ("strength", -1),
        ("starts_at", "2026-11-23T07:30:00"),
        ("starts_at", "0001-01-01T00:00:00+08:00"),
        ("starts_at", "9999-12-31T23:59:59-08:00"),
        ("starts_at", 1_700_000_000),
        ("on", "2026-11-23T00:00:00+08:00"),
        ("title", "a\u202eb"),
        ("title", " "),
        ("excused", {"DL": True}),
    ]
    for key, value in wrong:
        answer = call("POST", "/v1/sheets", json=VALID | {key: value})
        assert answer.status_code == 422, (key, value)
        assert all(wrong["pointer"].startswith(f"/{key}") for wrong in answer.json()["errors"])


def test_the_answer_names_the_place_but_never_the_input(call: Caller) -> None:
    body = VALID | {"strength": MARK, "entries": [{"nip": 1, "status": MARK, MARK: MARK}], "present": 1}
    answer = call("POST", "/v1/sheets", json=body)
    assert MARK not in answer.text
    assert [(wrong["pointer"], wrong["detail"]) for wrong in answer.json()["errors"]] == [
        ("/strength", "Harus berupa bilangan bulat."),
        ("/entries/0/nip", "Harus berupa teks."),
        ("/entries/0/late", "Isian ini wajib ada."),
        ("/entries/0", "Ada isian yang tidak dikenal di sini."),
        ("/present", "Ada isian yang tidak dikenal di sini."),
    ]


def test_a_body_of_two_thousand_wrong_entries_names_the_first_hundred(call: Caller) -> None:
    answer = call("POST", "/v1/sheets", json=VALID | {"entries": [{}] * 2000})
    assert len(answer.json()["errors"]) == 100
    assert answer.json()["detail"] == "Ada 6000 hal yang perlu diperbaiki; lihat daftarnya."


@pytest.mark.parametrize("told", [True, False], ids=["with a length", "in chunks"])
def test_a_body_beyond_the_limit_is_a_413_problem(call: Caller, told: bool) -> None:
    content: Any = b" " * (MIB + 1) if told else in_chunks(MIB + 1)
    answer = call("POST", "/v1/sheets", content=content, headers=JSON)
    assert answer.status_code == 413
    assert_refused(answer)
    assert answer.json()["code"] == "too-large"


def test_a_chunked_body_beyond_the_limit_is_not_read_to_its_end(call: Caller) -> None:
    read = 0

    async def endless() -> Any:
        nonlocal read
        while read < 100 * MIB:
            read += 65536
            yield b" " * 65536

    assert call("POST", "/v1/sheets", content=endless(), headers=JSON).status_code == 413
    assert read <= 2 * MIB


def test_a_route_may_take_more_or_less_than_its_room(call: Caller) -> None:
    two = json.dumps({"text": "x" * (2 * MIB)}).encode()
    assert call("POST", "/v1/sheets/wide", content=two, headers=JSON).status_code == 200
    assert call("POST", "/v1/sheets", content=two, headers=JSON).status_code == 413
    assert call("POST", "/v1/sheets/narrow", content=b'{"a": 1234}', headers=JSON).status_code == 413
    assert call("POST", "/v1/sheets/narrow", content=b'{"a": 123}', headers=JSON).status_code == 200


def test_an_optional_body_may_be_left_out_but_not_be_wrong(call: Caller) -> None:
    assert call("POST", "/v1/sheets/maybe").json() is False
    assert call("POST", "/v1/sheets/maybe", json=VALID["entries"][0]).json() is True
    assert call("POST", "/v1/sheets/maybe", content=b"{}", headers={"content-type": "text/plain"}).status_code == 422


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("number/12", 200),
        ("number/9223372036854775807", 200),
        ("number/9223372036854775808", 422),
        ("number/-9223372036854775809", 422),
        ("number/" + "9" * 5000, 422),
        ("number/12%00", 422),
        ("number/%ff", 422),
        ("number/12?limit=99999999999999999999", 422),
        ("number/12?limit=%2B99999999999999999999", 422),
        ("number/12?limit=1.5", 422),
        ("number/12?q=a%00b", 422),
        ("number/12?%00=b", 422),
        ("number/12?q=%ff%fe", 200),
        ("number/12?q=%ed%a0%80", 200),
        ("number/12?q=" + MARK, 200),
        ("number/12?" + "q=1&" * 2000, 200),
    ],
)
def test_path_and_query(call: Caller, path: str, status: int) -> None:
    answer = call("GET", "/v1/sheets/" + path)
    assert answer.status_code == status
    if status == 422:
        assert_refused(answer)
        assert answer.json()["code"] == "input-invalid"


def test_forms_hold_no_nul_and_files_hold_what_they_like(call: Caller) -> None:
    assert call("POST", "/v1/sheets/form", data={"username": "budi"}).json() == "budi"
    assert_refused(call("POST", "/v1/sheets/form", data={"username": "bu\0di"}))
    assert_refused(call("POST", "/v1/sheets/form", data={"username": "budi", "a\0b": "1"}))
    assert_refused(call("POST", "/v1/sheets/form", content="username=budi&username=siti", headers=FORM))
    taken = call("POST", "/v1/sheets/file", data={"kind": "asn"}, files={"file": ("a.xlsx", b"\0\1\2")})
    assert taken.json() == 3
    nul_name = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\0b"\r\n\r\n1\r\n--x--\r\n'
    assert_refused(call("POST", "/v1/sheets/file", content=nul_name, headers=MULTIPART))
    assert_refused(call("POST", "/v1/sheets/file", data={"kind": "a\0"}, files={"file": ("a.xlsx", b"\0")}))


def test_the_strict_route_is_kept_when_rooms_are_nested(loop: asyncio.Runner) -> None:
    outer = room_router("/outer", "outer")
    outer.include_router(room)
    call = Caller(loop, app_of(outer))
    assert call("POST", "/outer/v1/sheets", json=VALID).status_code == 201
    assert_refused(call("POST", "/outer/v1/sheets", content=b'{"a": NaN}', headers=JSON))


def test_openapi_stays_whole(call: Caller) -> None:
    describe(call.app)
    document = call.app.openapi()
    operation = document["paths"]["/v1/sheets"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Sheet"}
    assert operation["responses"].keys() == {"201", "413", "422", "429", "500"}
    refused = operation["responses"]["422"]["$ref"].rpartition("/")[2]
    content = document["components"]["responses"][refused]["content"]["application/problem+json"]
    assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert content["examples"].keys() == {"input-invalid", "json-required"}
    assert set(document["components"]["schemas"]) >= {"Sheet", "Entry", "Problem", "ProblemError"}
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert all(isinstance(route, StrictRoute) for route in room.routes)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18) + 1, 10**18 - 1)
    | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e90, max_value=1e90)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(categories=["L"])), inner),
)


@given(JSON_VALUES, st.booleans())
def test_every_ordinary_json_value_is_read_as_json_reads_it(value: Any, ascii_only: bool) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only)
    assert read_json(body.encode()) == json.loads(body)


@given(st.text(alphabet='\\u0"a{}[]:,1eE9+', max_size=60).map(str.encode) | st.binary(max_size=60))
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    try:
        value = read_json(body)
    except InputInvalid:
        pass
    else:
        assert "\0" not in json.dumps(value, ensure_ascii=False)
        json.dumps(value, allow_nan=False)


def test_a_written_backslash_before_u0000_is_no_nul() -> None:
    assert read_json(rb'{"a": "\\u0000"}') == {"a": "\\u0000"}
    assert read_json(rb'{"a": "\\\\u0000"}') == {"a": "\\\\u0000"}


def test_many_digits_behind_the_point_are_a_number() -> None:
    assert read_json(b"[0.0017791797747777726]") == [0.0017791797747777726]


def test_long_digits_in_a_text_are_no_number() -> None:
    text = '{"a": "\\"9999999999999999999999 1e999"}'
    assert read_json(text.encode()) == json.loads(text)
