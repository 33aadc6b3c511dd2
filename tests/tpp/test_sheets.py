"""Sheets over HTTP: calculated, contested, signed, frozen, corrected; and who sees whose money."""

from datetime import date, time
from typing import Any
from uuid import uuid4

from app.core.principal import Grant, Principal, Role
from tests.client import Api
from tests.make import MONDAY, NOBODY, Make
from tests.tpp.conftest import ABSENT_ON, AFTER, LATE_ON, TABLE, WORKED, Month, days, policy, read, refused

SOURCE = {"source": "CONTOH: Perbup Bulukumba", "verified": False}


def cuts(line: dict[str, Any]) -> list[tuple[str, str | None, float]]:
    return [(cut["rule"], cut["facts"].get("day"), cut["percent"]) for cut in line["calculation"]["lines"]]


def test_a_line_says_which_rule_cut_what_of_which_base_and_on_which_fact_it_rests(november: Month) -> None:
    sheet = november.sheet()
    lines = november.lines(sheet)
    budi = lines["Budi Santoso"]["calculation"]
    assert (budi["percent"], budi["rate"], budi["amount"]) == (1.2, 4_000_000, 48_000)
    [absent, apel] = budi["lines"]
    [record] = absent.pop("evidence")
    assert absent == {
        "rule": "tpp.absent",
        "policy": sheet["policy"],
        "text": "Tidak masuk kerja tanpa alasan sah pada 2026-11-23: 3 %.",
        "facts": {"code": "TK", "day": "2026-11-23", "table": "3", "base": "discipline", "discipline_percent": "40"}
        | SOURCE,
        "percent": 3.0,
        "amount": None,
    }
    assert record["kind"] == "workday"
    assert record["href"] == f"/v1/workdays/asn/{november.budi.id}/days?from=2026-11-23&to=2026-11-23"
    assert (apel["percent"], apel["facts"]["table"], apel["evidence"][0]["kind"]) == (0.0, "2", "mark")
    assert apel["text"].endswith("Hari itu sudah dipotong seharian, jadi yang dihitung hanya selisihnya.")
    assert cuts(lines["Siti Aminah"]) == [("tpp.late", "2026-11-24", 1.0)]
    assert lines["Siti Aminah"]["calculation"]["amount"] == 20_000


def test_every_deduction_leads_to_its_rule_and_to_its_fact_in_one_call_each(november: Month) -> None:
    admin = november.as_(Role.ADMIN)
    policies = {item["label"]: item["document"]["tpp"] for item in read(admin.get("/v1/policies"))["items"]}
    cuts = [cut for line in november.lines(november.sheet()).values() for cut in line["calculation"]["lines"]]
    assert {cut["rule"] for cut in cuts} == {"tpp.absent", "tpp.apel", "tpp.late"}
    for cut in cuts:
        assert [table["source"] for table in policies[cut["policy"]]] == [cut["facts"]["source"]]
        for link in cut["evidence"]:
            found = admin.get(link["href"])
            assert (found.status_code, link["id"] in found.text) == (200, True), link


def test_nobody_is_judged_by_another_employment_types_table(november: Month) -> None:
    sheet = november.sheet()
    rina = november.lines(sheet)["Rina Wati"]["calculation"]
    assert (rina["rule_set"], rina["percent"], rina["amount"], rina["lines"]) == (False, None, None, [])
    assert rina["note"].startswith("Belum ada tabel TPP untuk PPPK")
    assert sheet["totals"] == {"people": 3, "cut": 2, "without_rules": 1, "without_rate": 1, "amount": 68_000}


def test_a_draft_follows_the_facts(november: Month) -> None:
    sheet = november.sheet()
    november.make.absence(november.budi, "CT", from_date=ABSENT_ON, to_date=ABSENT_ON)
    assert cuts(november.lines(sheet)["Budi Santoso"]) == [("tpp.apel", "2026-11-23", 2.0)]
    again = november.sheet()
    assert (again["id"], again["version"] > sheet["version"]) == (sheet["id"], True)


def test_the_steps_of_a_sheet_come_in_their_order_and_each_when_it_may(november: Month) -> None:
    sheet = november.sheet()
    until = AFTER + days(3)  # 1 December is a Tuesday: the third working day after it is Friday the 4th
    assert refused(november.step(sheet, "sign", Role.OPD_HEAD, AFTER)) == (409, "sheet-not-ready")
    assert refused(november.step(sheet, "publish", Role.ADMIN, AFTER - days(1))) == (409, "tpp-month-not-over")
    published = read(november.step(sheet, "publish", Role.ADMIN, AFTER))
    assert (published["state"], published["objections_until"]) == ("published", "2026-12-04")
    assert read(november.step(sheet, "publish", Role.ADMIN, AFTER)) == published

    complaint = {"reason": "Saya cuti, suratnya menyusul."}
    assert refused(november.person(november.siti, until + days(1)).post(*objection(sheet, complaint))) == (
        409,
        "objection-window-closed",
    )
    said = read(november.person(november.budi, until).post(*objection(sheet, complaint)), 201)
    assert read(november.person(november.budi, until).post(*objection(sheet, complaint)), 201) == said
    assert refused(november.step(sheet, "sign", Role.OPD_HEAD, until)) == (409, "objection-window-open")
    later = until + days(1)
    assert refused(november.step(sheet, "sign", Role.OPD_HEAD, later)) == (409, "objections-open")
    answer = {"outcome": "accepted", "note": "Surat cuti diterima."}
    path = f"/v1/tpp/objections/{said['id']}/answer"
    head = Principal(uuid4(), "Budi", (Grant(Role.OPD_HEAD, "DISDIK", frozenset({"DISDIK"})),), november.budi.id)
    assert refused(november.api.by(head).at(later).post(path, answer)) == (403, "own-mark")
    assert read(november.as_(Role.ADMIN, later).post(path, answer))["outcome"] == "accepted"
    assert refused(november.as_(Role.ADMIN, later).post(path, answer | {"outcome": "rejected"})) == (
        409,
        "objection-answered",
    )

    november.make.absence(november.budi, "CT", from_date=ABSENT_ON, to_date=ABSENT_ON)
    assert refused(november.step(sheet, "sign", Role.OPD_HEAD, later)) == (409, "sheet-moved")
    anew = read(november.step(sheet, "publish", Role.ADMIN, later))
    assert anew["objections_until"] == "2026-12-09"  # 5 December is a Saturday
    after = later + days(7)
    assert refused(november.step(sheet, "sign", Role.OPD_HEAD, after)) == (428, "version-required")
    assert refused(november.step(sheet, "sign", Role.OPD_HEAD, after, headers={"if-match": '"1"'})) == (
        412,
        "version-mismatch",
    )
    assert november.step(sheet, "sign", Role.ADMIN, after).status_code == 403
    assert refused(november.step(sheet, "freeze", Role.ADMIN, after)) == (409, "sheet-not-ready")
    tag = {"if-match": f'"{anew["version"]}"'}
    signed = read(november.step(sheet, "sign", Role.OPD_HEAD, after, headers=tag))
    tag = {"if-match": f'"{signed["version"]}"'}
    frozen = read(november.step(sheet, "freeze", Role.ADMIN, after, headers=tag))
    assert (frozen["state"], frozen["signed_by"], frozen["frozen_by"]) == ("frozen", "uji-opd_head", "uji-admin")
    assert read(november.step(sheet, "freeze", Role.ADMIN, after)) == frozen


def objection(sheet: dict[str, Any], body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return f"/v1/tpp/sheets/{sheet['id']}/objections", body


def freeze(november: Month, sheet: dict[str, Any]) -> dict[str, Any]:
    """The sheet, through all its steps."""
    after = AFTER + days(10)
    published = read(november.step(sheet, "publish", Role.ADMIN, AFTER))
    tag = {"if-match": f'"{published["version"]}"'}
    signed = read(november.step(sheet, "sign", Role.OPD_HEAD, after, headers=tag))
    tag = {"if-match": f'"{signed["version"]}"'}
    return read(november.step(sheet, "freeze", Role.ADMIN, after, headers=tag))


def test_what_turns_out_after_freezing_goes_to_a_correction_with_its_repayment(november: Month) -> None:
    sheet = freeze(november, november.sheet())
    after = AFTER + days(20)
    correct = {"json": {"month": "2026-12"}}
    assert refused(november.step(sheet, "correction", Role.ADMIN, after, **correct)) == (409, "nothing-to-correct")
    assert refused(november.step(sheet, "correction", Role.ADMIN, after, json={"month": "2026-11"})) == (
        409,
        "correction-too-early",
    )
    before = november.lines(sheet)
    november.make.absence(november.budi, "CT", from_date=ABSENT_ON, to_date=ABSENT_ON)
    november.day(november.siti, LATE_ON, time(9, 30), WORKED[1], "TK")  # the system contradicts itself: unknown
    assert november.lines(sheet) == before

    made = read(november.step(sheet, "correction", Role.ADMIN, after, **correct), 201)
    assert (made["kind"], made["corrects"], made["month"]) == ("correction", sheet["id"], "2026-12")
    assert read(november.step(sheet, "correction", Role.ADMIN, after, **correct), 200)["id"] == made["id"]
    items = read(november.as_(Role.ADMIN, after).get("/v1/tpp/corrections"))["items"]
    told = {item["name"]: (item["before"], item["after"], item["repayment"]) for item in items}
    assert told == {
        "Budi Santoso": ({"percent": 1.2, "amount": 48_000}, {"percent": 0.8, "amount": 32_000}, 16_000),
        "Siti Aminah": ({"percent": 0.4, "amount": 20_000}, {"percent": 0.0, "amount": 0}, 20_000),
    }
    assert {item["corrected_month"] for item in items} == {"2026-11"}

    settled = AFTER + days(40)
    published = read(november.step(made, "publish", Role.ADMIN, after))
    tag = {"if-match": f'"{published["version"]}"'}
    signed = read(november.step(made, "sign", Role.OPD_HEAD, settled, headers=tag))
    read(november.step(made, "freeze", Role.ADMIN, settled, headers={"if-match": f'"{signed["version"]}"'}))
    assert refused(november.step(sheet, "correction", Role.ADMIN, settled, json={"month": "2027-01"})) == (
        409,
        "nothing-to-correct",
    )
    own = read(november.person(november.budi, settled).get(f"/v1/tpp/asn/{november.budi.id}?year=2026"))["items"]
    assert [(item["month"], item["kind"], item["repayment"]) for item in own] == [
        ("2026-12", "correction", 16_000),
        ("2026-11", "regular", None),
    ]


def test_a_policy_on_trial_computes_and_cuts_nothing(november: Month) -> None:
    assert refused(november.as_(Role.ADMIN).post("/v1/tpp/sheets", trial_body())) == (409, "no-trial-policy")
    dearer = TABLE | {"absent_day": 8}
    off = dict.fromkeys(("activated_by", "activated_by_name", "activated_at"))
    tried = {"trial_by": NOBODY, "trial_by_name": "uji", "trial_at": MONDAY + days(1)}
    november.make.add(policy(dearer, version=3, **off, **tried))
    sheet = november.sheet(trial=True)
    assert november.lines(sheet)["Budi Santoso"]["calculation"]["percent"] == 3.2
    assert november.lines(november.sheet())["Budi Santoso"]["calculation"]["percent"] == 1.2
    assert refused(november.step(sheet, "publish", Role.ADMIN, AFTER)) == (409, "trial-cuts-nothing")


def trial_body() -> dict[str, Any]:
    return {"opd_code": "DISDIK", "month": "2026-11", "trial": True}


def test_without_a_table_nothing_is_calculated(api: Api, make: Make) -> None:
    make.opd("DISDIK")
    make.opd("SDN1", parent_code="DISDIK", reports="part")
    admin = api.as_(Role.ADMIN).at(AFTER)
    body = {"opd_code": "DISDIK", "month": "2026-11"}
    assert refused(admin.post("/v1/tpp/sheets", body)) == (409, "no-tpp-rules")
    assert refused(admin.post("/v1/tpp/sheets", body | {"opd_code": "SDN1"})) == (409, "unit-keeps-no-sheet")


def test_december_closes_early_and_january_takes_the_rest(november: Month) -> None:
    for day in (date(2026, 12, 21), date(2027, 1, 4)):
        november.day(november.siti, day, None, None, "TK")
    december, january = november.sheet("2026-12"), november.sheet("2027-01")
    assert [(one["from"], one["to"]) for one in (december, january)] == [
        ("2026-12-01", "2026-12-20"),
        ("2026-12-21", "2027-01-31"),
    ]
    at = AFTER + days(90)
    assert cuts(november.lines(december, at)["Siti Aminah"]) == []
    assert [day for _, day, _ in cuts(november.lines(january, at)["Siti Aminah"])] == ["2026-12-21", "2027-01-04"]


def test_money_is_nobody_elses_business(november: Month) -> None:
    for role in (Role.BUPATI, Role.KOMINFO, Role.OPD_OPERATOR, Role.READER, Role.ADAPTER, Role.SCREEN):
        for path in ("/v1/tpp/sheets", "/v1/tpp/corrections", f"/v1/tpp/asn/{november.budi.id}"):
            assert november.as_(role).get(path).status_code == 403


def test_a_head_and_a_person_see_their_own_and_no_other(november: Month) -> None:
    sheet = november.sheet()
    path = f"/v1/tpp/sheets/{sheet['id']}"
    stranger = november.as_(Role.OPD_HEAD, opd_code="DINKES")
    for hidden in (path, f"{path}/lines", f"{path}/objections", f"/v1/tpp/asn/{november.budi.id}"):
        assert stranger.get(hidden).status_code == 404
    assert read(stranger.get("/v1/tpp/sheets"))["items"] == []
    assert stranger.post(f"{path}/publish").status_code == 404
    assert stranger.post("/v1/tpp/sheets", {"opd_code": "DISDIK", "month": "2026-11"}).status_code == 404
    head = november.as_(Role.OPD_HEAD)
    assert read(head.get(f"{path}/lines"))["items"][0]["nip"] is not None
    assert read(november.as_(Role.INSPECTOR).get(f"{path}/lines"))["items"][0]["nip"] is None

    mine, other = f"/v1/tpp/asn/{november.budi.id}?year=2026", f"/v1/tpp/asn/{november.siti.id}?year=2026"
    budi = november.person(november.budi)
    assert read(budi.get(mine))["items"] == []  # a draft is nobody's yet
    read(november.step(sheet, "publish", Role.ADMIN, AFTER))
    [own] = read(november.person(november.budi).get(mine))["items"]
    assert (own["calculation"]["amount"], own["objections_href"]) == (48_000, f"{path}/objections")
    assert budi.get(other).status_code == 404
    unpaid = november.make.asn("DINKES", "Orang Lain")
    assert november.person(unpaid).post(f"{path}/objections", {"reason": "x"}).status_code == 404


RATES = "NIP;TPP;TMT\n{0};4.500.000;2026-02-01\n{1};Rp 3.750.000,00;1/2/2026\n"


def test_rates_are_loaded_whole_or_not_at_all_and_twice_changes_nothing(november: Month) -> None:
    def load(content: str) -> Any:
        return november.as_(Role.ADMIN).post("/v1/tpp/rates", files={"file": ("tpp.csv", content.encode())})

    good = RATES.format(november.siti.nip, november.budi.nip)
    wrong = load(good + "198001012005011009;4500,5;2026-02-01\n")
    assert refused(wrong) == (422, "rate-file-refused")
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/4/amount"]
    twice = load(good + f"{november.siti.nip};1;2026-02-01\n")
    assert [error["pointer"] for error in twice.json()["errors"]] == ["/4/nip"]
    assert read(load(good)) == {"rows": 2, "loaded": 2, "unchanged": 0}
    assert read(load(good)) == {"rows": 2, "loaded": 0, "unchanged": 2}
    assert read(load(good.replace("4.500.000", "4600000"))) == {"rows": 2, "loaded": 1, "unchanged": 1}
    rates = {name: line["calculation"]["rate"] for name, line in november.lines(november.sheet()).items()}
    assert rates == {"Siti Aminah": 4_600_000, "Budi Santoso": 3_750_000, "Rina Wati": None}


def test_frozen_months_are_known_to_whoever_would_change_their_rules(november: Month, run: Any) -> None:
    from app.tpp.queries import last_frozen_day

    async def ask() -> Any:
        return await last_frozen_day(november.make.session)

    sheet = november.sheet()
    assert run(ask()) is None
    freeze(november, sheet)
    assert run(ask()) == date(2026, 11, 30)
