"""Files in two phases over HTTP: what they would do is said row by row, then all of it is done, or nothing."""

from collections.abc import Callable, Coroutine
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.principal import SYSTEM, Role
from app.core.stale import Stale
from app.registry import queries, service
from app.registry.models import Asn, Headship
from tests.client import Api
from tests.conftest import SURROUNDINGS
from tests.make import DAY, MONDAY, Make
from tests.registry.files import ANI, ASN_FILE, ASN_HEAD, BUDI, OPD_FILE, OPD_HEAD, SITI, xlsx

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def admin(api: Api) -> Api:
    return api.as_(Role.ADMIN)


def send(api: Api, data: bytes | str, **form: str) -> httpx.Response:
    content = data.encode() if isinstance(data, str) else data
    return api.post("/v1/registry/imports", files={"file": ("berkas.csv", content)}, data=form)


def bring(api: Api, data: bytes | str) -> dict[str, Any]:
    """Preview and apply."""
    preview = send(api, data)
    assert preview.status_code == 201, preview.text
    applied = api.post(f"/v1/registry/imports/{preview.json()['id']}/apply")
    assert applied.status_code == 200, applied.text
    found: dict[str, Any] = applied.json()
    return found


def texts(answer: httpx.Response) -> list[tuple[int, str, str]]:
    assert answer.status_code == 201, answer.text
    return [
        (row["line"], cell["column"], cell["text"])
        for row in answer.json()["rows"]
        for cell in row["cells"]
        if cell["text"]
    ]


def test_a_preview_says_what_would_be_written_and_writes_nothing(admin: Api, make: Make) -> None:
    make.opd("KEC", name="Kecamatan Lama", short_name="Mamuju", type="kecamatan", protocol_order=1)
    answer = send(admin, OPD_FILE)
    body = answer.json()
    assert answer.status_code == 201
    assert body == {
        "id": body["id"],
        "kind": "opd",
        "state": "preview",
        "filename": "berkas.csv",
        "summary": {
            "rows": 2, "new": 1, "changed": 1, "unchanged": 0, "warning": 0, "error": 0, "ignored_columns": []
        },
        "rows": [
            {
                "line": 2,
                "key": "KEC",
                "state": "changed",
                "cells": [
                    {
                        "column": "name",
                        "state": "changed",
                        "old": "Kecamatan Lama",
                        "new": "Kecamatan Mamuju",
                        "text": None,
                    }
                ],
            },
            {
                "line": 3,
                "key": "KEL",
                "state": "new",
                "cells": [
                    {"column": column, "state": "new", "old": None, "new": new, "text": None}
                    for column, new in {
                        "code": "KEL",
                        "name": "Kelurahan Binanga",
                        "short_name": "Binanga",
                        "type": "kelurahan",
                        "parent_code": "KEC",
                        "protocol_order": "2",
                        "reports": "part",
                        "connectivity": "good",
                        "from_date": "2000-01-01",
                    }.items()
                ],
            },
        ],
        "created_at": "2026-11-22T23:30:00Z",
        "applied_at": None,
    }  # fmt: skip
    assert [item["code"] for item in admin.get("/v1/opd").json()["items"]] == ["KEC"]


def test_what_was_previewed_is_applied_once(admin: Api, run: Run, session: AsyncSession) -> None:
    assert bring(admin, OPD_FILE)["state"] == "applied"
    preview = send(admin, ASN_FILE).json()
    for _ in range(2):
        applied = admin.post(f"/v1/registry/imports/{preview['id']}/apply")
        assert (applied.status_code, applied.json()["state"]) == (200, "applied")
    assert admin.get(f"/v1/registry/imports/{preview['id']}").json() == applied.json()
    rows = run(queries.list_roster_rows(session, DAY))
    assert [(row.nip, row.name, row.folded_name, row.opd_code, row.position, row.apel_duty) for row in rows] == [
        (SITI, "Siti Aminah", "siti aminah", "KEC", "Camat", True),
        (BUDI, "Budi", "budi", "KEL", "Lurah", True),
    ]
    assert send(admin, ASN_FILE).json()["summary"]["unchanged"] == 2
    assert send(admin, OPD_FILE).json()["summary"]["unchanged"] == 2


def test_a_mutation_leaves_the_roster_of_the_days_before(admin: Api, run: Run, session: AsyncSession) -> None:
    bring(admin, OPD_FILE)
    bring(admin, ASN_FILE)
    preview = bring(admin, f"{ASN_HEAD}\n{BUDI};Budi;PNS;KEC;Sekcam;yes;2026-10-06\n")
    assert {cell["column"]: (cell["old"], cell["new"]) for cell in preview["rows"][0]["cells"]} == {
        "opd_code": ("KEL", "KEC"),
        "position": ("Lurah", "Sekcam"),
        "from_date": ("2021-02-01", "2026-10-06"),
    }
    budi = run(queries.find_asn_by_nips(session, [BUDI]))[BUDI]
    assert run(queries.opd_of_asn(session, budi, date(2026, 10, 5))) == "KEL"
    assert run(queries.opd_of_asn(session, budi, date(2026, 10, 6))) == "KEC"
    siti = run(queries.find_asn_by_nips(session, [SITI]))[SITI]
    assert run(queries.opd_of_asn(session, siti, DAY)) == "KEC"
    stale = run(session.scalars(select(Stale).order_by(Stale.id.desc()))).first()
    assert (stale.from_date, stale.to_date, stale.opd_code) == (date(2026, 10, 6), date.max, None)


def test_one_wrong_row_keeps_the_whole_file_out(admin: Api, run: Run, session: AsyncSession) -> None:
    bring(admin, OPD_FILE)
    answer = send(admin, ASN_FILE + f"{ANI};Ani;PNS;KEX;Staf;yes;2020-01-01\n")
    assert texts(answer) == [(4, "opd_code", "OPD KEX belum ada di register.")]
    assert answer.json()["summary"] | {"ignored_columns": []} == {
        "rows": 3, "new": 2, "changed": 0, "unchanged": 0, "warning": 0, "error": 1, "ignored_columns": []
    }  # fmt: skip
    applied = admin.post(f"/v1/registry/imports/{answer.json()['id']}/apply")
    assert (applied.status_code, applied.json()["code"]) == (409, "import-has-errors")
    assert run(session.scalar(select(func.count()).select_from(Asn))) == 0


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        pytest.param(
            "1.98501E+17;Siti;PNS;KEC;Camat;yes;2020-01-01",
            ("nip", "NIP dibaca sebagai angka; format kolom sebagai teks."),
            id="a NIP that a spreadsheet made a number",
        ),
        pytest.param(
            "1,98501E+17;Siti;PNS;KEC;Camat;yes;2020-01-01",
            ("nip", "NIP dibaca sebagai angka; format kolom sebagai teks."),
            id="the same with a comma",
        ),
        pytest.param("123;Siti;PNS;KEC;Camat;yes;2020-01-01", ("nip", "NIP harus 18 angka."), id="a short NIP"),
        pytest.param(f"{SITI};;PNS;KEC;Camat;yes;2020-01-01", ("name", "Sel ini wajib diisi."), id="no name"),
        pytest.param(
            f"{SITI};Siti;THL;KEC;Camat;yes;2020-01-01",
            ("employment_type", "Harus salah satu dari: PNS, CPNS, PPPK, PPPK_PW."),
            id="no civil servant",
        ),
        pytest.param(
            f"{SITI};Siti;PNS;KEC;Camat;yes;31/02/2020",
            ("from_date", "Tanggal ditulis 2026-11-23 atau 23/11/2026."),
            id="no date",
        ),
        pytest.param(
            f"{SITI};Si\u202eti;PNS;KEC;Camat;yes;2020-01-01",
            ("name", "Berisi karakter kendali atau karakter yang tidak terlihat."),
            id="a name that turns the line around",
        ),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_with_line_and_column(
    admin: Api, make: Make, row: str, problem: tuple[str, str]
) -> None:
    make.opd("KEC")
    answer = send(admin, f"{ASN_HEAD}\n{row}\n")
    assert texts(answer) == [(2, *problem)]
    assert answer.json()["rows"][0]["state"] == "error"


def test_a_numeric_nip_of_a_workbook_is_an_error_row(admin: Api, make: Make) -> None:
    make.opd("KEC")
    day = datetime(2020, 1, 1)  # noqa: DTZ001 — as a workbook stores it
    rows: list[list[Any]] = [ASN_HEAD.split(";"), [int(SITI), "Siti", "PNS", "KEC", "Camat", "ya", day]]
    answer = send(admin, xlsx(rows))
    assert texts(answer) == [(2, "nip", "NIP dibaca sebagai angka; format kolom sebagai teks.")]
    rows[1][0] = SITI
    assert bring(admin, xlsx(rows))["summary"]["new"] == 1


def test_headers_in_indonesian_titles_above_and_foreign_columns_are_understood(admin: Api, make: Make) -> None:
    make.opd("KEC")
    answer = send(
        admin,
        "DAFTAR PEGAWAI\n\nNo,Nama Lengkap,NIP/NI PPPK,Golongan,Unit Kerja,Jabatan,Status Kepegawaian,TMT,Wajib Apel\n"
        "1,Siti,'19850101 201001 2 001,III/a,kec,Camat,p3k,01/02/2020,Ya\n",
    )
    body = answer.json()
    assert body["summary"]["ignored_columns"] == ["No", "Golongan"]
    assert {cell["column"]: cell["new"] for cell in body["rows"][0]["cells"]} == {
        "nip": SITI,
        "name": "Siti",
        "employment_type": "PPPK",
        "opd_code": "KEC",
        "position": "Camat",
        "work_pattern": "5",
        "apel_duty": "yes",
        "from_date": "2020-02-01",
    }


def test_doubts_about_a_nip_warn_and_do_not_stop_the_import(admin: Api, make: Make) -> None:
    make.opd("KEC")
    file = f"{ASN_HEAD}\n198513012010013001;Siti;PNS;KEC;Camat;yes;2020-01-01\n"
    answer = send(admin, file)
    assert texts(answer) == [
        (
            2,
            "nip",
            "Delapan angka pertama NIP bukan tanggal lahir yang mungkin. Angka ke-15 NIP bukan 1 atau 2.",
        )
    ]
    assert answer.json()["rows"][0]["state"] == "warning"
    assert bring(admin, file)["state"] == "applied"
    assert send(admin, file).json()["summary"]["unchanged"] == 1


def test_a_code_or_nip_twice_in_a_file_is_an_error(admin: Api, make: Make) -> None:
    make.opd("KEC")
    twice = ASN_FILE.replace(BUDI, SITI).replace("KEL", "KEC")
    assert texts(send(admin, twice)) == [(3, "nip", "Sudah ada di baris 2 berkas ini.")]
    assert texts(send(admin, OPD_FILE.replace("KEL;", "kec;"))) == [(3, "code", "Sudah ada di baris 2 berkas ini.")]


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        pytest.param(["A;A;A;dinas;A;1;yes"], [(2, "OPD tidak boleh menjadi induknya sendiri.")], id="its own parent"),
        pytest.param(
            ["A;A;A;dinas;X;1;yes"],
            [(2, "OPD induk X tidak ada di register maupun di berkas.")],
            id="a parent that nobody knows",
        ),
        pytest.param(
            ["A;A;A;dinas;B;1;yes", "B;B;B;dinas;C;2;yes", "C;C;C;dinas;A;3;yes", "D;D;D;dinas;A;4;yes"],
            [
                (2, "OPD induk B berada di bawah OPD ini."),
                (3, "OPD induk C berada di bawah OPD ini."),
                (4, "OPD induk A berada di bawah OPD ini."),
            ],
            id="a loop of three",
        ),
        pytest.param(
            ["OLD;O;O;dinas;A;1;yes", "A;A;A;dinas;OLD;1;yes"],
            [(2, "OPD induk A berada di bawah OPD ini."), (3, "OPD induk OLD berada di bawah OPD ini.")],
            id="a loop through the register",
        ),
    ],
)
def test_a_tree_that_is_none_is_refused(
    admin: Api, make: Make, rows: list[str], problems: list[tuple[int, str]]
) -> None:
    make.opd("OLD")
    answer = send(admin, "\n".join([OPD_HEAD, *rows]))
    assert texts(answer) == [(line, "parent_code", text) for line, text in problems]


def test_an_opd_for_which_nobody_reports_and_one_closed_with_people_warn(admin: Api, make: Make) -> None:
    make.opd("KEC", protocol_order=1)
    make.asn("KEC")
    answer = send(admin, f"{OPD_HEAD};to_date\nA;A;A;uptd;;1;no;\nKEC;Dinas Kec;Kec;dinas;;1;yes;2026-12-31\n")
    assert texts(answer) == [
        (2, "reports", "Tidak ada OPD di atasnya yang melapor; pegawainya tidak akan masuk laporan mana pun."),
        (3, "to_date", "Masih ada 1 pegawai; sesudah tanggal itu mereka tidak masuk daftar mana pun."),
    ]


def heads(run: Run, session: AsyncSession, on: date) -> list[tuple[str, str, str]]:
    return [(head.opd_code, head.name, head.title) for head in run(queries.list_heads(session, on))]


def test_heads_are_dated_and_replaced(admin: Api, run: Run, session: AsyncSession) -> None:
    bring(admin, OPD_FILE)
    bring(admin, ASN_FILE + f"{ANI};Ani;PNS;KEC;Sekcam;yes;2020-01-01\n")

    def name_head(nip: str, title: str, at: datetime = MONDAY) -> dict[str, Any]:
        file = f"{OPD_HEAD};head_nip;head_title\nKEC;Kecamatan Mamuju;Mamuju;kecamatan;;1;yes;{nip};{title}\n"
        admin.at(at)
        return bring(admin, file)

    name_head(SITI, "")
    assert heads(run, session, date(2024, 1, 1)) == [("KEC", "Siti Aminah", "definitif")]
    assert name_head(SITI, "Definitif")["summary"]["unchanged"] == 1
    name_head(ANI, "Plh", MONDAY + timedelta(days=1))
    assert name_head(ANI, "plh")["summary"]["unchanged"] == 1
    assert heads(run, session, DAY) == [("KEC", "Siti Aminah", "definitif")]
    assert heads(run, session, DAY + timedelta(days=1)) == [
        ("KEC", "Siti Aminah", "definitif"),
        ("KEC", "Ani", "Plh"),
    ]
    changed = name_head(BUDI, "Plt", MONDAY + timedelta(days=2))
    assert {cell["column"]: (cell["old"], cell["new"]) for cell in changed["rows"][0]["cells"]} == {
        "head_nip": (SITI, BUDI),
        "head_title": ("definitif", "Plt"),
    }
    assert heads(run, session, DAY + timedelta(days=1))[0] == ("KEC", "Siti Aminah", "definitif")
    assert heads(run, session, DAY + timedelta(days=2)) == [("KEC", "Budi", "Plt")]
    name_head(ANI, "Plt", MONDAY + timedelta(days=2))
    assert heads(run, session, DAY + timedelta(days=2)) == [("KEC", "Ani", "Plt")]
    assert run(session.scalar(select(func.count()).select_from(Headship))) == 3


def test_a_head_whom_nobody_knows_yet_is_left_out_with_a_warning(admin: Api, run: Run, session: AsyncSession) -> None:
    file = f"{OPD_HEAD};head_nip\nKEC;Kecamatan Mamuju;Mamuju;kecamatan;;1;yes;{SITI}\n"
    assert texts(send(admin, file)) == [
        (2, "head_nip", "NIP kepala belum ada di register; impor ASN dahulu, lalu ulangi berkas ini.")
    ]
    bring(admin, file)
    bring(admin, f"{ASN_HEAD}\n{SITI};Siti Aminah;PNS;KEC;Camat;yes;2020-01-01\n")
    assert bring(admin, file)["summary"]["changed"] == 1
    assert heads(run, session, DAY) == [("KEC", "Siti Aminah", "definitif")]


def test_superiors_may_come_in_the_same_file(admin: Api, make: Make) -> None:
    make.opd("KEC")
    head = f"{ASN_HEAD};superior_nip;level\n"
    file = (
        f"{head}{BUDI};Budi;PNS;KEC;Staf;yes;2020-01-01;{SITI};\n{SITI};Siti;PNS;KEC;Camat;ya;2020-01-01;;Eselon III\n"
    )
    assert bring(admin, file)["summary"]["new"] == 2
    people = {item["name"]: item for item in admin.get("/v1/asn").json()["items"]}
    assert people["Budi"]["assignment"]["superior_id"] == people["Siti"]["id"]
    assert people["Siti"]["assignment"]["level"] == "administrator"
    assert send(admin, file).json()["summary"]["unchanged"] == 2


def test_an_empty_cell_leaves_what_is_known(admin: Api, make: Make) -> None:
    make.opd(
        "KEC", name="Kec", short_name="Kec", type="kecamatan", protocol_order=1, contact="0811", zoom_email="a@b.id"
    )
    file = f"{OPD_HEAD};contact\nKEC;Kec;Kec;kecamatan;;1;yes;\n"
    assert send(admin, file).json()["rows"][0]["state"] == "unchanged"


def test_a_register_that_moved_on_asks_for_a_new_preview(admin: Api, make: Make) -> None:
    make.opd("KEC")
    make.opd("KEL")
    first, second = send(admin, ASN_FILE).json(), send(admin, ASN_FILE.replace("Lurah", "Staf")).json()
    assert admin.post(f"/v1/registry/imports/{first['id']}/apply").status_code == 200
    refused = admin.post(f"/v1/registry/imports/{second['id']}/apply")
    assert (refused.status_code, refused.json()["code"]) == (409, "registry-moved")
    assert refused.json()["detail"].startswith("2 baris")


def test_changes_that_do_not_touch_the_plan_do_not_stop_it(admin: Api, make: Make) -> None:
    make.opd("KEC")
    make.opd("KEL")
    preview = send(admin, ASN_FILE).json()
    make.opd("DISDIK")
    make.asn("DISDIK", nip=ANI)
    assert admin.post(f"/v1/registry/imports/{preview['id']}/apply").status_code == 200


@pytest.mark.parametrize(
    ("data", "code", "status"),
    [
        pytest.param(b"", "columns-missing", 422, id="nothing"),
        pytest.param(b"nip;name\n", "columns-missing", 422, id="too few columns"),
        pytest.param(f"{ASN_HEAD};nama\n".encode(), "columns-repeated", 422, id="the same column under two names"),
        pytest.param(b"\x89PNG\0\0", "file-not-text", 422, id="a picture"),
        pytest.param(b"PK\x03\x04", "file-not-readable", 422, id="a broken workbook"),
        pytest.param(b"a" * (8 * 1024 * 1024 + 1), "file-too-large", 413, id="more than 8 MiB"),
        pytest.param(b"a" * (10 * 1024 * 1024), "too-large", 413, id="more than the route takes"),
    ],
)
def test_files_that_cannot_be_read(admin: Api, data: bytes, code: str, status: int) -> None:
    answer = send(admin, data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_kind_that_is_given_is_not_guessed(admin: Api) -> None:
    answer = send(admin, OPD_FILE, kind="asn")
    assert answer.json()["code"] == "columns-missing"
    assert "nip" in answer.json()["detail"]
    assert send(admin, OPD_FILE, kind="x").json()["code"] == "input-invalid"


def test_only_the_personnel_office_imports(api: Api) -> None:
    for role in set(Role) - {Role.ADMIN}:
        assert send(api.as_(role), OPD_FILE).status_code == 403
        assert api.as_(role).post(f"/v1/registry/imports/{uuid4()}/apply").status_code == 403
    assert api.as_(Role.ADMIN).post(f"/v1/registry/imports/{uuid4()}/apply").json()["code"] == "import-not-found"


def test_english_on_request(admin: Api) -> None:
    answer = admin.post(
        "/v1/registry/imports",
        files={"file": ("a.csv", f"{ASN_HEAD}\n1.9E+17;Siti;PNS;KEC;Camat;yes;2020-01-01\n".encode())},
        headers={"accept-language": "en"},
    )
    assert texts(answer) == [(2, "nip", "The NIP was read as a number; format the column as text.")]


def test_preview_application_and_reading_are_on_record_with_their_people(
    admin: Api, make: Make, run: Run, session: AsyncSession
) -> None:
    make.opd("KEC")
    make.opd("KEL")
    done = bring(admin, ASN_FILE)
    admin.get(f"/v1/registry/imports/{done['id']}")
    entries = run(session.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()
    subjects = sorted(subject_of(SURROUNDINGS.audit_key, nip) for nip in (SITI, BUDI))
    assert [(entry.action, entry.target, entry.subjects) for entry in entries] == [
        ("registry.preview_import", done["id"], subjects),
        ("registry.apply_import", done["id"], subjects),
        ("registry.read_import", done["id"], subjects),
    ]


def big_file(people: int) -> bytes:
    rows = (f"{19850101201001:014d}{n:04d};Orang {n};PNS;KEC;Staf;yes;2020-01-01" for n in range(people))
    return "\n".join([ASN_HEAD, *rows]).encode()


def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(
    make: Make, run: Run, session: AsyncSession, engine: AsyncEngine
) -> None:
    make.opd("KEC")
    counts = []
    seen: list[str] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    run(session.execute(select(1)))
    for people in (2, 400):
        seen.clear()
        kept = run(service.preview_import(session, SYSTEM, None, "a.csv", big_file(people), at=MONDAY))
        run(service.apply_import(session, SYSTEM, kept.id, at=MONDAY))
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert run(session.scalar(select(func.count()).select_from(Asn))) == 400
