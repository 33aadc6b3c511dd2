"""What became stale is concluded again, and nothing else; what rests on two units follows both."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.attendance.models import Tally
from app.registry.models import Asn
from tests.client import Api
from tests.make import MONDAY, Make
from tests.monday import NUMBER, Story, claim, naming

UNTOUCHED = 77
"""Written by hand into a tally: it stays for as long as nobody concludes that unit."""


@pytest.fixture
def people(make: Make) -> dict[str, Asn]:
    for code in ("DINKES", "DISDIK"):
        make.opd(code)
    return {
        "DINKES": make.asn("DINKES", name="Budi Hasan", nip="198601012010011002"),
        "DISDIK": make.asn("DISDIK", name="Siti Aminah", nip="198501012010012001"),
    }


@pytest.fixture
def story(api: Api, make: Make, people: dict[str, Asn]) -> Story:
    told = Story(api, make.apel(zoom_meeting_ids=[NUMBER]))
    told.starts()
    told.joins("[DINKES] Ruang Apel")
    told.board(_minutes(1))
    return told


def _minutes(number: int) -> Any:
    return MONDAY + timedelta(minutes=number)


def _touch(make: Make, opd_code: str) -> None:
    async def write() -> None:
        await make.session.execute(update(Tally).where(Tally.opd_code == opd_code).values(strength=UNTOUCHED))
        await make.session.commit()

    make._run(write())


def _strengths(story: Story, at: Any) -> dict[str, int]:
    return {row["opd_code"]: row["figures"]["strength"] for row in story.board(at)["opd"]}


def test_only_units_whose_room_or_people_were_seen_to_move_are_concluded_again(story: Story, make: Make) -> None:
    _touch(make, "DINKES")
    story.joins("[DISDIK] 2001 Siti", _minutes(2))
    assert _strengths(story, _minutes(3)) == {"DINKES": UNTOUCHED, "DISDIK": 1}
    story.joins("[DINKES] 1002 Budi", _minutes(3))
    assert _strengths(story, _minutes(4)) == {"DINKES": 1, "DISDIK": 1}


def test_a_stranger_who_joins_moves_no_unit(story: Story, make: Make) -> None:
    for code in ("DINKES", "DISDIK"):
        _touch(make, code)
    before = story.board(_minutes(2))
    story.joins("Galaxy A15", _minutes(2))
    after = story.board(_minutes(3))
    assert {row["figures"]["strength"] for row in after["opd"]} == {UNTOUCHED}
    assert after["evidence_health"]["unmatched"] == before["evidence_health"]["unmatched"] + 1
    assert after["revision"] > before["revision"]


def test_a_report_concludes_its_own_unit_alone(story: Story, make: Make) -> None:
    _touch(make, "DINKES")
    story.reports("DISDIK", claim(1, 1), at=_minutes(3))
    assert _strengths(story, _minutes(4)) == {"DINKES": UNTOUCHED, "DISDIK": 1}


def test_the_end_of_the_meeting_concludes_every_unit(story: Story, make: Make) -> None:
    for code in ("DINKES", "DISDIK"):
        _touch(make, code)
    story.ends(_minutes(30))
    assert _strengths(story, _minutes(31)) == {"DINKES": 1, "DISDIK": 1}


def test_a_meeting_that_began_earlier_than_first_told_concludes_every_unit(story: Story, make: Make) -> None:
    story.ends(_minutes(30))
    story.board(_minutes(31))
    for code in ("DINKES", "DISDIK"):
        _touch(make, code)
    story.starts(MONDAY - timedelta(minutes=4))
    assert _strengths(story, _minutes(32)) == {"DINKES": 1, "DISDIK": 1}


@pytest.mark.parametrize("first", ["DISDIK", "DINKES"], ids=lambda code: f"{code} reports first")
def test_somebody_named_in_two_rooms_is_impossible_in_either_order(
    story: Story, people: dict[str, Asn], first: str
) -> None:
    both = naming(claim(2, 2), (people["DISDIK"], "H", "wfo"), (people["DINKES"], "H", "wfo"))
    bodies = {"DISDIK": both, "DINKES": naming(claim(1, 1), (people["DINKES"], "H", "wfo"))}
    second = "DINKES" if first == "DISDIK" else "DISDIK"
    story.reports(first, bodies[first], at=_minutes(3))
    found = story.findings(_minutes(4))
    if first == "DISDIK":
        assert ("DISDIK", "not-on-roster", "suspicious") in found
    story.reports(second, bodies[second], at=_minutes(5))
    assert ("DISDIK", "not-on-roster", "impossible") in story.findings(_minutes(6))
