"""Files of e-Kinerja: plans and achievements, all rows or none, previewed and sent twice."""

import io
from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest
from openpyxl import Workbook
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.core.principal import Grant, Principal, Role
from app.performance.columns import amount, period
from app.performance.models import (
    PerformanceAchievement,
    PerformancePlan,
    PerformanceTarget,
    PerformanceVerification,
)
from app.registry.columns import Unreadable
from app.registry.models import Asn
from app.registry.sheets import Cell
from tests.client import Api
from tests.make import Make
from tests.performance.conftest import himself
from tests.performance.plans import KTP, address, agree, indicator

Run = Callable[[Coroutine[Any, Any, Any]], Any]
PLANS = "nip,rhk,indicator,aspect,unit,target,period,weight\n"
DONE = "nip,rhk,indikator,periode,realisasi,bukti dukung,status verifikasi,pemeriksa\n"
NOTHING = {"created": 0, "changed": 0, "accepted": 0, "unchanged": 0}


def send(api: Api, kind: str, content: str | bytes, *, preview: bool = False, language: str = "id") -> httpx.Response:
    data = content.encode() if isinstance(content, str) else content
    form = {"kind": kind} | ({"preview": "true"} if preview else {})
    return api.post(
        "/v1/performance/imports",
        files={"file": ("kinerja.csv", data)},
        data=form,
        headers={"accept-language": language},
    )


def counts(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    return {name: answer.json()[name] for name in NOTHING}


def plans_of(*people: Asn, target: str = "100") -> str:
    rows = (f"{one.nip},Warga terlayani,{KTP},kuantitas,dokumen,{target},2026-10,40\n" for one in people)
    return PLANS + "".join(rows)


def done_by(person: Asn, actual: str = "50", status: str = "", text: str = KTP) -> str:
    return f"{person.nip},Warga terlayani,{text},2026-10,{actual},https://arsip.go.id/1,{status},Kepala Bidang\n"


def count(session: AsyncSession, run: Run, model: Any) -> int:
    found: int = run(session.scalar(select(func.count()).select_from(model)))
    return found


def percent(api: Api, person: Asn, code: str = "2026-10") -> Any:
    return api.get(address(person, f"?period={code}")).json()["capaian"]["percent"]


def test_a_file_of_plans_is_previewed_kept_and_known_when_it_comes_again(
    api: Api, admin: Api, siti: Asn, budi: Asn, session: AsyncSession, run: Run
) -> None:
    file = plans_of(siti, budi)
    seen = send(admin, "plans", file, preview=True)
    assert counts(seen) == NOTHING | {"created": 2}
    assert count(session, run, PerformancePlan) == 0
    kept = send(api.as_(Role.OPD_OPERATOR, "DISDIK"), "plans", file)
    assert kept.json() == seen.json() | {"preview": False}
    assert counts(send(admin, "plans", file)) == NOTHING | {"unchanged": 2}
    assert counts(send(admin, "plans", plans_of(siti, target="80"))) == NOTHING | {"changed": 1}
    versions = admin.get(address(siti, "/plans/2026/versions")).json()["items"]
    assert [(one["version"], one["reason"]) for one in versions] == [(2, "kinerja.csv"), (1, "kinerja.csv")]


def test_what_a_file_does_not_name_stays(admin: Api, siti: Asn) -> None:
    agree(admin, siti, indicator("Lama antrean", m2026_10="15"), indicator(KTP, weight=40, m2026_09="7"))
    words = "Terlayaninya warga yang mengurus KTP"
    file = PLANS + f"{siti.nip},{words.upper()},{KTP.lower()},quantity,dokumen,100,2026-10,40\n"
    assert counts(send(admin, "plans", file)) == NOTHING | {"changed": 1}
    [rhk, again] = admin.get(address(siti, "/plans/2026")).json()["rhk"]
    assert [one["indicator"] for one in rhk["indicators"]] == ["Lama antrean"]
    [one] = again["indicators"]
    assert [target["period"] for target in one["targets"]] == ["2026-09", "2026-10"]


def test_a_plan_that_was_read_and_sent_back_is_the_same_plan(admin: Api, siti: Asn) -> None:
    send(admin, "plans", plans_of(siti) + f"{siti.nip},Hasil lain,Ukuran,kualitas,nilai,5,2026-11,1\n")
    send(admin, "plans", PLANS + f"{siti.nip},Warga terlayani,Ukuran baru,kualitas,nilai,5,2026-11,1\n")
    read = admin.get(address(siti, "/plans/2026")).json()
    assert [len(rhk["indicators"]) for rhk in read["rhk"]] == [2, 1]
    again = admin.put(address(siti, "/plans/2026"), {"rhk": read["rhk"]})
    assert (again.status_code, again.json()["version"]) == (200, 2)


def test_offices_send_what_e_kinerja_exports(admin: Api, siti: Asn) -> None:
    file = (
        "\ufeffSKP Tahun 2026;;;;;;;;;\r\n"
        "No;NIP;Rencana Hasil Kerja;RHK Pimpinan yang Diintervensi;Indikator;Aspek;Satuan;Target;Periode;Bobot;Tema\r\n"
        f"1;'{siti.nip};Layanan daring;Layanan cepat;Nilai investasi;Biaya;rupiah;1.500.000,5;November 2026;40;"
        "Peningkatan Investasi\r\n"
        f"2;'{siti.nip};Layanan daring;Layanan cepat;Nilai investasi;Biaya;rupiah;12,5;Triwulan IV 2026;40;"
        "Peningkatan Investasi\r\n"
    )
    assert counts(send(admin, "plans", file)) == NOTHING | {"created": 1}
    [rhk] = admin.get(address(siti, "/plans/2026")).json()["rhk"]
    assert (rhk["rhk"], rhk["supports"], rhk["theme"]) == ("Layanan daring", "Layanan cepat", "investment")
    [one] = rhk["indicators"]
    assert (one["aspect"], one["unit"], one["weight"]) == ("cost", "rupiah", 40)
    assert one["targets"] == [
        {"period": "2026-11", "target": "1500000.5"},
        {"period": "2026-Q4", "target": "12.5"},
    ]


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        pytest.param("1.500", "1500", id="a dot before three digits parts thousands"),
        pytest.param("1.5", "1.5", id="any other dot is a point"),
        pytest.param("1,5", "1.5", id="so is a comma"),
        pytest.param(1.234, "1.234", id="a spreadsheet's own number is what it is"),
        pytest.param(1500, "1500", id="a whole one too"),
        pytest.param("95%", "95", id="a percentage is its number"),
        pytest.param("12.345.678,25", "12345678.25", id="millions"),
    ],
)
def test_numbers_are_read_as_they_are_meant(cell: Cell, read: str) -> None:
    assert amount(cell) == read


@pytest.mark.parametrize("cell", ["-1", "1e3", "12 dokumen", "1.23456", "", 10**13, float("nan"), -0.5, "１２"])
def test_what_is_no_amount_is_not_guessed(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        amount(cell)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2026-11", "2026-11"),
        ("Nov 2026", "2026-11"),
        ("TW II 2026", "2026-Q2"),
        ("2026-q4", "2026-Q4"),
        ("23/11/2026", "2026-11-23"),
        (date(2026, 11, 23), "2026-11-23"),
    ],
)
def test_periods_are_read_as_offices_write_them(cell: Cell, code: str) -> None:
    assert period(cell) == code


@pytest.mark.parametrize(
    ("row", "place", "reason"),
    [
        ("1.98501E+17,Hasil,Indikator,kuantitas,dok,1,2026-10,1", "nip", "as a number"),
        ("199912312020012001,Hasil,Indikator,kuantitas,dok,1,2026-10,1", "nip", "no person"),
        ("{other},Hasil,Indikator,kuantitas,dok,1,2026-10,1", "nip", "no person"),
        ("{nip},Hasil,Indikator,mutu,dok,1,2026-10,1", "aspect", "one of"),
        ("{nip},Hasil,Indikator,kuantitas,dok,banyak,2026-10,1", "target", "number"),
        ("{nip},Hasil,Indikator,kuantitas,dok,0,2026-10,1", "target", "zero"),
        ("{nip},Hasil,Indikator,kuantitas,dok,1,2026,1", "period", "2026-11-23"),
        ("{nip},Hasil,Indikator,kuantitas,dok,1,2026-10,101", "weight", "1 to 100"),
        ("{nip},Warga terlayani," + KTP + ",kuantitas,dokumen,90,2026-10,40", "target", "line 2"),
        ("{nip},Warga terlayani," + KTP + ",kuantitas,lembar,90,2026-11,40", "unit", "line 2"),
    ],
)
def test_one_wrong_row_and_nothing_is_imported(
    api: Api, siti: Asn, make: Make, session: AsyncSession, run: Run, row: str, place: str, reason: str
) -> None:
    other = make.asn("DINKES", "Citra").nip
    file = plans_of(siti) + row.format(nip=siti.nip, other=other) + "\n"
    refused = send(api.as_(Role.OPD_HEAD, "DISDIK"), "plans", file, language="en")
    assert (refused.status_code, refused.json()["code"]) == (422, "performance-file-refused")
    (wrong,) = refused.json()["errors"]
    assert wrong["pointer"] == f"/3/{place}"
    assert reason in wrong["detail"]
    assert siti.nip not in refused.text
    assert count(session, run, PerformancePlan) == 0


def test_a_plan_to_be_present_is_refused(admin: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    file = plans_of(siti) + f"{siti.nip},Disiplin,Mengikuti apel pagi,kuantitas,kali,4,2026-10,1\n"
    refused = send(admin, "plans", file)
    assert (refused.status_code, refused.json()["code"]) == (422, "attendance-is-no-output")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/3/indicator"]
    assert count(session, run, PerformancePlan) == 0


# Achievements


def test_achievements_count_where_the_file_says_so_and_a_head_sends_it(
    api: Api, admin: Api, head: Api, siti: Asn, budi: Asn, session: AsyncSession, run: Run
) -> None:
    send(admin, "plans", plans_of(siti, budi))
    file = DONE + done_by(siti, status="Disetujui") + done_by(budi, status="Menunggu")
    assert counts(send(head, "achievements", file, preview=True)) == NOTHING | {"created": 2, "accepted": 1}
    assert count(session, run, PerformanceAchievement) == 0
    assert counts(send(head, "achievements", file)) == NOTHING | {"created": 2, "accepted": 1}
    assert (percent(admin, siti), percent(admin, budi)) == (50, None)
    [word] = run(session.scalars(select(PerformanceVerification))).all()
    assert (word.outcome, word.examiner, word.by_name) == ("accepted", "Kepala Bidang", "uji-opd_head")
    assert counts(send(head, "achievements", file)) == NOTHING | {"unchanged": 2}


def test_an_operators_file_verifies_nothing_until_a_head_sends_it(api: Api, admin: Api, head: Api, siti: Asn) -> None:
    send(admin, "plans", plans_of(siti))
    file = DONE + done_by(siti, status="terverifikasi")
    operator = api.as_(Role.OPD_OPERATOR, "DISDIK")
    assert counts(send(operator, "achievements", file)) == NOTHING | {"created": 1}
    assert percent(admin, siti) is None
    assert counts(send(head, "achievements", file)) == NOTHING | {"accepted": 1}
    assert percent(admin, siti) == 50
    assert counts(send(head, "achievements", DONE + done_by(siti, "60", "valid"))) == NOTHING | {
        "changed": 1,
        "accepted": 1,
    }
    assert percent(admin, siti) == 60


def test_an_operator_here_who_is_a_head_elsewhere_verifies_nothing_here(api: Api, admin: Api, siti: Asn) -> None:
    send(admin, "plans", plans_of(siti))
    here = Grant(Role.OPD_OPERATOR, "DISDIK", frozenset({"DISDIK"}))
    elsewhere = Grant(Role.OPD_HEAD, "DINKES", frozenset({"DINKES"}))
    both = api.by(Principal(uuid4(), "uji", (here, elsewhere)))
    file = DONE + done_by(siti, status="diterima")
    assert counts(send(both, "achievements", file)) == NOTHING | {"created": 1}
    assert percent(admin, siti) is None


def test_a_heads_file_does_not_verify_the_heads_own(api: Api, admin: Api, siti: Asn, budi: Asn) -> None:
    send(admin, "plans", plans_of(siti, budi))
    heads_self = himself(api, siti, Grant(Role.OPD_HEAD, "DISDIK", frozenset({"DISDIK"})))
    file = DONE + done_by(siti, status="diterima") + done_by(budi, status="diterima")
    assert counts(send(heads_self, "achievements", file)) == NOTHING | {"created": 2, "accepted": 1}
    assert (percent(admin, siti), percent(admin, budi)) == (None, 50)


def test_a_file_never_overrules_what_somebody_decided(admin: Api, head: Api, siti: Asn) -> None:
    send(admin, "plans", plans_of(siti))
    file = DONE + done_by(siti, status="diterima")
    send(head, "achievements", file)
    [item] = head.get("/v1/performance/achievements?state=accepted").json()["items"]
    head.post(f"/v1/performance/achievements/{item['id']}/return", {"reason": "Bukti keliru"})
    assert counts(send(head, "achievements", file)) == NOTHING | {"unchanged": 1}
    assert percent(admin, siti) is None


@pytest.mark.parametrize(
    ("row", "place", "reason"),
    [
        ("{nip},Warga terlayani,Yang lain,2026-10,1,Arsip 1,,", "indicator", "import the plan first"),
        ("{nip},Warga terlayani," + KTP + ",2026-09,1,Arsip 1,,", "period", "no target"),
        ("{nip},Warga terlayani," + KTP + ",2026-12,1,Arsip 1,,", "period", "not begun"),
        ("{nip},Warga terlayani," + KTP + ",2026-10,1,,,", "evidence", "filled"),
        ("{nip},Warga terlayani," + KTP + ",2026-10,1,Arsip 1,entah,", "status", "one of"),
        ("{nip},Warga terlayani," + KTP + ",2026-10,51,https://arsip.go.id/1,,", "actual", "line 2"),
    ],
)
def test_one_wrong_achievement_and_none_is_imported(
    admin: Api, siti: Asn, session: AsyncSession, run: Run, row: str, place: str, reason: str
) -> None:
    send(admin, "plans", plans_of(siti))
    refused = send(
        admin,
        "achievements",
        DONE + done_by(siti) + row.format(nip=siti.nip) + "\n",
        language="en",
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "performance-file-refused")
    assert [error["pointer"] for error in refused.json()["errors"]] == [f"/3/{place}"]
    assert reason in refused.json()["errors"][0]["detail"]
    assert count(session, run, PerformanceAchievement) == 0


def test_words_that_two_indicators_bear_are_not_guessed(admin: Api, siti: Asn) -> None:
    both = plans_of(siti) + f"{siti.nip},Warga terlayani,{KTP},kualitas,dokumen,100,2026-10,40\n"
    send(admin, "plans", both)
    refused = send(admin, "achievements", DONE + done_by(siti))
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/2/indicator"]
    named = DONE.replace("pemeriksa", "aspek") + done_by(siti).replace("Kepala Bidang", "kualitas")
    assert counts(send(admin, "achievements", named)) == NOTHING | {"created": 1}


def test_presence_in_a_file_is_no_evidence(admin: Api, siti: Asn) -> None:
    send(admin, "plans", plans_of(siti))
    refused = send(admin, "achievements", DONE + done_by(siti).replace("https://arsip.go.id/1", "Absen apel pagi"))
    assert refused.json()["code"] == "attendance-is-no-output"
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/2/evidence"]


# Files of other systems


def test_headers_of_another_system_are_told_once(api: Api, admin: Api, siti: Asn) -> None:
    path, told = "/v1/performance/imports/plans/mapping", {"headers": {"Volume": "target", "Masa": "period"}}
    assert admin.put(path, told).json() == told
    assert api.as_(Role.OPD_OPERATOR, "DISDIK").get(path).json() == told
    assert api.as_(Role.OPD_HEAD, "DISDIK").put(path, told).status_code == 403
    assert admin.get("/v1/performance/imports/achievements/mapping").json() == {"headers": {}}
    file = plans_of(siti).replace("target,period", "Volume,Masa")
    assert counts(send(admin, "plans", file)) == NOTHING | {"created": 1}


def test_a_spreadsheet_is_read_too(admin: Api, siti: Asn) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["nip", "rhk", "indikator", "aspek", "satuan", "target", "periode"])
    book.active.append([siti.nip, "Warga terlayani", KTP, "Kuantitas", "dokumen", 12.5, date(2026, 11, 20)])
    kept = io.BytesIO()
    book.save(kept)
    assert counts(send(admin, "plans", kept.getvalue())) == NOTHING | {"created": 1}
    [rhk] = admin.get(address(siti, "/plans/2026")).json()["rhk"]
    assert rhk["indicators"][0]["targets"] == [{"period": "2026-11-20", "target": "12.5"}]


def test_a_file_without_its_columns_is_refused(admin: Api, siti: Asn) -> None:
    assert send(admin, "plans", "nip,rhk\n").json()["code"] == "columns-missing"


def test_statements_do_not_depend_on_the_number_of_rows(admin: Api, siti: Asn, make: Make, engine: AsyncEngine) -> None:
    people = [make.asn("DISDIK", f"Pegawai {number}") for number in range(42)]
    counted: list[str] = []

    def note(*arguments: Any) -> None:
        counted.append(arguments[2])

    def statements(kind: str, file: str) -> int:
        counted.clear()
        event.listen(engine.sync_engine, "before_cursor_execute", note)
        try:
            assert send(admin, kind, file).status_code == 201
        finally:
            event.remove(engine.sync_engine, "before_cursor_execute", note)
        return len(counted)

    few, many = people[:2], people[2:]
    assert statements("plans", plans_of(*few)) == statements("plans", plans_of(*many))
    done = [DONE + "".join(done_by(one, status="diterima") for one in some) for some in (few, many)]
    assert statements("achievements", done[0]) == statements("achievements", done[1])


def test_the_tables_in_force_say_what_the_file_says(admin: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    send(admin, "plans", plans_of(siti))
    send(admin, "achievements", DONE + done_by(siti, status="diterima"))
    [kept] = run(session.scalars(select(PerformanceTarget))).all()
    assert (kept.asn_id, kept.period, kept.weight, kept.state, kept.share) == (
        siti.id,
        "2026-10",
        40,
        "accepted",
        500_000,
    )
