"""Rooms are drawn after the deadline, somebody counts heads, and the difference is a finding that costs accuracy."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.attendance.head_counts import find_in_count
from app.attendance.models import Mark
from app.attendance.spot_checks import draw_due
from app.audit.models import AuditEntry
from app.core.db import OpenSession
from app.core.principal import Role
from app.evidence.models import SpotCount, SpotDraw
from app.evidence.spot_rules import CountMethod, HeadCount, RoomClaim, draw_units
from app.policies.rules import SpotCheckRules
from tests.client import Api
from tests.make import MONDAY, Make
from tests.monday import DUE, NUMBER, Story, claim

Run = Callable[[Coroutine[Any, Any, Any]], Any]
RULES = SpotCheckRules(automatic=True, units=5, tolerance_people=1, tolerance_percent=5)
DEADLINE = MONDAY + timedelta(minutes=60)
ROOMS = ("BKPSDM", "DINKES", "DISDIK")


@pytest.fixture
def story(api: Api, make: Make) -> Story:
    """Three OPDs report twenty people in their room (two of them civil servants), a fourth has all of its people
    elsewhere, a fifth says nothing."""
    for code in (*ROOMS, "DPMD", "SETDA"):
        make.opd(code)
    told = Story(api, make.apel(zoom_meeting_ids=[NUMBER]))
    told.starts()
    for code in ROOMS:
        make.asn(code)
        make.asn(code)
        told.joins(f"[{code}] Ruang")
        told.reports(code, claim(2, 2) | {"others": 18})
    told.reports("DPMD", claim(3, 0, wfa=3))
    told.ends()
    return told


def draw(story: Story, body: Any = None, *, role: Role = Role.INSPECTOR, at: Any = DUE) -> Any:
    return story.api.as_(role).at(at).post(story.path("spot-checks"), body)


def drawn(story: Story, **body: Any) -> dict[str, dict[str, Any]]:
    """The checks of a draw of all rooms, by OPD."""
    answer = draw(story, body or None)
    assert answer.status_code == 201, answer.text
    return {check["opd_code"]: check for check in answer.json()["checks"]}


def count(story: Story, check: dict[str, Any], heads: int, method: str = "camera", **more: Any) -> dict[str, Any]:
    inspector = story.api.as_(Role.INSPECTOR).at(more.pop("at", DUE))
    answer = inspector.post(f"/v1/spot-checks/{check['id']}/count", {"heads": heads, "method": method} | more)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def heads_found(story: Story) -> list[dict[str, Any]]:
    findings = story.api.as_(Role.ADMIN).at(DUE).get(story.path("findings")).json()["items"]
    return [finding for finding in findings if finding["code"].startswith("head-count")]


def row_of(story: Story, opd_code: str) -> dict[str, Any]:
    return next(row for row in story.board()["opd"] if row["opd_code"] == opd_code)


def accuracy(story: Story, opd_code: str) -> dict[str, Any]:
    scores = story.api.as_(Role.ADMIN).at(DUE).get(story.path("scores")).json()
    (row,) = (row for row in scores["opd"] if row["opd_code"] == opd_code)
    (line,) = (line for line in row["lines"] if line["rule"] == "accuracy")
    found: dict[str, Any] = line
    return found


@pytest.mark.parametrize(
    ("claimed", "heads", "code"),
    [
        pytest.param(20, 20, "head-count-agrees", id="as reported"),
        pytest.param(20, 19, "head-count-agrees", id="one fewer may be behind a column"),
        pytest.param(20, 21, "head-count-agrees", id="one more may have come in"),
        pytest.param(20, 18, "head-count-differs", id="two fewer"),
        pytest.param(20, 22, "head-count-differs", id="two more"),
        pytest.param(100, 95, "head-count-agrees", id="five of a hundred"),
        pytest.param(100, 94, "head-count-differs", id="six of a hundred"),
        pytest.param(59, 56, "head-count-differs", id="a share is rounded down"),
        pytest.param(2, 0, "head-count-differs", id="an empty room"),
        pytest.param(1, 0, "head-count-agrees", id="one person gone out for a moment"),
    ],
)
def test_what_is_still_an_agreeing_count(claimed: int, heads: int, code: str) -> None:
    claims = RoomClaim(claimed, 0, UUID(int=1), 1)
    found, grade, facts = find_in_count(
        HeadCount(UUID(int=2), UUID(int=3), claims, heads, CountMethod.CAMERA, DUE), RULES
    )
    assert (found, grade) == (code, "suspicious" if code.endswith("differs") else "ok")
    assert (facts["difference"], facts["claimed"]) == (heads - claimed, claimed)


def test_a_draw_tells_seed_and_pool_and_whom_each_room_was_claimed_to_hold(story: Story) -> None:
    answer = draw(story, {"units": 2, "seed": "saksi-7"})
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body == {
        "id": body["id"],
        "automatic": False,
        "seed": "saksi-7",
        "pool": list(ROOMS),
        "units": 2,
        "by": "uji-inspector",
        "at": "2026-11-23T00:31:00Z",
        "checks": body["checks"],
    }
    assert [check["opd_code"] for check in body["checks"]] == draw_units("saksi-7", ROOMS, 2)
    check = body["checks"][0]
    assert check == {
        "id": check["id"],
        "opd_code": check["opd_code"],
        "claimed": 20,
        "wfo": 2,
        "others": 18,
        "report_version_id": check["report_version_id"],
        "report_version": 1,
        "tolerance": 1,
        "state": "waiting",
        "difference": None,
        "counts": [],
    }
    listed = story.api.as_(Role.ADMIN).get(story.path("spot-checks")).json()
    assert listed == {"items": [body], "next_cursor": None}


def test_no_room_is_drawn_twice_for_an_apel(story: Story) -> None:
    first, second = draw(story, {"units": 2}).json(), draw(story).json()
    assert set(second["pool"]) == set(ROOMS) - {check["opd_code"] for check in first["checks"]}
    assert (len(second["seed"]), second["units"], len(second["checks"])) == (32, 5, 1)
    nothing = draw(story)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-to-draw")


def test_a_draw_or_count_whose_answer_was_lost_is_made_once(story: Story, make: Make, run: Run) -> None:
    inspector, key = story.api.as_(Role.INSPECTOR).at(DUE), {"idempotency-key": "k1"}
    first, again = (inspector.post(story.path("spot-checks"), {"units": 1}, headers=key) for _ in range(2))
    assert (again.status_code, again.json()) == (201, first.json())
    path = f"/v1/spot-checks/{first.json()['checks'][0]['id']}/count"
    body = {"heads": 20, "method": "camera"}
    counted, twice = (inspector.post(path, body, headers=key) for _ in range(2))
    assert (twice.status_code, twice.json()) == (201, counted.json())
    assert run(make.session.scalar(select(func.count()).select_from(SpotCount))) == 1


def test_nothing_is_drawn_before_the_deadline_or_after_the_end(story: Story) -> None:
    early = draw(story, at=DEADLINE - timedelta(seconds=1))
    assert (early.status_code, early.json()["code"]) == (409, "draw-too-early")
    assert "08.30" in early.json()["detail"]
    checks = drawn(story)
    story.api.as_(Role.ADMIN).at(DUE).post(story.path("finalize"))
    assert draw(story).json()["code"] == "apel-final"
    late = story.api.as_(Role.INSPECTOR).post(
        f"/v1/spot-checks/{checks['DISDIK']['id']}/count", {"heads": 1, "method": "camera"}
    )
    assert (late.status_code, late.json()["code"]) == (409, "apel-final")


def test_a_count_that_differs_costs_accuracy_until_it_is_explained(story: Story) -> None:
    checks = drawn(story)
    assert (accuracy(story, "DISDIK")["points"], row_of(story, "DISDIK")["light"]) == (20.0, "green")
    counted = count(story, checks["DISDIK"], 15, note="Kamera penuh")
    assert (counted["state"], counted["difference"]) == ("differs", -5)
    (finding,) = heads_found(story)
    assert (finding["code"], finding["grade"], finding["opd_code"]) == ("head-count-differs", "suspicious", "DISDIK")
    assert finding["text"] == ("Dihitung 15 orang di ruang, dilaporkan 20 (pegawai 2, lainnya 18); selisih wajar 1.")
    line = accuracy(story, "DISDIK")
    assert (line["points"], line["facts"]["costs"]) == (15.0, {"head-count-differs": 5})
    assert finding["id"] in [one["id"] for one in line["evidence"]]
    row = row_of(story, "DISDIK")
    assert (row["light"], [reason["code"] for reason in row["reasons"]]) == ("yellow", ["finding-suspicious"])
    why = story.api.as_(Role.BUPATI).at(DUE).get(story.path("board/DISDIK")).json()
    assert [one["text"] for one in why["findings"] if one["code"] == "head-count-differs"] == [finding["text"]]
    note = {"outcome": "explained", "note": "Lima orang bertugas di pintu"}
    head = story.api.as_(Role.OPD_HEAD, "DISDIK").at(DUE).post(f"/v1/findings/{finding['id']}/resolve", note)
    assert (head.status_code, head.json()["code"]) == (403, "count-not-yours")
    assert story.api.as_(Role.ADMIN).at(DUE).post(f"/v1/findings/{finding['id']}/resolve", note).status_code == 200
    assert (accuracy(story, "DISDIK")["points"], row_of(story, "DISDIK")["light"]) == (20.0, "green")


def test_an_agreeing_count_is_told_and_costs_nothing(story: Story) -> None:
    counted = count(story, drawn(story)["DINKES"], 20, "on_site")
    assert (counted["state"], counted["difference"]) == ("agrees", 0)
    (finding,) = heads_found(story)
    assert (finding["code"], finding["grade"]) == ("head-count-agrees", "ok")
    assert (accuracy(story, "DINKES")["points"], row_of(story, "DINKES")["light"]) == (20.0, "green")
    why = story.api.as_(Role.BUPATI).at(DUE).get(story.path("board/DINKES")).json()
    assert [one["text"] for one in why["findings"]] == ["Dihitung 20 orang di ruang, sesuai laporan (20)."]


def test_counted_again_the_latest_counts_all_stay_and_an_explanation_is_of_one_count(story: Story) -> None:
    check = drawn(story)["DISDIK"]
    count(story, check, 15)
    (first,) = heads_found(story)
    note = {"outcome": "dismissed", "note": "Kamera tertutup"}
    story.api.as_(Role.ADMIN).at(DUE).post(f"/v1/findings/{first['id']}/resolve", note)
    again = count(story, check, 12, "on_site", at=DUE + timedelta(minutes=1))
    assert [(one["heads"], one["method"], one["by"]) for one in again["counts"]] == [
        (12, "on_site", "uji-inspector"),
        (15, "camera", "uji-inspector"),
    ]
    (second,) = heads_found(story)
    assert (second["state"], second["facts"]["heads"], second["facts"]["method"]) == ("open", 12, "on_site")
    assert second["id"] != first["id"]
    assert count(story, check, 20, at=DUE + timedelta(minutes=2))["state"] == "agrees"
    assert [finding["code"] for finding in heads_found(story)] == ["head-count-agrees"]


def test_a_report_amended_after_the_draw_takes_no_difference_away(story: Story) -> None:
    check = drawn(story)["DISDIK"]
    count(story, check, 15)
    amended = claim(2, 2) | {"others": 13, "reason": "Salah hitung"}
    operator = story.api.as_(Role.OPD_OPERATOR, "DISDIK").at(DUE)
    answer = operator.put(story.path("reports/DISDIK"), amended, headers={"if-match": '"1"'})
    assert answer.status_code == 200, answer.text
    (finding,) = heads_found(story)
    assert (finding["code"], finding["facts"]["claimed"]) == ("head-count-differs", 20)


def test_a_count_marks_nobody(story: Story, make: Make, run: Run) -> None:
    make.asn("SETDA", "Siti Aminah")
    story.marks()
    marks = select(Mark.asn_id, Mark.status, Mark.mode, Mark.reason).order_by(Mark.id)

    async def read() -> list[Any]:
        return [tuple(row) for row in await make.session.execute(marks)]

    before = run(read())
    count(story, drawn(story)["DISDIK"], 0)
    story.marks()
    assert before
    assert run(read()) == before


def test_a_part_stands_in_a_room_of_its_own(story: Story, make: Make) -> None:
    """The school's thirty are not in the hall of the Dinas, whose camera sees twenty."""
    make.opd("SMP1", parent_code="DISDIK", reports="part")
    story.reports("SMP1", claim(30, 30))
    assert (drawn(story)["DISDIK"]["claimed"], sorted(drawn_codes(story))) == (20, sorted(ROOMS))


def drawn_codes(story: Story) -> list[str]:
    items = story.api.as_(Role.ADMIN).get(story.path("spot-checks")).json()["items"]
    return [check["opd_code"] for item in items for check in item["checks"]]


def test_the_service_draws_once_by_itself_after_the_deadline(
    story: Story, make: Make, run: Run, sessions: OpenSession
) -> None:
    for at, draws in ((DEADLINE - timedelta(seconds=1), 0), (DEADLINE, 1), (DUE, 1)):
        run(draw_due(sessions, lambda at=at: at))  # type: ignore[misc]
        assert run(make.session.scalar(select(func.count()).select_from(SpotDraw))) == draws
    (item,) = story.api.as_(Role.KOMINFO).at(DUE).get(story.path("spot-checks")).json()["items"]
    assert (item["automatic"], item["by"], item["units"], item["pool"]) == (True, "system", 5, list(ROOMS))
    assert [check["opd_code"] for check in item["checks"]] == draw_units(item["seed"], ROOMS, 5)


def test_nothing_is_drawn_by_itself_for_a_rehearsal_a_final_apel_or_empty_rooms(
    make: Make, api: Api, run: Run, sessions: OpenSession
) -> None:
    make.opd("DISDIK")
    for rehearsal in (True, False):
        told = Story(api, make.apel(rehearsal=rehearsal))
        told.reports("DISDIK", claim(5, 5))
        if not rehearsal:
            assert api.as_(Role.ADMIN).at(DUE + timedelta(hours=1)).post(told.path("finalize")).status_code == 200
    Story(api, make.apel(MONDAY + timedelta(hours=1))).reports("DISDIK", claim(5, 0, wfa=5))
    run(draw_due(sessions, lambda: DUE + timedelta(hours=2)))
    assert run(make.session.scalar(select(func.count()).select_from(SpotDraw))) == 0


def test_draws_and_counts_are_on_record(story: Story, make: Make, run: Run) -> None:
    check = drawn(story)["DISDIK"]
    count(story, check, 20)

    async def read() -> list[AuditEntry]:
        wanted = AuditEntry.action.in_(("evidence.draw-spot-checks", "evidence.count-heads"))
        return list(await make.session.scalars(select(AuditEntry).where(wanted).order_by(AuditEntry.id)))

    draws, counts = run(read())
    assert draws.detail == {"apel_id": str(story.apel.id), "automatic": False, "drawn": list(ROOMS)}
    assert (counts.target, counts.detail) == (
        check["id"],
        {"apel_id": str(story.apel.id), "opd_code": "DISDIK", "heads": 20, "method": "camera"},
    )


@pytest.mark.parametrize("role", Role)
def test_who_draws_counts_and_reads(story: Story, make: Make, run: Run, role: Role) -> None:
    checks = {Role.KOMINFO, Role.INSPECTOR}
    assert draw(story, role=role).status_code == (201 if role in checks else 403)
    nowhere = f"/v1/spot-checks/{UUID(int=1)}/count"
    answer = story.api.as_(role).post(nowhere, {"heads": 1, "method": "camera"})
    assert answer.status_code == (404 if role in checks else 403)
    read = story.api.as_(role).get(story.path("spot-checks")).status_code
    assert read == (200 if role in {*checks, Role.ADMIN} else 403)
    assert run(make.session.scalar(select(func.count()).select_from(SpotCount))) == 0
