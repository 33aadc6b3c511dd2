"""Files and forms that no office sends: refused or explained row by row, quickly, and nothing imported."""

import io
import time
import zipfile
from typing import Any

import pytest

from app.core.principal import Role
from tests.registry.files import OPD_FILE, SITI, xlsx
from tests.system.world import World
from tests.web.hostile import MARK, assert_refused

IMPORTS = ("/v1/registry/imports", "/v1/absences/imports")
SECONDS = 10.0
"""Long enough for a busy machine, and far from what a naive reader takes for these files."""
MIB = 1 << 20


def packed(*parts: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return file.getvalue()


def workbook_with(sheet: bytes) -> bytes:
    """A workbook whose only sheet is this."""
    with zipfile.ZipFile(io.BytesIO(xlsx([["nip"]]))) as book:
        names = [part.filename for part in book.infolist()]
        return packed(*((name, sheet if name == "xl/worksheets/sheet1.xml" else book.read(name)) for name in names))


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + level, b"&%c;" % (97 + level) * 10) for level in range(9)
)
ENTITY_FILE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
REFUSED: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b" \n\n \t\n",
    "binary": bytes(range(256)) * 40,
    "an image": b"\x89PNG\r\n\x1a\n" + b"\x00" * 500,
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"1 0 obj\n" * 50,
    "a page": b"<!doctype html><html><body>nip</body></html>",
    "JSON": b'[{"nip": "%s"}]' % MARK.encode(),
    "NUL": b"nip;name\n\x00;\x00\n",
    "lone surrogates": b"nip;name\n\xed\xa0\x80;x\n",
    "a million columns": b"nip" + b";x" * 1_000_000 + b"\n",
    "a million empty columns and a word": b"nip" + b";" * 1_000_000 + b"x\n",
    "three hundred thousand rows": b"nip;code;from;to\n" + b"1;DL;2026-01-01;2026-01-01\n" * 250_000,
    "one cell of four mebibytes": b"nip;code\n" + b"x" * (4 * MIB),
    "a quote that never ends": b'nip;code\n"' + b"x;y\n" * 300_000,
    "more than the limit": b"x" * (8 * MIB + 1),
    "an empty archive": packed(),
    "an archive of something else": packed(("a.txt", b"nip")),
    "half a workbook": xlsx([["nip"]])[:400],
    "a bomb": workbook_with(b"<worksheet><sheetData>" + b"<row/>" * (40 * MIB // 6)),
    "entities of entities": workbook_with(LAUGHS + b"]><worksheet>&j;</worksheet>"),
    "an entity of the file system": workbook_with(ENTITY_FILE),
    "an old Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512,
    "headers twice": b"nip;nip;code;from;to\n1;2;DL;2026-01-01;2026-01-01\n",
    "headers of nothing known": b"a;b;c\n1;2;3\n",
}
BAD_ROWS: dict[str, bytes] = {
    "a NIP as a number": xlsx([["nip", "code", "from", "to"], [198501012010012001, "DL", "2026-12-01", "2026-12-01"]]),
    "a formula": b"nip;code;from;to\n=1+1;@SUM(A1);-1;+1\n",
    "dates out of time": f"nip;code;from;to\n{SITI};DL;0001-01-01;9999-12-31\n".encode(),
    "very long names": b"code;name;short_name;type;parent_code;protocol_order;reports\nA;"
    + b"x" * 900
    + b";x;dinas;;1;yes\n",
    "an order beyond 64 bits": OPD_FILE.replace(";1;", ";" + "9" * 30 + ";").encode(),
    "an order that is infinite": OPD_FILE.replace(";1;", ";1e400;").encode(),
    "a tree that bites its tail": OPD_FILE.replace(";;1;", ";KEL;1;").encode(),
    "a right-to-left override": OPD_FILE.replace("Kecamatan", "\u202eKecamatan").encode(),
}


def post(world: World, path: str, data: bytes, name: str = "berkas.csv", **form: Any) -> Any:
    began = time.monotonic()
    answer = world.as_(Role.ADMIN).post(path, files={"file": (name, data)}, data=form)
    assert time.monotonic() - began < SECONDS
    return answer


@pytest.mark.parametrize("path", IMPORTS)
@pytest.mark.parametrize("kind", REFUSED)
def test_a_hostile_file_is_refused(monday: World, path: str, kind: str) -> None:
    before = monday.state()
    assert_refused(post(monday, path, REFUSED[kind]))
    assert monday.state() == before


@pytest.mark.parametrize("kind", REFUSED)
def test_a_hostile_participants_file_is_refused(monday: World, kind: str) -> None:
    before = monday.state()
    began = time.monotonic()
    path = f"/v1/apel/{monday.apel.id}/zoom/participants-csv"
    assert_refused(monday.as_(Role.KOMINFO).post(path, files={"file": ("berkas.csv", REFUSED[kind])}))
    assert time.monotonic() - began < SECONDS
    assert monday.state() == before


@pytest.mark.parametrize("path", IMPORTS)
@pytest.mark.parametrize("kind", BAD_ROWS)
def test_bad_rows_are_explained_and_not_imported(monday: World, path: str, kind: str) -> None:
    with monday.undone():
        before = monday.state()
        answer = post(monday, path, BAD_ROWS[kind])
        assert_refused(answer, must=path == "/v1/absences/imports")
        after = monday.state()
        assert {name for name in after if after[name] != before[name]} <= {"registry_import"}
        if answer.status_code == 201:
            summary = answer.json()["summary"]
            assert summary["error"] + summary["warning"] >= 1, answer.text
            if summary["error"]:
                assert_refused(monday.as_(Role.ADMIN).post(f"/v1/registry/imports/{answer.json()['id']}/apply"))


FORMS: dict[str, dict[str, Any]] = {
    "no file": {"data": {"kind": "asn"}},
    "a file that is a text": {"data": {"file": MARK, "kind": "asn", "state": "proposed"}},
    "two files": {"files": [("file", ("a.csv", b"nip")), ("file", ("b.csv", b"nip"))]},
    "a file as a field": {"files": {"kind": ("a", b"asn"), "state": ("b", b"proposed"), "file": ("c.csv", b"nip")}},
    "an unknown kind": {"files": {"file": ("a.csv", b"nip")}, "data": {"kind": "\0", "state": "\0"}},
    "a thousand fields": {"data": {f"f{number}": "x" for number in range(1001)}, "files": {"file": ("a.csv", b"nip")}},
    "no boundary": {"content": b"--x\r\n", "headers": {"content-type": "multipart/form-data"}},
    "a part without end": {
        "content": b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nnip",
        "headers": {"content-type": "multipart/form-data; boundary=x"},
    },
    "a part without a name": {
        "content": b"--x\r\nContent-Disposition: form-data\r\n\r\nnip\r\n--x--\r\n",
        "headers": {"content-type": "multipart/form-data; boundary=x"},
    },
    "headers without end": {
        "content": b"--x\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\nnip\r\n--x--\r\n",
        "headers": {"content-type": "multipart/form-data; boundary=x"},
    },
    "JSON": {"json": {"file": MARK}},
}


# The framework leaves the file of an unfinished part to the garbage collector, which closes it at once.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore:Unclosed file")
@pytest.mark.parametrize("path", IMPORTS)
@pytest.mark.parametrize("kind", FORMS)
def test_a_hostile_form_is_refused(monday: World, path: str, kind: str) -> None:
    before = monday.state()
    assert_refused(monday.as_(Role.ADMIN).request("POST", path, **FORMS[kind]))
    assert monday.state() == before


@pytest.mark.parametrize("name", ["", "\0", "../../etc/passwd", "x" * 5000, "é\u202e.csv", f"{MARK}.csv", "\r\nX: y"])
def test_a_hostile_file_name_does_no_harm(monday: World, name: str) -> None:
    with monday.undone():
        assert_refused(post(monday, IMPORTS[0], OPD_FILE.split("KEL")[0].encode(), name), must=False)


TOKEN_FORMS = [
    {"grant_type": "password", "username": "rina"},
    {"grant_type": "password", "username": "x" * 10_000, "password": "x"},
    {"grant_type": "password", "username": "\0", "password": "\0"},
    {"grant_type": "password", "username": "\ud800".encode("utf-8", "surrogatepass"), "password": b"\xff"},
    {"grant_type": "password", "username": MARK, "password": "x" * 5000},
    {"grant_type": "refresh_token", "refresh_token": "x" * 9000},
    {"grant_type": "refresh_token", "refresh_token": "\0"},
    {"grant_type": "client_credentials", "client_id": "\0", "client_secret": "\0"},
    {"grant_type": "client_credentials", "client_id": "x" * 5000, "client_secret": "é"},
    {"grant_type": "\0"},
    {"grant_type": ["password", "password"], "username": "a", "password": "b"},
    {"x" * 5000: "x"},
    {},
]


@pytest.mark.parametrize("form", TOKEN_FORMS, ids=lambda form: str(form)[:50])
@pytest.mark.parametrize("path", ["/v1/auth/token", "/v1/auth/revoke"])
def test_a_hostile_sign_in_is_refused(monday: World, path: str, form: dict[Any, Any]) -> None:
    before = monday.state()
    assert_refused(monday.api.post(path, data=form))
    assert monday.state() == before
