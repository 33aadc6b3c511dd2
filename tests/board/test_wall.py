"""What the board tells for the wall's sake: the place, spoken beside written, the end, and whether all is ready."""

import re
from datetime import timedelta
from importlib.resources import files

import pytest

from app.core.principal import Role
from tests.client import Api
from tests.make import DAY, MONDAY, Make
from tests.monday import DUE, NUMBER, Story, claim

WEEK = timedelta(days=7)
HALFWAY = MONDAY + timedelta(minutes=15)
PALETTE = re.compile(r"--(?:ground|soft|ink|quiet|edge|mark|(?:wait|room|good|look|bad)(?:-ground)?): #[0-9a-f]+;")


@pytest.fixture
def story(api: Api, make: Make) -> Story:
    make.opd("DISDIK", protocol_order=1)
    make.opd("BKPP", protocol_order=2, connectivity="none")
    for number in range(1, 11):
        make.asn("DISDIK", name=f"Pegawai {number}", nip=f"19850101201001{number:04d}")
    make.asn("BKPP", name="Budi Hasan", nip="198601012010011002")
    return Story(api, make.apel(zoom_meeting_ids=[NUMBER]))


def test_spoken_stands_beside_written_as_they_were_compared(story: Story, api: Api) -> None:
    story.starts()
    operator = api.as_(Role.KOMINFO).at(HALFWAY)
    turn = {"state": "called", "called_at": "2026-11-22T23:45:00Z", "weeks_not_called": None}

    def told(**changes: object) -> None:
        shown = story.board(HALFWAY)["opd"][0]["turn"]
        assert shown == turn | {"spoken_present": None, "written_present": None, "as_written": False} | changes

    operator.post(story.path("turns/next"), {"after": None})
    story.reports("DISDIK", claim(10, 8, wfa=1, DL=1), at=HALFWAY)
    told()
    operator.post(story.path("turns/DISDIK/answer"), claim(10, 9, wfa=1))
    told(state="answered", spoken_present=10, written_present=9)
    operator.post(story.path("turns/DISDIK/answer"), claim(10, 8, wfa=1, DL=1))
    told(state="answered", spoken_present=9, written_present=9)
    operator.post(story.path("turns/DISDIK/answer"), {"as_written": True})
    told(state="answered", as_written=True)


def test_what_is_spoken_without_a_report_has_nothing_beside_it(story: Story, api: Api) -> None:
    story.starts()
    operator = api.as_(Role.KOMINFO).at(HALFWAY)
    operator.post(story.path("turns/next"), {"after": None})
    operator.post(story.path("turns/DISDIK/answer"), claim(10, 10))
    turn = story.board(HALFWAY)["opd"][0]["turn"]
    assert (turn["spoken_present"], turn["written_present"]) == (10, None)


def test_a_blank_spot_is_told_before_anything_is_due(story: Story) -> None:
    assert [row["connectivity"] for row in story.board(MONDAY)["opd"]] == ["good", "none"]


def test_a_final_apel_is_compared_with_the_last_by_the_same_opds(story: Story, make: Make, api: Api) -> None:
    past = Story(api, make.apel(MONDAY - WEEK))
    past.reports("DISDIK", claim(10, 7, unexplained=3), at=MONDAY - WEEK)
    past.board(DUE - WEEK + timedelta(hours=2))
    story.reports("DISDIK", claim(10, 9, unexplained=1))
    story.reports("BKPP", claim(1, 1))
    assert story.board(DUE)["final"] is None
    later = DUE + timedelta(hours=3)
    assert api.as_(Role.ADMIN).at(later).post(story.path("finalize")).status_code == 200
    percent = {"denominator": 10, "excluded": {}}
    assert story.board(later)["final"] == {
        "at": later.isoformat().replace("+00:00", "Z"),
        "moves": 0,
        "like_for_like": {
            "date": (DAY - WEEK).isoformat(),
            "opd": 1,
            "rate": percent | {"numerator": 9, "percent": 90.0},
            "earlier": percent | {"numerator": 7, "percent": 70.0},
            "delta_points": 20.0,
        },
        "most_improved": [{"opd_code": "DISDIK", "delta_points": 20.0}],
    }


def test_readiness_is_told_to_those_who_run_the_apel_and_to_their_wall(api: Api) -> None:
    answer = api.as_(Role.SCREEN).get("/v1/board/preflight")
    assert answer.status_code == 200, answer.text
    lights = {light["code"]: light["state"] for light in answer.json()["lights"]}
    assert (lights["endpoint"], lights["events"], lights["credentials"]) == ("bad", "ok", "attention")
    assert api.as_(Role.KOMINFO).get("/v1/board/preflight").json() == answer.json()
    refused = api.as_(Role.OPD_OPERATOR, "DISDIK").get("/v1/board/preflight")
    assert (refused.status_code, refused.json()["code"]) == (403, "role-not-allowed")


def test_the_wall_and_all_other_pages_give_a_state_the_same_colour() -> None:
    wall, shared = (
        PALETTE.findall((files(room) / "page" / name).read_text("utf-8"))
        for room, name in (("app.board", "papan.css"), ("app.web", "base.css"))
    )
    light, dark = shared[:16], shared[16:]
    assert len(dark) == 16
    assert wall == light + dark + dark
