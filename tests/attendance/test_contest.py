"""A mark is contested by the person and corrected by two of the personnel office; what stood before stays visible."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from app.attendance.contest_reading import read_marks_of
from app.core.principal import Grant, Principal, Role
from app.registry.models import Asn
from tests.client import Api
from tests.make import DAY, MONDAY, Make
from tests.monday import DUE, NUMBER, Story, claim, naming

LETTER = {"number": "ST 090/12", "date": DAY.isoformat()}
PRESENT = {"status": "H", "mode": "wfa", "reason": "Hadir di UPTD, daftar hadir terlampir", "document": LETTER}
DAYS = timedelta(days=1)


class Case:
    """Tuti is TK by her OPD's report, Budi is at the office; two of the personnel office, and Tuti herself."""

    def __init__(self, story: Story, make: Make, api: Api) -> None:
        self.story, self.api = story, api
        self.tuti = make.asn(name="Tuti Tanpa", nip="198501012010012006")
        self.budi = make.asn(name="Budi Hasan", nip="198601012010011002")
        story.starts()
        story.joins("[DISDIK] Ruang Apel")
        story.ends()
        story.reports("DISDIK", naming(claim(2, 1, unexplained=1), (self.tuti, "TK", None)))
        story.marks()
        self.first, self.second = (api.as_(Role.ADMIN) for _ in range(2))

    def himself(self, person: Asn) -> Api:
        return self.api.by(Principal(uuid4(), person.name, (Grant(Role.ASN, None, frozenset()),), asn_id=person.id))

    @property
    def mark(self) -> str:
        return f"/v1/attendance/{self.story.marks()['Tuti Tanpa']['mark_id']}"

    def mark_at(self, at: datetime) -> str:
        return f"/v1/attendance/{self.story.marks(at)['Tuti Tanpa']['mark_id']}"

    def finalize(self) -> None:
        assert self.first.at(DUE).post(self.story.path("finalize")).status_code == 200
        self.story.marks()

    def propose(self, **changed: Any) -> dict[str, Any]:
        answer = self.first.at(DUE).post(f"{self.mark}/correct", PRESENT | changed)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def correct(self, **changed: Any) -> None:
        path = f"/v1/attendance/corrections/{self.propose(**changed)['id']}/confirm"
        assert self.second.at(DUE).post(path).status_code == 200

    def derived(self) -> dict[str, Any]:
        """Everything concluded and scored about the apel, without its revision."""
        board = self.story.board()
        scores = self.first.at(DUE).get(self.story.path("scores")).json()
        return {
            "marks": self.story.marks(),
            "findings": self.first.at(DUE).get(self.story.path("findings")).json(),
            "totals": board["totals"],
            "opd": board["opd"],
            "scores": scores["opd"],
        }


@pytest.fixture
def case(api: Api, make: Make) -> Case:
    make.opd("DISDIK")
    return Case(Story(api, make.apel(zoom_meeting_ids=[NUMBER])), make, api)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_correction_changes_nothing_until_another_person_confirms_it(case: Case) -> None:
    case.finalize()
    before = case.derived()
    made = case.propose()
    assert {name: made[name] for name in ("state", "was", "status", "mode", "document", "closed_by")} == {
        "state": "waiting",
        "was": {"status": "TK", "mode": None, "reason": "reported-unexplained"},
        "status": "H",
        "mode": "wfa",
        "document": {"number": "ST 090/12", "date": DAY.isoformat()},
        "closed_by": None,
    }
    assert case.derived() == before
    path = f"/v1/attendance/corrections/{made['id']}/confirm"
    assert refusal(case.first.at(DUE).post(path)) == (403, "needs-another")
    assert case.derived() == before
    waiting = case.second.at(DUE).get("/v1/attendance/corrections?state=waiting").json()["items"]
    assert [item["id"] for item in waiting] == [made["id"]]
    confirmed = case.second.at(DUE).post(path)
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
    assert case.second.at(DUE).post(path).json() == confirmed.json()
    assert case.second.at(DUE).get("/v1/attendance/corrections?state=waiting").json()["items"] == []


def test_a_correction_of_a_final_apel_moves_that_mark_and_its_figures_alone(case: Case) -> None:
    case.finalize()
    before = case.derived()
    case.correct()
    after = case.derived()
    mark = after["marks"].pop("Tuti Tanpa")
    assert (mark["status"], mark["mode"], mark["reason"]) == ("H", "wfa", "corrected")
    assert mark["uncorrected"] == {"status": "TK", "mode": None, "reason": "reported-unexplained"}
    assert mark["basis"]["claim"]["status"] == "TK"
    assert mark["year"]["apel_tk"] == 0
    before["marks"].pop("Tuti Tanpa")
    assert after["marks"] == before["marks"]
    assert after["findings"] == before["findings"]
    assert (before["totals"]["unexplained"], after["totals"]["unexplained"]) == (1, 0)
    assert (before["opd"][0]["figures"]["strength"], after["opd"][0]["figures"]["strength"]) == (2, 2)
    assert [line["points"] for line in after["scores"][0]["lines"]][1:] == [
        line["points"] for line in before["scores"][0]["lines"]
    ][1:]
    assert after["scores"][0]["points"] > before["scores"][0]["points"]
    board = case.story.board()
    assert (board["apel"]["state"], board["apel"]["provisional"]) == ("final", False)


def test_a_mark_tells_what_counts_what_the_facts_say_and_all_that_was_said(case: Case) -> None:
    case.finalize()
    own = case.himself(case.tuti).at(DUE)
    objected = own.post(f"{case.mark}/objections", {"reason": "Saya di UPTD", "status": "H", "document": LETTER})
    assert objected.status_code == 201, objected.text
    answer = {"outcome": "accepted", "note": "Daftar hadir UPTD cocok", "mode": "wfa"}
    path = f"/v1/attendance/objections/{objected.json()['id']}/answer"
    answered = case.first.at(DUE + DAYS).post(path, answer)
    assert (answered.status_code, answered.json()["state"]) == (200, "accepted")
    [waiting] = case.second.at(DUE + DAYS).get("/v1/attendance/corrections").json()["items"]
    assert (waiting["objection_id"], waiting["status"]) == (objected.json()["id"], "H")
    case.second.at(DUE + DAYS).post(f"/v1/attendance/corrections/{waiting['id']}/confirm")
    told = own.at(DUE + DAYS).get(case.mark).json()
    assert (told["status"], told["mode"], told["reason"], told["final"]) == ("H", "wfa", "corrected", True)
    assert told["concluded"] == {"status": "TK", "mode": None, "reason": "reported-unexplained"}
    assert told["correction_id"] == waiting["id"]
    assert [(one["state"], one["reason"], one["against"]["status"]) for one in told["objections"]] == [
        ("accepted", "Saya di UPTD", "TK")
    ]
    assert [(one["outcome"], one["note"]) for one in told["objections"][0]["answers"]] == [
        ("accepted", "Daftar hadir UPTD cocok")
    ]
    assert [(one["state"], one["was"]["status"], one["status"]) for one in told["corrections"]] == [
        ("confirmed", "TK", "H")
    ]
    assert told["contest"] == {
        "open": True,
        "bar": None,
        "until": "2026-12-01",
        "days": 5,
        "policy": told["contest"]["policy"],
        "rule": "mark_objections",
        "source": told["contest"]["source"],
        "verified": False,
        "code": None,
        "href": f"{case.mark}/objections",
    }
    office = case.first.at(DUE + DAYS).get(case.mark).json()
    assert [link["kind"] for link in office["evidence"]] == ["mark", "report_version"]
    for link in office["evidence"]:
        shown = case.first.at(DUE + DAYS).get(link["href"])
        assert (shown.status_code, link["id"] in shown.text) == (200, True)


def test_an_objection_is_heard_until_the_fifth_working_day_after_final(case: Case) -> None:
    own, body = case.himself(case.tuti), {"reason": "Saya hadir"}
    mark = case.mark
    assert own.at(DUE).get(mark).json()["contest"] | {"policy": "", "source": ""} == {
        "open": True, "bar": None, "until": None, "days": 5, "policy": "", "rule": "mark_objections", "source": "",
        "verified": False, "code": None, "href": f"{mark}/objections"}  # fmt: skip
    case.finalize()
    late = own.at(DUE + 8 * DAYS).post(f"{mark}/objections", body)
    assert refusal(late) == (409, "objection-too-late")
    assert "2026-11-30" in late.json()["detail"]
    in_time = own.at(DUE + 7 * DAYS).post(f"{mark}/objections", body)
    assert (in_time.status_code, in_time.json()["answer_by"]) == (201, "2026-12-07")
    again = own.at(DUE + 8 * DAYS).post(f"{mark}/objections", body)
    assert (again.status_code, again.json()["id"]) == (200, in_time.json()["id"])
    other = own.at(DUE + 8 * DAYS).post(f"{mark}/objections", {"reason": "Lain"})
    assert refusal(other) == (409, "objection-open")
    queue = "/v1/attendance/objections?state=open"
    overdue = [
        case.api.as_(Role.INSPECTOR).at(at).get(queue).json()["items"][0]["overdue"]
        for at in (DUE + 14 * DAYS, DUE + 15 * DAYS)
    ]
    assert overdue == [False, True]


def test_a_rejected_objection_ends_it_until_the_mark_moves(case: Case) -> None:
    case.finalize()
    own, body = case.himself(case.tuti).at(DUE), {"reason": "Saya hadir"}
    path = f"/v1/attendance/objections/{own.post(f'{case.mark}/objections', body).json()['id']}/answer"
    asked_too_much = case.first.at(DUE).post(path, {"outcome": "rejected", "note": "Tidak ada bukti", "status": "H"})
    assert refusal(asked_too_much) == (422, "correction-not-asked")
    rejected = case.first.at(DUE).post(path, {"outcome": "rejected", "note": "Tidak ada bukti"})
    assert (rejected.status_code, rejected.json()["state"]) == (200, "rejected")
    assert refusal(case.second.at(DUE).post(path, {"outcome": "rejected", "note": "Lain"})) == (
        409,
        "mark-objection-answered",
    )
    assert refusal(own.post(f"{case.mark}/objections", body)) == (409, "mark-objection-answered")
    case.correct(status="I", mode=None)
    assert own.post(f"{case.mark}/objections", body).status_code == 201


def test_an_accepted_objection_is_open_again_when_its_correction_is_withdrawn(case: Case) -> None:
    case.finalize()
    own = case.himself(case.tuti).at(DUE)
    objection = own.post(f"{case.mark}/objections", {"reason": "Saya hadir"}).json()
    path = f"/v1/attendance/objections/{objection['id']}/answer"
    assert refusal(case.first.at(DUE).post(path, {"outcome": "accepted", "note": "Benar"})) == (
        422,
        "correction-needed",
    )
    accepted = {"outcome": "accepted", "note": "Benar", "status": "H", "document": LETTER}
    assert case.first.at(DUE).post(path, accepted).json()["state"] == "accepted"
    assert case.first.at(DUE).post(path, accepted).status_code == 200
    [waiting] = case.first.at(DUE).get("/v1/attendance/corrections").json()["items"]
    withdraw = f"/v1/attendance/corrections/{waiting['id']}/withdraw"
    assert case.second.at(DUE).post(withdraw, {"reason": "Suratnya milik orang lain"}).json()["state"] == "withdrawn"
    confirm = case.second.at(DUE).post(f"/v1/attendance/corrections/{waiting['id']}/confirm")
    assert refusal(confirm) == (409, "correction-closed")
    states = [
        len(case.first.at(DUE).get(f"/v1/attendance/objections?state={state}").json()["items"])
        for state in ("open", "accepted", "rejected")
    ]
    assert states == [1, 0, 0]
    assert case.story.marks()["Tuti Tanpa"]["status"] == "TK"


def test_a_correction_proposed_against_another_mark_is_not_confirmed(case: Case) -> None:
    """Her leave is confirmed meanwhile: the second person must not turn the leave into a presence unseen."""
    case.finalize()
    made = case.propose()
    leave = {"asn_id": str(case.tuti.id), "code": "CT", "from": DAY.isoformat(), "to": DAY.isoformat()}
    assert case.first.at(DUE).post("/v1/absences", leave | {"state": "confirmed"}).status_code == 201
    path = f"/v1/attendance/corrections/{made['id']}/confirm"
    assert refusal(case.second.at(DUE).post(path)) == (409, "mark-moved")
    assert case.story.marks()["Tuti Tanpa"]["status"] == "CT"


def test_leave_that_is_shortened_after_final_can_be_contested_from_that_day(case: Case) -> None:
    leave = {"asn_id": str(case.tuti.id), "code": "CT", "from": "2026-11-20", "to": DAY.isoformat()}
    made = case.first.at(DUE).post("/v1/absences", leave | {"state": "confirmed"})
    case.finalize()
    assert case.story.marks()["Tuti Tanpa"]["status"] == "CT"
    later = DUE + 20 * DAYS
    tag = {"if-match": made.headers["etag"]}
    path = f"/v1/absences/{made.json()['id']}"
    assert case.first.at(later).patch(path, {"to": "2026-11-22"}, headers=tag).status_code == 200
    own = case.himself(case.tuti)
    told = own.at(later).get(case.mark_at(later)).json()
    assert (told["status"], told["contest"]["until"], told["contest"]["open"]) == ("TK", "2026-12-18", True)
    assert [(move["was"]["status"], move["became"]["status"]) for move in told["moves"]] == [("CT", "TK")]


def test_marks_of_a_person_are_told_in_a_number_of_statements_that_does_not_grow(
    case: Case, make: Make, run: Callable[..., Any], sessions: Any, engine: Any
) -> None:
    case.finalize()
    case.correct()
    himself = Principal(uuid4(), "tuti", (Grant(Role.ASN, None, frozenset()),), asn_id=case.tuti.id)

    async def told() -> list[Any]:
        async with sessions.begin() as session:
            return await read_marks_of(session, himself, case.tuti.id, DAY, DAY + 30 * DAYS, at=DUE)

    def counted() -> tuple[int, int]:
        seen: list[str] = []

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            seen.append(statement)

        event.listen(engine.sync_engine, "before_cursor_execute", note)
        try:
            marks = run(told())
        finally:
            event.remove(engine.sync_engine, "before_cursor_execute", note)
        return len(marks), len(seen)

    counted()  # seeds the calendar
    one = counted()
    for week in (1, 2):
        later = Story(case.api, make.apel(MONDAY + 7 * week * DAYS))
        at = DUE + 7 * week * DAYS
        later.marks(at)
        case.first.at(at + DAYS / 12).post(later.path("close"))
        assert case.first.at(at + DAYS / 12).post(later.path("finalize")).status_code == 200
        later.marks(at + DAYS / 12)
    three = counted()
    assert (one[0], three[0]) == (1, 3)
    assert three[1] == one[1]


def test_one_correction_waits_at_a_time_and_says_something_else(case: Case) -> None:
    path, made = f"{case.mark}/correct", case.propose()
    again = case.first.at(DUE).post(path, PRESENT)
    assert (again.status_code, again.json()["id"]) == (200, made["id"])
    assert refusal(case.second.at(DUE).post(path, PRESENT)) == (409, "correction-waiting")
    budi = f"/v1/attendance/{case.story.marks()['Budi Hasan']['mark_id']}/correct"
    assert refusal(case.first.at(DUE).post(budi, PRESENT | {"mode": "wfo"})) == (409, "mark-already-so")
    assert refusal(case.first.at(DUE).post(budi, PRESENT | {"status": "CT"})) == (422, "mode-not-asked")


def test_a_correction_can_be_corrected_and_all_of_them_stay(case: Case) -> None:
    case.finalize()
    case.correct()
    case.correct(status="TK", mode=None)
    told = case.first.at(DUE).get(case.mark).json()
    assert (told["status"], told["reason"], told["concluded"]["reason"]) == ("TK", "corrected", "reported-unexplained")
    assert [(one["was"]["status"], one["status"]) for one in told["corrections"]] == [("H", "TK"), ("TK", "H")]
    assert [(one["was"]["status"], one["became"]["status"]) for one in told["moves"]] == [("H", "TK"), ("TK", "H")]


def test_nothing_is_contested_or_corrected_before_it_is_concluded(api: Api, make: Make) -> None:
    make.opd("DISDIK")
    story = Story(api, make.apel(zoom_meeting_ids=[NUMBER]))
    siti = make.asn(name="Siti Aminah")
    story.starts()
    mark = story.marks(MONDAY + timedelta(minutes=5))["Siti Aminah"]["mark_id"]
    himself = Principal(uuid4(), "siti", (Grant(Role.ASN, None, frozenset()),), asn_id=siti.id)
    path = f"/v1/attendance/{mark}"
    assert refusal(api.by(himself).post(f"{path}/objections", {"reason": "Saya hadir"})) == (409, "mark-pending")
    assert refusal(api.as_(Role.ADMIN).post(f"{path}/correct", PRESENT)) == (409, "mark-pending")
    assert api.by(himself).get(path).json()["contest"]["bar"] == "pending"


def test_nobody_decides_about_the_own_mark_nor_is_their_own_second_person(case: Case) -> None:
    grants = (Grant(Role.ADMIN, None, None),)
    tuti = case.api.by(Principal(uuid4(), "tuti", grants, asn_id=case.tuti.id)).at(DUE)
    assert refusal(tuti.post(f"{case.mark}/correct", PRESENT)) == (403, "own-mark")
    made = case.propose()
    assert refusal(tuti.post(f"/v1/attendance/corrections/{made['id']}/confirm")) == (403, "own-mark")
    objected = case.himself(case.tuti).at(DUE).post(f"{case.mark}/objections", {"reason": "Saya hadir"}).json()
    answer = {"outcome": "rejected", "note": "Tidak"}
    assert refusal(tuti.post(f"/v1/attendance/objections/{objected['id']}/answer", answer)) == (403, "own-mark")
    case.second.at(DUE).post(f"/v1/attendance/corrections/{made['id']}/withdraw", {"reason": "Ulang"})
    two_accounts = [case.api.by(Principal(uuid4(), "andi", grants, asn_id=case.budi.id)).at(DUE) for _ in range(2)]
    again = two_accounts[0].post(f"{case.mark}/correct", PRESENT).json()
    path = f"/v1/attendance/corrections/{again['id']}/confirm"
    assert refusal(two_accounts[1].post(path)) == (403, "needs-another")


def test_a_person_contests_and_reads_the_own_marks_alone(case: Case) -> None:
    mark = case.mark
    stranger = case.himself(case.budi).at(DUE)
    assert refusal(stranger.get(mark)) == (404, "mark-not-found")
    assert refusal(stranger.post(f"{mark}/objections", {"reason": "Bukan saya"})) == (404, "mark-not-found")
    own = case.himself(case.tuti).at(DUE)
    days = own.get(f"/v1/asn/{case.tuti.id}/attendance").json()["items"]
    assert [(day["mark_id"], day["status"]) for day in days] == [(mark.rsplit("/", 1)[1], "TK")]
    assert refusal(own.get(f"/v1/asn/{case.budi.id}/attendance")) == (404, "person-not-found")
    head = case.api.as_(Role.OPD_HEAD, "DINKES").at(DUE)
    assert refusal(head.get(mark)) == (404, "mark-not-found")
    assert refusal(case.api.as_(Role.ADMIN).at(DUE).get(f"/v1/attendance/{UUID(int=7)}")) == (404, "mark-not-found")


def test_an_illness_that_corrects_a_mark_is_told_to_nobody_outside(case: Case) -> None:
    own = case.himself(case.tuti).at(DUE)
    own.post(f"{case.mark}/objections", {"reason": "Opname", "status": "S", "document": LETTER})
    case.correct(status="S", mode=None, reason="Surat dokter")
    bupati = case.api.as_(Role.BUPATI).at(DUE).get(case.mark).json()
    assert (bupati["status"], bupati["corrections"][0]["status"], bupati["objections"][0]["status"]) == (
        ("excused",) * 3
    )
    told = [bupati["corrections"][0][name] for name in ("reason", "document")] + [bupati["objections"][0]["reason"]]
    assert told == [None, None, None]
    for role, opd_code in ((Role.ADMIN, None), (Role.OPD_HEAD, "DISDIK")):
        seen = case.api.as_(role, opd_code).at(DUE).get(case.mark).json()
        assert (seen["status"], seen["corrections"][0]["reason"]) == ("S", "Surat dokter")


def test_the_queues_are_read_within_reach(case: Case) -> None:
    case.himself(case.tuti).at(DUE).post(f"{case.mark}/objections", {"reason": "Saya hadir"})
    case.propose()
    for path in ("objections", "corrections"):
        seen = {
            opd_code: len(case.api.as_(Role.OPD_HEAD, opd_code).at(DUE).get(f"/v1/attendance/{path}").json()["items"])
            for opd_code in ("DISDIK", "DINKES")
        }
        assert seen == {"DISDIK": 1, "DINKES": 0}
        assert case.api.as_(Role.BUPATI).at(DUE).get(f"/v1/attendance/{path}").status_code == 403
        asked = case.first.at(DUE).get(f"/v1/attendance/{path}?opd_code=DINKES").json()
        assert asked == {"items": [], "next_cursor": None}


def test_what_is_done_to_a_mark_is_on_the_audit_record(case: Case) -> None:
    case.himself(case.tuti).at(DUE).post(f"{case.mark}/objections", {"reason": "Saya hadir"})
    case.correct()
    acts = {item["action"] for item in case.api.as_(Role.INSPECTOR).at(DUE).get("/v1/audit").json()["items"]}
    assert acts >= {"attendance.object", "attendance.correct", "attendance.confirm-correction"}


assert date(2026, 11, 30).isoweekday() == 1
