"""The recap of a span: a job of one apel a turn, which another process may finish, then a sheet like any other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.background import handlers
from app.core.jobs import take_turn
from app.core.principal import Role
from app.sheets.matrix import Point, mean_of
from tests.client import Api
from tests.make import MONDAY, Make
from tests.monday import claim
from tests.sheets.conftest import Monday, cells, lines, row_of, text_of

SPAN = {"kind": "period-recap", "from": "2026-11-01", "to": "2026-11-30"}
OVER = MONDAY + timedelta(days=3)


@pytest.fixture
def weeks(api: Api, make: Make) -> Api:
    """Three Mondays: SETDA 8 of 10, then 5 of 5, then nothing; BKPP always 3 of 4."""
    make.opd("SETDA", protocol_order=1, name="Sekretariat Daerah")
    make.opd("BKPP", protocol_order=2, name="Badan Kepegawaian")
    for week, setda in enumerate((claim(10, 8, DL=2), claim(5, 5), None)):
        begins = MONDAY - timedelta(days=7 * (2 - week))
        story = Monday(api, make.apel(begins))
        story.reports("BKPP", claim(4, 3, unexplained=1), at=begins)
        if setda:
            story.reports("SETDA", setda, at=begins)
    make.apel(MONDAY - timedelta(days=1), rehearsal=True)
    make.apel(MONDAY + timedelta(days=7))
    return api.at(OVER)


@pytest.fixture
def turn(api: Api, run: Any) -> Callable[[], bool]:
    def take() -> bool:
        app = api._app
        done: bool = run(take_turn(app.state.sessions, lambda: OVER, handlers(app)))
        return done

    return take


def test_a_span_is_summed_an_apel_a_turn_and_then_issued(weeks: Api, turn: Callable[[], bool]) -> None:
    bupati = weeks.as_(Role.BUPATI).at(OVER)
    answer = bupati.post("/v1/sheets", SPAN | {"format": "csv"})
    assert answer.status_code == 201, answer.text
    path = answer.headers["location"]

    def now() -> tuple[Any, ...]:
        told = bupati.get(path).json()
        return told["state"], told["progress"], told["number"]

    assert now() == ("waiting", {"done": 0, "total": 3}, None)
    assert bupati.get(f"{path}/file").json()["code"] == "sheet-running"
    assert weeks.get(f"/v1/verify/{answer.json()['code']}").status_code == 404
    assert turn()
    assert now() == ("waiting", {"done": 1, "total": 3}, None)
    assert [turn() for _ in range(4)] == [True, True, True, False]
    assert now() == ("issued", None, "0001/APEL-PERIODE/76.02/XI/2026")
    rows = lines(bupati.get(f"{path}/file").content)
    assert rows[0][:6] == ["NO", "UNIT KERJA", "APEL", "DILAPORKAN", "BELUM LAPOR", "JUMLAH ASN, SEMUA APEL"]
    assert rows[0][6:8] == ["BERKETERANGAN, SEMUA APEL", "HADIR, SEMUA APEL"]
    assert rows[0][8:] == ["HADIR ÷ JUMLAH", "HADIR ÷ WAJIB HADIR", "RATA-RATA PER APEL"]
    assert rows[1:4] == [
        ["1", "Sekretariat Daerah", "3", "2", "1", "15", "2", "13", "86.67", "100.00", "90.00"],
        ["2", "Badan Kepegawaian", "3", "3", "0", "12", "0", "9", "75.00", "75.00", "75.00"],
        ["", "SEMUA OPD", "3", "", "", "27", "2", "22", "81.48", "88.00", "80.82"],
    ]
    assert rows[5:8] == [
        ["NO", "UNIT KERJA", "09/11/26", "16/11/26", "23/11/26"],
        ["1", "Sekretariat Daerah", "80.00", "100.00", ""],
        ["2", "Badan Kepegawaian", "75.00", "75.00", "75.00"],
    ]
    verified = weeks.get(f"/v1/verify/{answer.json()['code']}").json()
    assert (verified["from"], verified["to"], verified["final"], verified["newer_revision"]) == (
        *("2026-11-01", "2026-11-30", False, False),
    )


def test_a_span_in_a_workbook_has_a_page_for_each_dozen_of_apels(weeks: Api, turn: Callable[[], bool]) -> None:
    caller = weeks.as_(Role.ADMIN).at(OVER)
    path = caller.post("/v1/sheets", SPAN | {"format": "xlsx"}).headers["location"]
    while turn():
        pass
    book = cells(caller.get(f"{path}/file").content)
    assert list(book) == ["Jumlah dan rata-rata", "Persentase 09-11-26 sd 23-11-26"]
    assert row_of(book["Jumlah dan rata-rata"], "SEMUA OPD")[5:] == (27, 2, 22, 81.48, 88, 80.82)


def test_recaps_of_two_kinds_of_apel_do_not_replace_each_other(
    weeks: Api, make: Make, turn: Callable[[], bool]
) -> None:
    make.apel(MONDAY - timedelta(days=2), kind="upacara")
    caller = weeks.as_(Role.ADMIN).at(OVER)
    codes = []
    for kind in ("apel_gabungan", "upacara"):
        told = caller.post("/v1/sheets", SPAN | {"format": "pdf", "apel_kind": kind})
        while turn():
            pass
        codes.append(told.json()["code"])
        content = caller.get(f"{told.headers['location']}/file").content
    assert "Upacara, 1 November 2026 s.d. 30 November 2026" in text_of(content)
    assert weeks.get(f"/v1/verify/{codes[0]}").json()["superseded_by"] is None


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_what_a_span_needs_is_said(weeks: Api) -> None:
    caller = weeks.as_(Role.KOMINFO).at(OVER)
    lacking = caller.post("/v1/sheets", {"kind": "period-recap", "format": "pdf", "from": "2026-11-01"})
    assert refused(lacking) == (422, "sheet-detail-missing")
    assert [error["pointer"] for error in lacking.json()["errors"]] == ["/to"]
    backwards = caller.post(
        "/v1/sheets", {"kind": "period-recap", "format": "pdf"} | {"from": "2026-11-30", "to": "2026-11-01"}
    )
    assert refused(backwards) == (422, "sheet-detail-missing")
    empty = caller.post(
        "/v1/sheets", {"kind": "period-recap", "format": "pdf"} | {"from": "2025-01-01", "to": "2025-02-01"}
    )
    assert refused(empty) == (409, "sheet-span-empty")
    assert caller.post("/v1/sheets", {"kind": "certificate", "format": "pdf"}).status_code == 403
    admin = weeks.as_(Role.ADMIN).at(OVER)
    assert refused(admin.post("/v1/sheets", {"kind": "certificate", "format": "xlsx"})) == (
        422,
        "sheet-format-unsuited",
    )
    assert refused(admin.post("/v1/sheets", {"kind": "certificate", "format": "pdf"})) == (422, "sheet-detail-missing")
    assert weeks.as_(Role.OPD_HEAD, "BKPP").post("/v1/sheets", SPAN | {"format": "pdf"}).status_code == 403


def test_each_apel_weighs_the_same_in_a_mean_and_silence_weighs_nothing() -> None:
    assert str(mean_of([Point(8, 10, 10), Point(5, 5, 5), Point(0, 0, 7)])) == "90.00"
    assert mean_of([Point(0, 0, 7)]) is None
    assert str(mean_of([Point(1, 3, 3), Point(2, 3, 3), Point(1, 8, 8)])) == "37.50"
