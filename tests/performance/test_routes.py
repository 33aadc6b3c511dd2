"""Plans, achievements and what they come to, over HTTP."""

from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.core.principal import Grant, Role
from app.performance.models import PerformanceAchievement, PerformancePlan, PerformanceVerification
from app.registry.models import Asn, Assignment
from tests.client import Api
from tests.make import DAY, MONDAY, Make
from tests.performance.conftest import himself
from tests.performance.plans import KTP, QUEUE, achieve, address, agree, indicator, plan, report, set_plan

Run = Callable[[Coroutine[Any, Any, Any]], Any]
NEXT_MONTH = MONDAY + timedelta(days=10)
NOBODYS = "00000000-0000-0000-0000-000000000009"


def capaian(caller: Api, person: Asn, period: str = "2026-11") -> dict[str, Any]:
    answer = caller.get(address(person, f"?period={period}"))
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


# Plans


def test_a_plan_is_kept_and_read_back_whole(admin: Api, siti: Asn) -> None:
    body = plan(indicator(weight=40, m2026_11="100", m2026_Q4="250.5", m2026_11_23="5"))
    kept = set_plan(admin, siti, body)
    assert (kept.status_code, kept.headers["etag"]) == (200, '"1"')
    read = admin.get(address(siti, "/plans/2026")).json()
    assert read == kept.json()
    one = read["rhk"][0]["indicators"][0]
    assert read | {"at": None} == {
        "asn_id": str(siti.id),
        "year": 2026,
        "version": 1,
        "reason": None,
        "at": None,
        "by_name": "uji-admin",
        "rhk": [
            {
                "rhk": "Terlayaninya warga yang mengurus KTP",
                "supports": None,
                "theme": "digitalisation",
                "indicators": [
                    {
                        "id": one["id"],
                        "indicator": KTP,
                        "aspect": "quantity",
                        "unit": "dokumen",
                        "better": "higher",
                        "weight": 40,
                        "targets": [
                            {"period": "2026-11", "target": "100"},
                            {"period": "2026-11-23", "target": "5"},
                            {"period": "2026-Q4", "target": "250.5"},
                        ],
                    }
                ],
            }
        ],
    }


def test_the_plan_in_force_sent_again_changes_nothing(admin: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    body = plan(indicator(m2026_11="100"))
    set_plan(admin, siti, body)
    again = set_plan(admin, siti, plan(indicator(m2026_11="100.0")))
    assert (again.status_code, again.json()["version"]) == (200, 1)
    assert run(session.scalar(select(func.count()).select_from(PerformancePlan))) == 1


def test_another_plan_needs_its_version_and_a_reason_and_the_earlier_one_stays(admin: Api, siti: Asn) -> None:
    set_plan(admin, siti, plan(indicator(m2026_11="100")))
    other = plan(indicator(m2026_11="80"))
    assert set_plan(admin, siti, other).status_code == 428
    assert set_plan(admin, siti, other, 7).status_code == 412
    refused = set_plan(admin, siti, other, 1)
    assert (refused.status_code, refused.json()["code"]) == (422, "plan-change-needs-reason")
    changed = set_plan(admin, siti, other | {"reason": "Anggaran berubah"}, 1)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    versions = admin.get(address(siti, "/plans/2026/versions")).json()["items"]
    told = [(one["version"], one["reason"], one["rhk"][0]["indicators"][0]["targets"][0]["target"]) for one in versions]
    assert told == [(2, "Anggaran berubah", "80"), (1, None, "100")]


def test_an_indicator_worded_anew_keeps_its_achievements(admin: Api, siti: Asn) -> None:
    [one] = agree(admin, siti, indicator("Jumlah KTP terbti", m2026_10="10"))
    achieve(admin, admin, one, "2026-10", "10")
    worded = indicator("Jumlah KTP terbit", m2026_10="10") | {"id": one}
    assert set_plan(admin, siti, plan(worded, reason="Salah ketik"), 1).status_code == 200
    assert capaian(admin, siti, "2026-10")["capaian"]["percent"] == 100


def test_a_target_that_is_changed_is_judged_by_what_was_achieved(admin: Api, siti: Asn) -> None:
    [one] = agree(admin, siti, indicator(m2026_10="10"))
    achieve(admin, admin, one, "2026-10", "10")
    set_plan(admin, siti, plan(indicator(m2026_10="40"), reason="Target naik"), 1)
    assert capaian(admin, siti, "2026-10")["capaian"]["percent"] == 25


def test_what_is_dropped_from_a_plan_counts_no_longer_and_comes_back_with_its_achievement(
    admin: Api, siti: Asn
) -> None:
    first, second = agree(admin, siti, indicator(m2026_10="10"), indicator(QUEUE, m2026_10="10", m2026_09="1"))
    achieve(admin, admin, first, "2026-10", "10")
    achieve(admin, admin, second, "2026-10", "5")
    set_plan(admin, siti, plan(indicator(m2026_10="10"), reason="Dipindahkan"), 1)
    assert capaian(admin, siti, "2026-10")["capaian"]["percent"] == 100
    assert capaian(admin, siti, "2026-09")["missing"] == "no-target"
    set_plan(admin, siti, plan(indicator(m2026_10="10"), indicator(QUEUE, m2026_10="10"), reason="Kembali"), 2)
    assert capaian(admin, siti, "2026-10")["capaian"]["percent"] == 75


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        (plan(indicator("Mengikuti apel pagi")), "attendance-is-no-output", "/rhk/0/indicators/0/indicator"),
        (plan(indicator(m2025_11="1")), "plan-refused", "/rhk/0/indicators/0/targets/0/period"),
        (plan(indicator(), indicator()), "plan-refused", "/rhk/0/indicators/1/indicator"),
        (plan(indicator() | {"id": NOBODYS}), "plan-refused", "/rhk/0/indicators/0/id"),
        (plan(indicator(m2026_11="0")), "input-invalid", "/rhk/0/indicators/0"),
        (plan(indicator(m2026_11="-1")), "input-invalid", "/rhk/0/indicators/0/targets/0/target"),
        (plan(indicator(m2026_11="1.00001")), "input-invalid", "/rhk/0/indicators/0/targets/0/target"),
        (plan(indicator(m2026_02_30="1")), "input-invalid", "/rhk/0/indicators/0/targets/0/period"),
        (plan(indicator(weight=0)), "input-invalid", "/rhk/0/indicators/0/weight"),
    ],
    ids=[
        "an apel is no output",
        "another year's target",
        "one indicator twice",
        "nobody's indicator",
        "a target of nothing where more is better",
        "less than nothing",
        "finer than four decimals",
        "a day that does not exist",
        "no weight",
    ],
)
def test_a_plan_that_cannot_be_is_refused(admin: Api, siti: Asn, body: dict[str, Any], code: str, pointer: str) -> None:
    refused = set_plan(admin, siti, body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert admin.get(address(siti, "/plans/2026")).json()["version"] == 0


def test_less_than_nothing_may_be_agreed_where_less_is_better(admin: Api, siti: Asn) -> None:
    [one] = agree(admin, siti, indicator("Jumlah aduan", better="lower", m2026_10="0"))
    achieve(admin, admin, one, "2026-10", "0")
    assert capaian(admin, siti, "2026-10")["capaian"]["percent"] == 100


# Achievements


def test_an_achievement_counts_once_a_superior_accepted_it(api: Api, admin: Api, head: Api, siti: Asn) -> None:
    own = himself(api, siti)
    first, _ = agree(admin, siti, indicator(weight=30, m2026_10="100"), indicator(QUEUE, weight=70, m2026_10="10"))
    made = report(own, first, "2026-10", "50")
    assert made.status_code == 201
    [told] = made.json()["items"]
    assert told | {"at": None} == {
        "id": told["id"],
        "indicator_id": first,
        "asn_id": str(siti.id),
        "period": "2026-10",
        "version": 1,
        "actual": "50",
        "evidence": "https://arsip.go.id/1",
        "note": None,
        "by_name": "Siti Aminah",
        "at": None,
        "state": "waiting",
        "verification": None,
        "latest": True,
    }
    before = capaian(own, siti, "2026-10")
    # The other indicator's month is over and nothing was reported of it.
    assert before["capaian"] == {"numerator": 0, "denominator": 70, "excluded": {"waiting": 1}, "percent": 0}
    assert before["provisional"]
    verified = head.post(f"/v1/performance/achievements/{told['id']}/verify")
    assert (verified.status_code, verified.json()["state"]) == (200, "accepted")
    after = capaian(own, siti, "2026-10")
    assert after["capaian"] == {"numerator": 15, "denominator": 100, "excluded": {}, "percent": 15}
    assert not after["provisional"]


def test_the_answer_leads_from_the_number_to_its_evidence_in_two_calls(admin: Api, siti: Asn) -> None:
    [one] = agree(admin, siti, indicator(m2026_10="100"))
    made = achieve(admin, admin, one, "2026-10", "50")
    read = capaian(admin, siti, "2026-10")
    total, line = read["lines"]
    assert (total["rule"], line["rule"]) == ("output.capaian", "output.indicator")
    assert line["facts"]["percent"] == 50
    assert {"source", "verified", "base"} <= total["facts"].keys()
    [evidence] = line["evidence"]
    assert evidence == {"kind": "achievement", "id": made, "href": f"/v1/performance/achievements/{made}"}
    assert admin.get(evidence["href"]).json()["evidence"] == "https://arsip.go.id/1"
    [target] = read["indicators"][0]["targets"]
    assert (target["target"], target["actual"], target["percent"], target["standing"]) == ("100", "50", 50, "accepted")
    assert target["text"] == "Target 100 dokumen, realisasi 50; sudah diverifikasi."


def test_verifying_again_changes_nothing_and_a_new_version_is_verified_anew(
    admin: Api, head: Api, siti: Asn, session: AsyncSession, run: Run
) -> None:
    [one] = agree(admin, siti, indicator(m2026_10="100"))
    made = achieve(admin, head, one, "2026-10", "50")
    assert head.post(f"/v1/performance/achievements/{made}/verify").status_code == 200
    assert run(session.scalar(select(func.count()).select_from(PerformanceVerification))) == 1
    again = report(admin, one, "2026-10", "50").json()
    assert (again["created"], again["unchanged"], again["items"][0]["state"]) == (0, 1, "accepted")
    newer = report(admin, one, "2026-10", "60").json()["items"][0]
    assert (newer["version"], newer["state"]) == (2, "waiting")
    assert capaian(admin, siti, "2026-10")["missing"] == "nothing-settled"
    stale = head.post(f"/v1/performance/achievements/{made}/verify")
    assert (stale.status_code, stale.json()["code"]) == (409, "achievement-replaced")
    assert "2" in stale.json()["detail"]
    assert run(session.scalar(select(func.count()).select_from(PerformanceAchievement))) == 2


def test_what_is_returned_is_left_out_and_says_why(admin: Api, head: Api, siti: Asn) -> None:
    [one] = agree(admin, siti, indicator(m2026_10="100"))
    made = report(admin, one, "2026-10", "100").json()["items"][0]["id"]
    assert head.post(f"/v1/performance/achievements/{made}/return").status_code == 422
    returned = head.post(f"/v1/performance/achievements/{made}/return", {"reason": "Tautan tidak terbuka"})
    assert returned.json()["verification"]["reason"] == "Tautan tidak terbuka"
    assert capaian(admin, siti, "2026-10")["capaian"] == {
        "numerator": 0,
        "denominator": 0,
        "excluded": {"returned": 1},
        "percent": None,
    }
    assert head.post(f"/v1/performance/achievements/{made}/verify").json()["state"] == "accepted"


def test_nobody_verifies_their_own(api: Api, admin: Api, siti: Asn, make: Make) -> None:
    make.head("DISDIK", siti)
    heads_self = himself(api, siti, Grant(Role.OPD_HEAD, "DISDIK", frozenset({"DISDIK"})))
    [one] = agree(admin, siti, indicator(m2026_10="100"))
    made = report(heads_self, one, "2026-10", "100").json()["items"][0]["id"]
    for word, body in (("verify", None), ("return", {"reason": "uji"})):
        refused = heads_self.post(f"/v1/performance/achievements/{made}/{word}", body)
        assert (refused.status_code, refused.json()["code"]) == (403, "own-performance")
    assert heads_self.get("/v1/performance/achievements").json()["items"] == []
    assert [one["id"] for one in admin.get("/v1/performance/achievements").json()["items"]] == [made]


@pytest.mark.parametrize("role", [Role.OPD_OPERATOR, Role.INSPECTOR, Role.BUPATI, Role.KOMINFO, Role.READER])
def test_only_superiors_verify(api: Api, admin: Api, siti: Asn, role: Role) -> None:
    [one] = agree(admin, siti, indicator(m2026_10="100"))
    made = report(admin, one, "2026-10", "100").json()["items"][0]["id"]
    assert api.as_(role, "DISDIK").post(f"/v1/performance/achievements/{made}/verify").status_code == 403


def test_the_queue_is_of_the_own_reach_and_goes_on_page_by_page(api: Api, admin: Api, siti: Asn, budi: Asn) -> None:
    waiting = []
    for person in (siti, budi):
        [one] = agree(admin, person, indicator(m2026_10="100"))
        waiting.append(report(admin, one, "2026-10", "100").json()["items"][0]["id"])
    queue = "/v1/performance/achievements?limit=1"
    head = api.as_(Role.OPD_HEAD, "DISDIK")
    first = head.get(queue).json()
    second = head.get(f"{queue}&cursor={first['next_cursor']}").json()
    assert [page["items"][0]["id"] for page in (first, second)] == waiting
    assert second["next_cursor"] is None
    [item] = first["items"]
    assert item | {"at": None} == {
        "id": waiting[0],
        "asn_id": str(siti.id),
        "name": "Siti Aminah",
        "nip_masked": "*" * 14 + siti.nip[-4:],
        "opd_code": "DISDIK",
        "rhk": "Terlayaninya warga yang mengurus KTP",
        "indicator": KTP,
        "unit": "dokumen",
        "period": "2026-10",
        "target": "100",
        "actual": "100",
        "evidence": "https://arsip.go.id/1",
        "version": 1,
        "state": "waiting",
        "at": None,
        "href": f"/v1/performance/achievements/{waiting[0]}",
    }
    assert api.as_(Role.OPD_HEAD, "DINKES").get(queue).json()["items"] == []


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"period": "2026-09"}, "/items/0/period"),
        ({"period": "2026-12"}, "/items/0/period"),
        ({"indicator_id": NOBODYS}, "/items/0/indicator_id"),
    ],
    ids=["nothing agreed for the month", "the month has not begun", "nobody's indicator"],
)
def test_an_achievement_of_nothing_agreed_is_refused(admin: Api, siti: Asn, said: dict[str, str], pointer: str) -> None:
    [one] = agree(admin, siti, indicator(m2026_11="10", m2026_12="10"))
    refused = admin.post(
        "/v1/performance/achievements",
        {"items": [{"indicator_id": one, "period": "2026-11", "actual": 1, "evidence": "Arsip 1"} | said]},
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "achievements-refused")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


def test_presence_is_no_evidence_of_output(admin: Api, siti: Asn) -> None:
    [one] = agree(admin, siti, indicator(m2026_11="10"))
    refused = report(admin, one, "2026-11", "10", evidence="Hadir apel gabungan", note="Absen masuk kantor")
    assert (refused.status_code, refused.json()["code"]) == (422, "attendance-is-no-output")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/items/0/evidence", "/items/0/note"]
    assert refused.json()["errors"][0]["detail"] == "Ini kehadiran, bukan hasil kerja: tuliskan apa yang dihasilkan."


def test_a_batch_is_kept_whole_or_not_at_all(admin: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    [one] = agree(admin, siti, indicator(m2026_10="10", m2026_11="10"))
    said = {"indicator_id": one, "actual": 1, "evidence": "Arsip 1"}
    items = [said | {"period": "2026-10"}, said | {"period": "2026-09"}, said | {"period": "2026-10"}]
    assert admin.post("/v1/performance/achievements", {"items": items}).status_code == 422
    twice = admin.post("/v1/performance/achievements", {"items": [items[0], items[2]]})
    assert [error["pointer"] for error in twice.json()["errors"]] == ["/items/1"]
    assert run(session.scalar(select(func.count()).select_from(PerformanceAchievement))) == 0


def test_a_repeated_creation_answers_what_was_created(admin: Api, siti: Asn) -> None:
    [one] = agree(admin, siti, indicator(m2026_10="10"))
    body = {"items": [{"indicator_id": one, "period": "2026-10", "actual": 1, "evidence": "Arsip 1"}]}
    path, once = "/v1/performance/achievements", {"idempotency-key": "satu"}
    first, again = (admin.post(path, body, headers=once) for _ in range(2))
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"


# Who sees what


def test_another_opd_sees_and_writes_nothing_of_a_person(api: Api, admin: Api, siti: Asn) -> None:
    [one] = agree(admin, siti, indicator(m2026_10="10"))
    made = report(admin, one, "2026-10", "10").json()["items"][0]["id"]
    stranger = api.as_(Role.OPD_HEAD, "DINKES")
    for path in ("", "/days", "/plans/2026", "/plans/2026/versions", "/evaluations/2026-10"):
        assert stranger.get(address(siti, path)).status_code == 404, path
    assert set_plan(stranger, siti, plan(indicator()), 1).status_code == 404
    assert report(stranger, one, "2026-10", "11").status_code == 422
    assert stranger.get(f"/v1/performance/achievements/{made}").status_code == 404
    assert stranger.post(f"/v1/performance/achievements/{made}/verify").status_code == 404
    assert stranger.put(address(siti, "/evaluations/2026-10"), GOOD).status_code == 404
    assert stranger.get("/v1/performance/opd/DISDIK").status_code == 404
    assert admin.get(f"/v1/performance/achievements/{made}").json()["state"] == "waiting"


def test_a_civil_servant_sees_and_reports_the_own_output_alone(api: Api, admin: Api, siti: Asn, budi: Asn) -> None:
    [one] = agree(admin, siti, indicator(m2026_10="10"))
    stranger = himself(api, budi)
    assert stranger.get(address(siti)).status_code == 404
    assert report(stranger, one, "2026-10", "10").status_code == 422
    assert set_plan(himself(api, siti), siti, plan(indicator()), 1).status_code == 403
    assert report(himself(api, siti), one, "2026-10", "10").status_code == 201


def test_reads_and_writes_of_a_person_are_on_record(admin: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    [one] = agree(admin, siti, indicator(m2026_10="10"))
    achieve(admin, admin, one, "2026-10", "10")
    capaian(admin, siti)
    entries = list(run(session.scalars(select(AuditEntry).order_by(AuditEntry.id))))
    actions = ["performance.plan", "performance.report", "performance.verify", "performance.read"]
    assert [entry.action for entry in entries] == actions
    assert len({tuple(entry.subjects) for entry in entries}) == 1


# Periods


def test_a_longer_period_takes_in_the_shorter_ones_and_an_indicator_counts_once(
    api: Api, admin: Api, siti: Asn
) -> None:
    often, once = agree(
        admin,
        siti,
        indicator(weight=1, m2026_10="10", m2026_11="10", m2026_11_20="4"),
        indicator(QUEUE, weight=1, m2026_Q4="10"),
    )
    for period, actual in (("2026-10", "10"), ("2026-11", "5"), ("2026-11-20", "0")):
        achieve(admin, admin, often, period, actual)
    achieve(admin, admin, once, "2026-Q4", "10")
    percents = {code: capaian(admin, siti, code)["capaian"]["percent"] for code in ("2026-10", "2026-11")}
    # A month holds its own target and those of its days: (5/10 + 0) / 2.
    assert percents == {"2026-10": 100, "2026-11": 25}
    # The quarter holds its own and those of its months: ((1 + 1/2 + 0) / 3 + 1) / 2.
    for code in ("2026-Q4", "2026"):
        assert capaian(admin, siti, code)["capaian"] == {
            "numerator": 1.5,
            "denominator": 2,
            "excluded": {},
            "percent": 75,
        }


def test_what_is_not_reported_is_pending_until_its_period_is_over_and_zero_after(api: Api, siti: Asn) -> None:
    agree(api.as_(Role.ADMIN), siti, indicator(m2026_11="10"))
    running = capaian(api.as_(Role.ADMIN), siti)
    assert (running["capaian"]["percent"], running["capaian"]["excluded"]) == (None, {"pending": 1})
    assert running["missing"] == "nothing-settled"
    over = capaian(api.as_(Role.ADMIN).at(NEXT_MONTH), siti)
    assert over["capaian"] == {"numerator": 0, "denominator": 1, "excluded": {}, "percent": 0}


def test_a_period_of_leave_counts_for_nothing_even_when_it_is_confirmed_late(
    api: Api, admin: Api, siti: Asn, make: Make
) -> None:
    agree(admin, siti, indicator(m2026_11_20="10", m2026_10="10"))
    assert capaian(admin, siti)["capaian"]["percent"] == 0
    make.absence(siti, "CS", from_date=date(2026, 9, 28), to_date=date(2026, 11, 20))
    assert capaian(admin, siti)["capaian"]["excluded"] == {"excused": 1}
    assert capaian(admin, siti, "2026-Q4")["missing"] == "excused"


def test_who_had_left_before_a_target_was_due_did_not_miss_it(admin: Api, siti: Asn, make: Make) -> None:
    leaver = make.asn("DISDIK", "Pensiun", to_date=date(2026, 11, 23))
    [one] = agree(admin, leaver, indicator(m2026_11="10", m2026_11_20="4", m2026_11_19="4"))
    achieve(admin, admin, one, "2026-11-19", "4")
    later = admin.at(NEXT_MONTH)
    assert capaian(later, leaver)["capaian"] == {
        "numerator": 0.5,
        "denominator": 1,
        "excluded": {"excused": 1},
        "percent": 50,
    }


@pytest.mark.parametrize("code", ["WFA", "DL", "DD", "SF"])
def test_working_elsewhere_or_on_shift_excuses_from_nothing(admin: Api, siti: Asn, make: Make, code: str) -> None:
    agree(admin, siti, indicator(m2026_11_20="10"))
    make.absence(siti, code, from_date=date(2026, 11, 20), to_date=date(2026, 11, 20))
    assert capaian(admin, siti)["capaian"]["percent"] == 0


# Days


def test_days_tell_the_place_and_count_the_output(api: Api, admin: Api, siti: Asn, make: Make) -> None:
    [one] = agree(admin, siti, indicator(m2026_11_18="5", m2026_11_19="5", m2026_11_20="5"))
    make.absence(siti, "WFA", from_date=date(2026, 11, 18), to_date=date(2026, 11, 18))
    file = f"nip,tanggal,masuk,pulang,keterangan\n{siti.nip},2026-11-20,07:31,16:00,\n"
    sent = admin.post("/v1/workdays/imports", files={"file": ("absen.csv", file)}, data={"source": "SIKEREN"})
    assert admin.post(f"/v1/workdays/imports/{sent.json()['id']}/apply").status_code == 200
    achieve(admin, admin, one, "2026-11-18", "5")
    achieve(admin, admin, one, "2026-11-19", "2")
    read = admin.get(address(siti, "/days?from=2026-11-17&to=2026-11-23")).json()
    told = [(item["day"], item["place"], item["verdict"], item["capaian"]["percent"]) for item in read["items"]]
    assert told == [
        ("2026-11-17", "unknown", "no-target", None),
        ("2026-11-18", "wfa", "full", 100),
        ("2026-11-19", "unknown", "partial", 40),
        ("2026-11-20", "at-work", "none", 0),
        ("2026-11-23", "unknown", "no-target", None),
    ]
    assert read["items"][3]["text"] == "Ada target hari ini dan tidak ada hasilnya; kehadiran saja bukan hasil kerja."


def test_an_illness_is_told_to_nobody_outside(api: Api, admin: Api, siti: Asn, make: Make) -> None:
    agree(admin, siti, indicator(m2026_11_20="5"))
    make.absence(siti, "CS", from_date=date(2026, 11, 20), to_date=date(2026, 11, 20))
    path = address(siti, "/days?from=2026-11-20&to=2026-11-20")
    for caller, place in (
        (admin, "cs"),
        (himself(api, siti), "cs"),
        (api.as_(Role.OPD_HEAD, "DISDIK"), "cs"),
        (api.as_(Role.BUPATI), "excused"),
    ):
        [item] = caller.get(path).json()["items"]
        assert (item["place"], item["verdict"]) == (place, "excused")


@pytest.mark.parametrize("query", ["from=2026-11-24&to=2026-11-23", "from=2020-01-01&to=2026-11-23"])
def test_a_span_of_days_has_bounds(admin: Api, siti: Asn, query: str) -> None:
    refused = admin.get(address(siti, f"/days?{query}"))
    assert (refused.status_code, refused.json()["code"]) == (422, "output-span-invalid")


# OPDs and themes


def test_an_opd_is_the_average_of_those_who_are_known(api: Api, admin: Api, siti: Asn, budi: Asn, make: Make) -> None:
    make.asn("DISDIK", "Tanpa Target")
    small, big = (
        agree(admin, siti, indicator(weight=1, m2026_10="10"))[0],
        agree(admin, budi, indicator(weight=100, m2026_10="10"))[0],
    )
    achieve(admin, admin, small, "2026-10", "10")
    achieve(admin, admin, big, "2026-10", "5")
    path = "/v1/performance/opd/DISDIK?period=2026-10"
    read = admin.get(path).json()
    assert {name: read[name] for name in ("people", "known", "missing", "provisional", "capaian")} == {
        "people": 3,
        "known": 2,
        "missing": 1,
        "provisional": 0,
        "capaian": {"numerator": 1.5, "denominator": 2, "excluded": {"missing": 1}, "percent": 75},
    }
    told = [(item["name"], item["capaian"]["percent"], item["missing"]) for item in read["items"]]
    assert told == [("Siti Aminah", 100, None), ("Budi Santoso", 50, None), ("Tanpa Target", None, "no-target")]
    machine = api.as_(Role.READER).get(path).json()
    assert machine == read | {"items": []}


def test_a_target_counts_where_the_person_served_when_it_was_due(admin: Api, siti: Asn, make: Make) -> None:
    mover = make.asn("DISDIK", "Pindah", to_date=date(2026, 10, 15))
    make.add(_serves(mover, "DINKES", date(2026, 10, 16)))
    [one] = agree(admin, mover, indicator(m2026_10_15="10", m2026_10="10"))
    achieve(admin, admin, one, "2026-10-15", "10")
    achieve(admin, admin, one, "2026-10", "5")
    percents = {
        code: admin.get(f"/v1/performance/opd/{code}?period=2026-10").json()["capaian"]["percent"]
        for code in ("DISDIK", "DINKES")
    }
    assert percents == {"DISDIK": 100, "DINKES": 50}
    here = admin.get("/v1/performance/opd/DISDIK?period=2026-10").json()["items"]
    assert [(item["name"], item["capaian"]["percent"]) for item in here] == [("Siti Aminah", None), ("Pindah", 100)]


def _serves(person: Asn, opd_code: str, since: date) -> Any:
    return Assignment(
        asn_id=person.id, opd_code=opd_code, position="Pelaksana", work_pattern="5", apel_duty=True, from_date=since
    )


def test_themes_tell_counts_and_nobody(api: Api, admin: Api, siti: Asn, budi: Asn) -> None:
    first, _ = agree(admin, siti, indicator(m2026_10="10"), indicator(QUEUE, m2026_10="10"))
    achieve(admin, admin, first, "2026-10", "10")
    set_plan(admin, budi, plan(indicator(m2026_10="10")) | {"rhk": [_untagged()]})
    read = api.as_(Role.READER).get("/v1/performance/themes?period=2026-10").json()
    figure = {"outputs": 2, "people": 1, "provisional": 0}
    share = {"numerator": 0.5, "denominator": 1, "excluded": {}, "percent": 50}
    assert read["period"] == "2026-10"
    assert [item["theme"] for item in read["items"]] == ["poverty", "investment", "digitalisation", "presidential"]
    assert read["items"][2] == figure | {
        "theme": "digitalisation",
        "name": "Digitalisasi penyelenggaraan pemerintahan",
        "opds": 1,
        "capaian": share,
        "by_opd": [figure | {"opd_code": "DISDIK", "capaian": share}],
    }
    assert read["items"][0]["people"] == 0
    assert api.as_(Role.OPD_HEAD, "DINKES").get("/v1/performance/themes?period=2026-10").json()["items"][2]["opds"] == 0


def _untagged() -> dict[str, Any]:
    rhk: dict[str, Any] = plan(indicator(m2026_10="10"))["rhk"][0]
    return rhk | {"theme": None}


# Evaluations

GOOD = {"results": "meets", "behaviour": "above"}


def test_a_superior_evaluates_and_the_predikat_follows(head: Api, siti: Asn) -> None:
    path = address(siti, "/evaluations/2026-10")
    kept = head.put(path, GOOD | {"note": "Tekun"})
    assert (kept.status_code, kept.headers["etag"]) == (200, '"1"')
    read = kept.json()
    assert read["current"] | {"at": None} == {
        "version": 1,
        "results": "meets",
        "behaviour": "above",
        "note": "Tekun",
        "basis": read["proposal"],
        "reason": None,
        "by_name": "uji-opd_head",
        "at": None,
        "predikat": "baik",
        "predikat_text": "Baik",
    }
    assert (read["version"], read["earlier"], read["source"]) == (1, [], "PermenPANRB 6/2022")
    assert head.get(path).json() == read
    assert head.put(path, GOOD | {"note": "Tekun"}).json()["version"] == 1


def test_another_evaluation_needs_its_version_and_a_reason_and_the_earlier_one_stays(head: Api, siti: Asn) -> None:
    path, worse = address(siti, "/evaluations/2026-Q3"), {"results": "below", "behaviour": "meets"}
    head.put(path, GOOD)
    assert head.put(path, worse).status_code == 428
    tag = {"if-match": '"1"'}
    assert head.put(path, worse, headers=tag).json()["code"] == "evaluation-change-needs-reason"
    changed = head.put(path, worse | {"reason": "Bukti baru"}, headers=tag).json()
    assert (changed["version"], changed["current"]["predikat"]) == (2, "butuh_perbaikan")
    assert [(one["version"], one["predikat"]) for one in changed["earlier"]] == [(1, "baik")]


def test_results_are_proposed_from_the_capaian_once_it_is_settled(admin: Api, head: Api, siti: Asn) -> None:
    path = address(siti, "/evaluations/2026-10")
    assert head.get(path).json()["proposal"] | {"policy": ""} == {
        "policy": "",
        "results": None,
        "behaviour": None,
        "predikat": None,
        "predikat_text": None,
        "capaian": {"numerator": 0, "denominator": 0, "excluded": {}, "percent": None},
        "provisional": False,
        "missing": "no-target",
    }
    [one] = agree(admin, siti, indicator(m2026_10="100"))
    made = report(admin, one, "2026-10", "95").json()["items"][0]["id"]
    assert head.get(path).json()["proposal"]["results"] is None
    head.post(f"/v1/performance/achievements/{made}/verify")
    assert head.get(path).json()["proposal"]["results"] == "meets"
    assert head.put(path, GOOD).json()["current"]["basis"]["capaian"]["percent"] == 95
    achieve(admin, admin, one, "2026-10", "80")
    later = head.get(path).json()
    assert later["proposal"]["results"] == "below"
    assert later["current"]["basis"]["results"] == "meets"


def test_behaviour_is_proposed_from_the_assessment_and_both_make_a_predikat(admin: Api, head: Api, siti: Asn) -> None:
    [one] = agree(admin, siti, indicator(m2026_10="100"))
    achieve(admin, head, one, "2026-10", "95")
    path = address(siti, "/evaluations/2026-10")
    assert head.get(path).json()["proposal"]["behaviour"] is None
    values = admin.get("/v1/behaviour/values").json()["items"]
    ratings = {value["guides"][0]["code"]: "below" for value in values}
    assert admin.put(f"/v1/behaviour/asn/{siti.id}/assessments/2026-10", {"ratings": ratings}).status_code == 201
    proposal = head.get(path).json()["proposal"]
    assert (proposal["results"], proposal["behaviour"], proposal["predikat"]) == ("meets", "below", "kurang")


def test_nobody_evaluates_themselves_or_what_has_not_begun(api: Api, siti: Asn, head: Api) -> None:
    heads_self = himself(api, siti, Grant(Role.OPD_HEAD, "DISDIK", frozenset({"DISDIK"})))
    refused = heads_self.put(address(siti, "/evaluations/2026-10"), GOOD)
    assert (refused.status_code, refused.json()["code"]) == (403, "own-performance")
    assert heads_self.get(address(siti, "/evaluations/2026-10")).json()["version"] == 0
    early = head.put(address(siti, "/evaluations/2026-12"), GOOD)
    assert (early.status_code, early.json()["code"]) == (409, "evaluation-too-early")


def test_a_day_is_no_period_of_evaluation(head: Api, siti: Asn) -> None:
    assert head.put(address(siti, f"/evaluations/{DAY}"), GOOD).status_code == 422
