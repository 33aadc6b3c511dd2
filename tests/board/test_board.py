"""The board as the Bupati's office reads it, over HTTP."""

from datetime import timedelta

import pytest

from app.core.principal import Role
from tests.client import Api
from tests.make import DAY, MONDAY, Make
from tests.monday import DUE, NUMBER, Story, claim, naming

HALFWAY = MONDAY + timedelta(minutes=15)


@pytest.fixture
def story(api: Api, make: Make) -> Story:
    make.opd("DISDIK", protocol_order=2)
    make.opd("BKPP", protocol_order=1)
    return Story(api, make.apel(zoom_meeting_ids=[NUMBER]))


def lights(story: Story, at: object) -> dict[str, str]:
    return {row["opd_code"]: row["light"] for row in story.board(at)["opd"]}  # type: ignore[arg-type]


def test_a_monday_on_the_board_from_silence_to_red(story: Story, make: Make) -> None:
    make.asn("DISDIK", name="Siti Aminah", nip="198501012010012001")
    make.asn("BKPP", name="Budi Hasan", nip="198601012010011002")
    assert lights(story, MONDAY - timedelta(minutes=45)) == {"BKPP": "grey", "DISDIK": "grey"}
    story.starts()
    story.joins("[DISDIK] Ruang Apel")
    assert lights(story, HALFWAY) == {"BKPP": "grey", "DISDIK": "blue"}
    story.reports("DISDIK", naming(claim(1, 1)), at=HALFWAY)
    assert lights(story, HALFWAY) == {"BKPP": "grey", "DISDIK": "green"}
    story.ends()
    board = story.board()
    assert [(row["opd_code"], row["light"]) for row in board["opd"]] == [("BKPP", "red"), ("DISDIK", "green")]
    reason = board["opd"][0]["reasons"][0]
    assert reason == {
        "code": "not-reported",
        "text": "Belum lapor sampai tenggat",
        "href": f"/v1/apel/{story.apel.id}/board/BKPP",
    }


def test_totals_say_of_what_every_percentage_is(story: Story, make: Make) -> None:
    people = [make.asn("DISDIK", name=f"Pegawai {n}", nip=f"19850101201001{n:04d}") for n in range(1, 6)]
    make.asn("BKPP", name="Budi Hasan", nip="198601012010011002")
    story.starts()
    story.joins("[DISDIK] Ruang Apel")
    story.ends()
    body = naming(claim(5, 2, unexplained=1, DL=2), *((people[n], "DL", None) for n in (0, 1)), (people[2], "TK", None))
    story.reports("DISDIK", body)
    before = story.board(MONDAY + timedelta(minutes=40))["totals"]
    assert (before["pending"], before["unexplained"]) == (True, None)
    totals = story.board()["totals"]
    assert totals == {
        "strength": 6,
        "present": {"wfo": 2, "wfa": 0},
        "excused": {"DL": 2},
        "not_required": 0,
        "unexplained": 1,
        "pending": False,
        "people_not_reported": 1,
        "disputed": 0,
        "not_reported": {"connected": 0, "never_connected": 1, "blank_spot": 0, "phoned_in": 0},
        "rate": {"numerator": 2, "denominator": 5, "excluded": {"BL": 1}, "percent": 40.0},
        "duty_rate": {"numerator": 2, "denominator": 3, "excluded": {"BL": 1, "DL": 2}, "percent": 66.67},
        "heads": {"expected": 0, "present": 0, "wfa": 0, "excused": 0, "absent": 0, "unknown": 0},
        "previous": None,
    }


def test_a_head_of_two_opds_is_one_person_and_a_sick_head_only_excused(story: Story, make: Make) -> None:
    plt = make.asn("DISDIK", name="Dra. Ratna", nip="197501012000012001")
    ill = make.asn("BKPP", name="Ir. Sakit", nip="197601012000011002")
    make.opd("DINKES", protocol_order=3)
    make.head("DISDIK", plt)
    make.head("DINKES", plt, "Plt")
    make.head("BKPP", ill)
    story.starts()
    story.joins("[DISDIK] Ruang Apel")
    story.ends()
    story.reports("DISDIK", naming(claim(1, 1)))
    story.reports("BKPP", naming(claim(1, 0, S=1), (ill, "S", None)))
    board = story.board()
    assert board["totals"]["heads"] == {
        "expected": 2,
        "present": 1,
        "wfa": 0,
        "excused": 1,
        "absent": 0,
        "unknown": 0,
    }
    heads = {row["opd_code"]: row["head"] for row in board["opd"]}
    assert heads["DINKES"] == {"name": "Dra. Ratna", "title": "Plt", "status": "H", "mode": "wfo"}
    assert heads["BKPP"]["status"] == "excused"
    assert "S" not in board["totals"]["excused"]


def test_silence_after_the_deadline_is_split_by_what_is_known(story: Story, make: Make, api: Api) -> None:
    make.opd("KALUMPANG", protocol_order=3, connectivity="none")
    make.opd("BONEHAU", protocol_order=4, connectivity="none")
    for number, code in enumerate(("DISDIK", "BKPP", "KALUMPANG", "BONEHAU"), start=1):
        make.asn(code, name=f"Orang {code.title()}", nip=f"19850101201001{number:04d}")
    story.starts()
    story.joins("[DISDIK] Ruang Apel")
    story.ends()
    phoned = claim(1, 1) | {"channel": "phone", "caller": "Camat Bonehau"}
    answer = api.as_(Role.KOMINFO).at(HALFWAY).put(story.path("reports/BONEHAU"), phoned)
    assert answer.status_code == 201, answer.text
    board = story.board()
    assert board["totals"]["not_reported"] == {
        "connected": 1,
        "never_connected": 1,
        "blank_spot": 1,
        "phoned_in": 1,
    }
    assert {row["opd_code"]: row["light"] for row in board["opd"]} == {
        "BKPP": "red",
        "DISDIK": "red",
        "KALUMPANG": "yellow",
        "BONEHAU": "yellow",
    }


def test_the_etag_is_the_revision_and_a_known_one_is_304(story: Story, make: Make, api: Api) -> None:
    make.asn("DISDIK", name="Siti Aminah", nip="198501012010012001")
    office = api.as_(Role.READER).at(HALFWAY)
    first = office.get(story.path("board"))
    assert first.headers["etag"] == f'"{first.json()["revision"]}"'
    same = office.get(story.path("board"), headers={"if-none-match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    story.reports("DISDIK", naming(claim(1, 1)), at=HALFWAY)
    changed = office.at(HALFWAY).get(story.path("board"), headers={"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.json()["revision"] == first.json()["revision"] + 1
    assert changed.json()["as_of"] == "2026-11-22T23:45:00Z"


def test_trend_and_previous_leave_rehearsals_out(story: Story, make: Make, api: Api) -> None:
    make.asn("DISDIK", name="Siti Aminah", nip="198501012010012001")
    week = timedelta(days=7)
    for earlier, present in ((2, 1), (1, 0)):
        apel = make.apel(MONDAY - earlier * week)
        past = Story(api, apel)
        past.reports("DISDIK", claim(1, present, unexplained=1 - present), at=apel.starts_at)
        past.board(DUE - earlier * week + timedelta(hours=2))
    drill = Story(api, make.apel(MONDAY - timedelta(days=3), rehearsal=True))
    drill.board(DUE - timedelta(days=3) + timedelta(hours=2))
    story.reports("DISDIK", claim(1, 1))
    row = story.board()["opd"][1]
    assert [(point["date"], point["rate"]["percent"]) for point in row["trend"]] == [
        ("2026-11-16", 0.0),
        ("2026-11-09", 100.0),
    ]
    previous = story.board()["totals"]["previous"]
    assert (previous["date"], previous["delta_points"]) == ("2026-11-16", 100.0)


def test_why_is_it_red_is_answered_in_one_call(story: Story, make: Make, api: Api) -> None:
    make.asn("DISDIK", name="Siti Aminah", nip="198501012010012001")
    story.starts()
    story.ends()
    story.reports("DISDIK", naming(claim(1, 1)))
    answer = api.as_(Role.BUPATI).at(DUE).get(story.path("board/DISDIK"))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["opd"]["light"], body["opd"]["reasons"][0]["code"]) == ("yellow", "finding-suspicious")
    assert [(finding["code"], finding["text"]) for finding in body["findings"]] == [
        ("reported-never-connected", "Melaporkan 1 orang hadir di kantor, tetapi ruangnya tidak pernah terhubung.")
    ]
    assert body["claims"][0]["version"] == 1
    missing = api.as_(Role.BUPATI).get(story.path("board/TIADA"))
    assert (missing.status_code, missing.json()["code"]) == (404, "not-on-board")


def test_a_turn_is_on_the_board(story: Story, make: Make, api: Api) -> None:
    make.asn("BKPP", name="Budi Hasan", nip="198601012010011002")
    make.asn("DISDIK", name="Siti Aminah", nip="198501012010012001")
    story.starts()
    operator = api.as_(Role.KOMINFO).at(HALFWAY)
    assert operator.post(story.path("turns/next"), {"after": None}).status_code == 200
    board = story.board(HALFWAY)
    assert board["turn"] == {"current": "BKPP", "called_at": "2026-11-22T23:45:00Z", "next": ["DISDIK"]}
    assert board["opd"][0]["turn"]["state"] == "called"


def test_without_any_apel_the_board_is_empty_and_with_one_it_is_todays(api: Api, make: Make) -> None:
    empty = api.as_(Role.SCREEN).get("/v1/board")
    assert empty.json() == {
        "place": {"instansi": "Pemerintah Kabupaten Mamuju", "timezone": "Asia/Makassar", "sample": False},
        "apel": None,
        "revision": 0,
        "as_of": None,
        "totals": None,
        "opd": [],
        "turn": None,
        "evidence_health": None,
        "trend": [],
        "final": None,
    }
    make.opd("DISDIK")
    apel = make.apel()
    today = api.as_(Role.SCREEN).at(MONDAY).get("/v1/board").json()
    assert (today["apel"]["id"], today["apel"]["date"], today["apel"]["provisional"]) == (
        str(apel.id),
        DAY.isoformat(),
        True,
    )


def test_a_hostile_display_name_never_reaches_the_board(story: Story, make: Make, api: Api) -> None:
    make.asn("DISDIK", name="Siti Aminah", nip="198501012010012001")
    story.starts()
    story.joins("[DISDIK] <img onerror=alert(1)>")
    story.joins("\u202e[BKPP] " + "a\u0301" * 200)
    answer = api.as_(Role.BUPATI).at(HALFWAY).get(story.path("board"))
    assert "onerror" not in answer.text
    assert "\u202e" not in answer.text


def test_a_silent_opd_has_no_rate_whoever_of_it_was_seen(story: Story, make: Make) -> None:
    make.asn("DISDIK", name="Siti Aminah", nip="198501012010012001")
    make.asn("DISDIK", name="Budi Hasan", nip="198601012010011002")
    story.starts()
    story.joins("[DISDIK] 1002 Budi")
    story.ends()
    figures = story.board()["opd"][1]["figures"]
    assert figures["present"] == {"wfo": 0, "wfa": 1}
    assert figures["rate"] == {"numerator": 0, "denominator": 0, "excluded": {"BL": 2}, "percent": None}
