"""Superiors' words from a file: long or wide, all rows or none, and the same file twice."""

import io
from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any

import httpx
import pytest
from openpyxl import Workbook
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.audit.models import AuditEntry
from app.behaviour.berakhlak import GUIDES
from app.behaviour.models import Assessment, Standing
from app.core.principal import Grant, Principal, Role
from app.registry.models import Asn
from tests.client import Api
from tests.make import NOBODY, Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
PATH = "/v1/behaviour/imports"
LONG = "nip,period,guide,rating"
KOMPETEN = {"kompeten.a": "above", "kompeten.b": "above", "kompeten.c": "above"}


@pytest.fixture
def budi(make: Make) -> Asn:
    make.opd("DISDIK")
    return make.asn("DISDIK", "Budi")


def send(api: Api, content: str | bytes, *, preview: bool | None = None, language: str = "id") -> httpx.Response:
    data = content.encode() if isinstance(content, str) else content
    form = {} if preview is None else {"preview": str(preview).lower()}
    return api.post(PATH, files={"file": ("perilaku.csv", data)}, data=form, headers={"accept-language": language})


def kept(session: AsyncSession, run: Run) -> list[tuple[Any, ...]]:
    query = select(Assessment.asn_id, Assessment.period, Assessment.version, Assessment.ratings, Assessment.note)
    return [tuple(row) for row in run(session.execute(query.order_by(Assessment.period, Assessment.version)))]


def counts(**said: Any) -> dict[str, Any]:
    return {"rows": 0, "created": 0, "changed": 0, "unchanged": 0, "preview": False} | said


def test_a_long_file_is_kept_once_and_read_by_the_person(api: Api, budi: Asn, session: AsyncSession, run: Run) -> None:
    words = "Menjaga rahasia jabatan dan negara"
    file = (
        f"{LONG}\n{budi.nip},2026-11,loyal.a,sesuai ekspektasi\n{budi.nip},2026-11,{words},Di Atas Ekspektasi\n"
        f"{budi.nip},2026-11,Kompeten,di atas ekspektasi\n{budi.nip},2026-11,kompeten.b,dibawah ekspektasi\n"
    )
    ratings = {"loyal.a": "meets", "loyal.c": "above"} | KOMPETEN | {"kompeten.b": "below"}
    admin = api.as_(Role.ADMIN)
    assert send(admin, file, preview=True).json() == counts(rows=4, created=1, preview=True)
    assert kept(session, run) == []
    first = send(admin, file)
    assert (first.status_code, first.json()) == (201, counts(rows=4, created=1))
    assert send(admin, file).json() == counts(rows=4, unchanged=1)
    assert kept(session, run) == [(budi.id, "2026-11", 1, ratings, None)]
    told = admin.get(f"/v1/behaviour/asn/{budi.id}?period=2026-11").json()
    assert (told["points"], told["superior"]["by"]) == (85.0, "uji-admin")
    entry = run(session.scalar(select(AuditEntry).order_by(AuditEntry.id)))
    assert (entry.action, len(entry.subjects), entry.detail["done"]) == ("behaviour.import", 1, first.json())


def test_a_wide_file_has_a_column_for_each_value_or_guide(api: Api, budi: Asn, session: AsyncSession, run: Run) -> None:
    file = (
        "Rekap perilaku;;;;\r\nNIP;Periode;Kompeten;loyal.b;Catatan\r\n"
        f"'{budi.nip};2026-Q4;di atas ekspektasi;sesuai ekspektasi;Tekun\r\n"
    )
    assert send(api.as_(Role.ADMIN), file).json() == counts(rows=1, created=1)
    assert kept(session, run) == [(budi.id, "2026-Q4", 1, KOMPETEN | {"loyal.b": "meets"}, "Tekun")]


def test_every_guide_is_known_by_its_words(api: Api, budi: Asn, session: AsyncSession, run: Run) -> None:
    header = ";".join(guide.words for guide in GUIDES.values())
    file = f"nip;period;{header}\n{budi.nip};2026-11{';sesuai ekspektasi' * 21}\n"
    assert send(api.as_(Role.ADMIN), file).json()["created"] == 1
    assert kept(session, run)[0][3] == dict.fromkeys(GUIDES, "meets")


def test_a_spreadsheet_that_made_a_day_of_a_month_means_the_month(
    api: Api, budi: Asn, session: AsyncSession, run: Run
) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["nip", "period", "kompeten"])
    book.active.append([budi.nip, date(2026, 11, 1), "di atas ekspektasi"])
    saved = io.BytesIO()
    book.save(saved)
    assert send(api.as_(Role.ADMIN), saved.getvalue()).json()["created"] == 1
    assert kept(session, run) == [(budi.id, "2026-11", 1, KOMPETEN, None)]


def test_a_file_that_says_something_else_makes_a_new_version_and_leaves_the_note(
    api: Api, budi: Asn, session: AsyncSession, run: Run
) -> None:
    admin = api.as_(Role.ADMIN)
    said = {"ratings": {"loyal.a": "meets"}, "note": "Tekun."}
    admin.put(f"/v1/behaviour/asn/{budi.id}/assessments/2026-11", said)
    assert send(admin, f"{LONG}\n{budi.nip},2026-11,loyal.a,meets\n").json() == counts(rows=1, unchanged=1)
    file = f"{LONG}\n{budi.nip},2026-11,loyal.a,above\n"
    assert send(admin, file, preview=True).json() == counts(rows=1, changed=1, preview=True)
    assert send(admin, file).json() == counts(rows=1, changed=1)
    assert kept(session, run) == [
        (budi.id, "2026-11", 1, {"loyal.a": "meets"}, "Tekun."),
        (budi.id, "2026-11", 2, {"loyal.a": "above"}, "Tekun."),
    ]


@pytest.mark.parametrize(
    ("line", "place", "reason"),
    [
        pytest.param("1.98501E+17,2026-11,loyal.a,meets", "nip", "as a number", id="a NIP that a sheet destroyed"),
        pytest.param("{nip},2026-13,loyal.a,meets", "period", "2026-Q4", id="no period"),
        pytest.param("{nip},2026-11-02,loyal.a,meets", "period", "2026-Q4", id="a day is no period"),
        pytest.param("{nip},2027,loyal.a,meets", "period", "begun", id="a period to come"),
        pytest.param("{nip},2026-11,loyal.d,meets", "guide", "No value or guide", id="an unknown guide"),
        pytest.param("{nip},2026-11,loyal.a,2", "rating", "di bawah ekspektasi", id="a number is no word"),
        pytest.param("{nip},2026-11,loyal.a,baik", "rating", "di bawah ekspektasi", id="a word of another scale"),
        pytest.param("{nip},2026-11,loyal.a,", "rating", "filled", id="a guide without a rating"),
        pytest.param("{nip},2026-11,,meets", "guide", "filled", id="a rating of nothing"),
        pytest.param("{nip},2026-11,,", "rating", "rates nothing", id="a row that rates nothing"),
        pytest.param("{nip},2026-11,adaptif.a,meets", "guide", "Line 2", id="a guide twice"),
        pytest.param("199912312020012001,2026-11,loyal.a,meets", "nip", "no person", id="an unknown NIP"),
        pytest.param("{gone},2026-11,loyal.a,meets", "nip", "no person", id="somebody who left"),
        pytest.param("{admin},2026-11,loyal.a,meets", "nip", "themselves", id="the person who sends it"),
    ],
)
def test_one_wrong_row_and_nothing_is_imported(
    api: Api, budi: Asn, make: Make, session: AsyncSession, run: Run, line: str, place: str, reason: str
) -> None:
    gone, himself = make.asn(name="Pensiun", to_date=date(2026, 1, 31)), make.asn(name="Petugas")
    admin = api.by(Principal(NOBODY, "bkpsdm", (Grant(Role.ADMIN),), himself.id))
    said = line.format(nip=budi.nip, gone=gone.nip, admin=himself.nip)
    refused = send(admin, f"{LONG}\n{budi.nip},2026-11,adaptif.a,meets\n{said}\n", language="en")
    assert (refused.status_code, refused.json()["code"]) == (422, "behaviour-file-refused")
    (wrong,) = refused.json()["errors"]
    assert wrong["pointer"] == f"/3/{place}"
    assert reason in wrong["detail"]
    assert budi.nip not in refused.text
    assert kept(session, run) == []


def test_a_value_twice_is_an_error_and_a_guide_beside_its_value_is_none(
    api: Api, budi: Asn, session: AsyncSession, run: Run
) -> None:
    admin = api.as_(Role.ADMIN)
    twice = f"{LONG}\n{budi.nip},2026-11,Kompeten,above\n{budi.nip},2026-11,kompeten,meets\n"
    assert send(admin, twice).json()["errors"][0]["pointer"] == "/3/guide"
    beside = f"nip,period,kompeten.a,kompeten\n{budi.nip},2026-11,below,above\n"
    assert send(admin, beside).status_code == 201
    assert kept(session, run)[0][3] == KOMPETEN | {"kompeten.a": "below"}


def test_what_another_system_calls_its_columns_is_told_once(api: Api, budi: Asn) -> None:
    admin = api.as_(Role.ADMIN)
    file = f"nip,Masa,Butir,Skor Kata\n{budi.nip},2026-11,loyal.a,meets\n"
    assert send(admin, file).json()["code"] == "columns-missing"
    headers = {"Masa": "period", "Butir": "guide", "Skor Kata": "rating"}
    assert admin.put(f"{PATH}/mapping", {"headers": headers}).json() == {"headers": headers}
    assert admin.get(f"{PATH}/mapping").json() == {"headers": headers}
    assert send(admin, file).json()["created"] == 1
    wrong = admin.put(f"{PATH}/mapping", {"headers": {"Butir": "panduan"}})
    assert wrong.json()["code"] == "column-mapping-wrong"


def test_only_the_personnel_office_imports(api: Api, budi: Asn) -> None:
    for role in (Role.OPD_HEAD, Role.INSPECTOR, Role.KOMINFO):
        assert send(api.as_(role, "DISDIK"), f"{LONG}\n{budi.nip},2026-11,loyal.a,meets\n").status_code == 403


def test_statements_do_not_depend_on_the_number_of_rows(
    api: Api, budi: Asn, make: Make, engine: AsyncEngine, session: AsyncSession, run: Run
) -> None:
    people = [make.asn(name=f"Orang {n}") for n in range(40)]
    counted: list[str] = []

    def count(*arguments: Any) -> None:
        counted.append(arguments[2])

    def statements(period: str, number: int) -> int:
        file = LONG + "\n" + "".join(f"{one.nip},{period},{g},meets\n" for one in people[:number] for g in GUIDES)
        counted.clear()
        event.listen(engine.sync_engine, "before_cursor_execute", count)
        try:
            assert send(api.as_(Role.ADMIN), file).json()["created"] == number
        finally:
            event.remove(engine.sync_engine, "before_cursor_execute", count)
        return len(counted)

    assert statements("2026-10", 2) == statements("2026-11", 40)
    assert len(list(run(session.scalars(select(Standing))))) == 42
