"""Whatever a mark is corrected from and to, the figures of its unit still add up and count everybody once."""

from datetime import timedelta
from typing import Any

import pytest

from app.core.principal import Role
from tests.client import Api
from tests.make import DAY, MONDAY, Make
from tests.monday import Story, claim, naming

AT = MONDAY + timedelta(hours=3)
LETTER = {"number": "1", "date": DAY.isoformat()}
CODES = ("TK", "H", "NR")


@pytest.fixture
def story(api: Api, make: Make) -> Story:
    """DISDIK names its people in every way, DINKES is silent, DISHUB gives counts only."""
    for code in ("DISDIK", "DINKES", "DISHUB"):
        make.opd(code)
    make.asn(name="Rest")
    named = make.asn(name="Named TK")
    leave = make.asn(name="Named CT")
    make.asn(name="No Duty", apel_duty=False)
    shift = make.asn(name="On Shift")
    make.absence(shift, "SF")
    make.asn("DINKES", "Silent")
    make.asn("DISHUB", "Counted")
    told = Story(api, make.apel())
    body = naming(claim(4, 2, unexplained=1, CT=1), (named, "TK", None), (leave, "CT", None))
    told.reports("DISDIK", body)
    told.reports("DISHUB", claim(1, 1))
    return told


def figures(story: Story) -> dict[str, dict[str, Any]]:
    return {row["opd_code"]: row["figures"] for row in story.board(AT)["opd"]}


def people(figure: dict[str, Any], silent: int) -> int:
    excused = sum(figure["excused"].values())
    return int(figure["present"]["wfo"] + figure["present"]["wfa"] + excused + figure["unexplained"] + silent)


def correct(story: Story, mark_id: str, status: str) -> None:
    first, second = (story.api.as_(Role.ADMIN).at(AT) for _ in range(2))
    body = {"status": status, "reason": "uji", "document": LETTER}
    made = first.post(f"/v1/attendance/{mark_id}/correct", body)
    assert made.status_code == 201, made.text
    assert second.post(f"/v1/attendance/corrections/{made.json()['id']}/confirm").status_code == 200


def test_figures_add_up_after_every_correction(story: Story) -> None:
    before = story.marks(AT)
    assert {name: mark["status"] for name, mark in before.items() if name} == {
        "Rest": "H", "Named TK": "TK", "Named CT": "CT", "No Duty": "NR", "On Shift": "SF", "Silent": "BL"}  # fmt: skip
    findings = story.findings(AT)
    everybody = {code: row["strength"] + row["not_required"] for code, row in figures(story).items()}
    for name in ("Rest", "Named TK", "Named CT", "No Duty", "On Shift", "Silent"):
        now = before[name]["status"]
        for status in CODES:
            if status == now:
                continue
            correct(story, before[name]["mark_id"], status)
            now = status
            marked, told = story.marks(AT), figures(story)
            assert (marked[name]["status"], marked[name]["reason"]) == (status, "corrected")
            others = {other: mark["status"] for other, mark in marked.items() if other not in (name, None)}
            assert {other: others[other] for other in others if marked[other]["reason"] != "corrected"} == {
                other: before[other]["status"] for other in others if marked[other]["reason"] != "corrected"
            }
            for code, figure in told.items():
                silent = sum(mark["status"] == "BL" for mark in marked.values() if mark["opd_code"] == code)
                assert people(figure, silent) == figure["strength"], (name, status, code)
                assert figure["strength"] + figure["not_required"] == everybody[code], (name, status, code)
            assert story.findings(AT) == findings
