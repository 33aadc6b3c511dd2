"""The code of a sheet: public, without names, and honest about what changed since."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from app.core.principal import Role
from app.core.settings import Settings
from tests.client import Api
from tests.monday import DUE
from tests.sheets.conftest import Monday, text_of

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_anybody_reads_what_was_issued_and_nobodys_name(monday: Monday, api: Api) -> None:
    told, content = monday.sheet(kind="absent", format="pdf")
    answer = api.get(f"/v1/verify/{told['code']}")
    assert answer.status_code == 200
    assert answer.json() == {
        "kind": "absent",
        "format": "pdf",
        "number": "0001/APEL-DAFTAR/76.02/XI/2026",
        "instansi": "Pemerintah Kabupaten Mamuju",
        "title": "DAFTAR ASN YANG TIDAK HADIR APEL",
        "apel": "Apel Gabungan",
        "day": "2026-11-23",
        "from": None,
        "to": None,
        "opd_code": None,
        "final": False,
        "revision": told["revision"],
        "newer_revision": False,
        "superseded_by": None,
        "issued_at": told["issued_at"],
        "sha256": sha256(content).hexdigest(),
        "size": len(content),
        "totals": {
            "strength": 16,
            "present": 10,
            "excused": 4,
            "unexplained": 1,
            "not_reported": 1,
            "disputed": 0,
            "rate": {"numerator": 10, "denominator": 15, "excluded": {"BL": 1}, "percent": 66.67},
            "duty_rate": {"numerator": 10, "denominator": 11, "excluded": {"BL": 1, "excused": 4}, "percent": 90.91},
        },
        "sample": False,
    }
    assert told["verify_url"] == f"http://127.0.0.1:8000/v1/verify/{told['code']}"
    typed = "-".join(told["code"][place : place + 4] for place in range(0, 16, 4)).lower()
    assert api.get(f"/v1/verify/{typed}").json() == answer.json()


def test_a_browser_gets_a_page_of_it_in_indonesian(monday: Monday, api: Api) -> None:
    told, _ = monday.sheet(kind="recap")
    answer = api.get(f"/v1/verify/{told['code']}", headers=HTML)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["vary"] == "Accept"
    for said in ("Asli, dan masih sesuai dengan data terakhir.", told["number"], "66,67% (10 dari 15)", "23 November"):
        assert said in answer.text
    assert api.get("/verifikasi/verify.css").status_code == 200
    unknown = api.get("/v1/verify/AAAABBBBCCCCDDDD", headers=HTML)
    assert (unknown.status_code, "Kode tidak dikenal" in unknown.text) == (404, True)
    assert api.get("/v1/verify/AAAABBBBCCCCDDDD").json()["code"] == "sheet-code-unknown"


def test_newer_figures_and_a_newer_sheet_are_told(monday: Monday, api: Api) -> None:
    old, _ = monday.sheet(kind="recap")
    twin, _ = monday.sheet(kind="recap", format="csv")
    later = DUE + timedelta(hours=1)
    assert api.as_(Role.KOMINFO).at(later).post(monday.path("finalize")).status_code == 200
    api.as_(Role.BUPATI).at(later).get(monday.path("board"))
    told = api.get(f"/v1/verify/{old['code']}").json()
    assert (told["newer_revision"], told["superseded_by"]) == (True, None)
    assert "angka yang lebih baru" in api.get(f"/v1/verify/{old['code']}", headers=HTML).text
    new, _ = monday.sheet(kind="recap", at=later)
    for code in (old["code"], twin["code"]):
        found = api.get(f"/v1/verify/{code}").json()
        assert found["superseded_by"] == {"number": new["number"], "issued_at": new["issued_at"]}
    assert "Sudah digantikan oleh nomor 0003/" in api.get(f"/v1/verify/{old['code']}", headers=HTML).text
    assert api.get(f"/v1/verify/{new['code']}").json()["newer_revision"] is False


def test_a_file_is_compared_by_its_hash_alone(monday: Monday, api: Api) -> None:
    told, content = monday.sheet(kind="recap", format="csv")

    def ask(data: bytes) -> Any:
        return api.post(f"/v1/verify/{told['code']}", {"sha256": sha256(data).hexdigest().upper()}).json()

    assert ask(content) == {"matches": True, "number": told["number"]}
    assert ask(content + b" ") == {"matches": False, "number": told["number"]}


def test_the_bytes_can_be_neither_changed_nor_removed(monday: Monday, run: Any) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    from app.core.db import act_as

    monday.sheet(kind="recap", format="csv")

    async def attempt(statement: str) -> None:
        async with monday.api._app.state.sessions() as session:
            await act_as(session)
            await session.execute(text(statement))

    for statement in ("UPDATE sheet_file SET content = ''", "DELETE FROM sheet_file"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            run(attempt(statement))


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Any) -> Settings:
    return Settings(data_dir=tmp_path, sample=getattr(request, "param", False))


@pytest.mark.parametrize("settings", [True], indirect=True)
def test_sample_data_say_so_on_every_page_and_behind_the_code(monday: Monday, api: Api) -> None:
    told, content = monday.sheet(kind="opd", opd_code="BKPP")
    pages = text_of(content, layout=False).split("\f")[:-1]
    assert all("CONTOH" in page for page in pages)
    assert api.get(f"/v1/verify/{told['code']}").json()["sample"] is True
    assert "CONTOH: semua data karangan" in api.get(f"/v1/verify/{told['code']}", headers=HTML).text
