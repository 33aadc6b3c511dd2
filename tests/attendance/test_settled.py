"""The terms of an apel are settled when it becomes final, and what a policy exempts is judged for nobody."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.apel.models import Occurrence
from app.core.principal import Role
from app.core.stale import Stale
from app.policies.models import Policy
from tests.client import Api
from tests.make import DAY, MONDAY, Make
from tests.monday import DUE, NUMBER, Story, claim, naming
from tests.policies.documents import changed

MINUTE = timedelta(minutes=1)
LETTER = {"number": "ST 090/12", "date": DAY.isoformat()}
DL = {"status": "DL", "reason": "Surat tugas menyusul", "document": LETTER}
NO_APEL = {"from_date": DAY.isoformat(), "to_date": DAY.isoformat(), "reason": "Pilkada"}


def in_force(make: Make, **places: Any) -> None:
    """Another policy for the day, as if it had been put in force just now."""
    document = changed(version=7, effective_from="2026-01-02", **places)
    made = {"created_by": uuid4(), "created_by_name": "a", "created_at": MONDAY}
    active = {"activated_by": uuid4(), "activated_by_name": "b", "activated_at": MONDAY}
    columns = {name: document[name] for name in ("code", "version", "title", "legal_basis")}
    make.add(Policy(effective_from=DAY, document=document, **columns, **made, **active))
    make.add(Stale(from_date=DAY, to_date=DAY))


@pytest.fixture
def story(api: Api, make: Make) -> Story:
    """Tuti is TK, Wulan works from home and was never seen, Budi and one other stand in the room."""
    make.opd("DISDIK", connectivity="weak")
    tuti = make.asn(name="Tuti Tanpa", nip="198501012010012006")
    wulan = make.asn(name="Wulan Gaib", nip="198501012010012004")
    make.asn(name="Budi Hasan", nip="198601012010011002")
    told = Story(api, make.apel(zoom_meeting_ids=[NUMBER]))
    told.starts()
    told.joins("[DISDIK] Ruang Apel")
    told.ends()
    told.reports("DISDIK", naming(claim(3, 1, wfa=1, unexplained=1), (tuti, "TK", None), (wulan, "H", "wfa")))
    return told


def derived(story: Story) -> dict[str, Any]:
    """Everything concluded and scored about the apel, without its revision."""
    admin = story.api.as_(Role.ADMIN).at(DUE)
    marks, board = story.marks(), story.board()
    return {
        "marks": marks,
        "findings": admin.get(story.path("findings")).json(),
        "figures": [(row["figures"], row["light"], row["connection"]) for row in board["opd"]],
        "scores": admin.get(story.path("scores")).json()["opd"],
    }


def correct(story: Story, name: str, body: dict[str, Any]) -> None:
    first, second = (story.api.as_(Role.ADMIN).at(DUE) for _ in range(2))
    made = first.post(f"/v1/attendance/{story.marks()[name]['mark_id']}/correct", body)
    assert made.status_code == 201, made.text
    confirmed = second.post(f"/v1/attendance/corrections/{made.json()['id']}/confirm")
    assert confirmed.status_code == 200, confirmed.text


def act(story: Story, verb: str) -> None:
    answer = story.api.as_(Role.ADMIN).at(DUE).post(story.path(verb), {"reason": "uji"})
    assert answer.status_code == 200, answer.text


def late_facts(story: Story, make: Make) -> None:
    """A run whose start was lost, a message that came late, and a policy that lets everybody off."""
    story.joins("[DISDIK] 2004 Wulan", MONDAY + MINUTE)
    lost = {"started_at": None, "seen_from": MONDAY + 5 * MINUTE, "seen_to": MONDAY + 28 * MINUTE}
    make.add(Occurrence(uuid="terlambat==", meeting_id=NUMBER, **lost))
    in_force(make, **{"exemptions.no_apel": [NO_APEL]})


def test_what_is_learned_after_the_end_moves_nothing_not_even_beside_a_correction(story: Story, make: Make) -> None:
    act(story, "finalize")
    before = derived(story)
    assert [item["code"] for item in before["findings"]["items"]] == ["wfa-without-presence"]
    late_facts(story, make)
    assert derived(story) == before
    correct(story, "Tuti Tanpa", DL)
    after = derived(story)
    assert after["marks"].pop("Tuti Tanpa")["status"] == "DL"
    before["marks"].pop("Tuti Tanpa")
    assert after["marks"] == before["marks"]
    assert after["findings"] == before["findings"]
    assert {line["policy"] for line in after["scores"][0]["lines"]} == {
        line["policy"] for line in before["scores"][0]["lines"]
    }
    act(story, "reopen")
    assert {mark["reason"] for mark in story.marks().values()} == {"no-apel-period", "corrected"}


def test_concluding_a_final_apel_from_nothing_gives_the_same(
    story: Story, make: Make, run: Callable[..., Any], sessions: Any
) -> None:
    act(story, "finalize")
    correct(story, "Tuti Tanpa", DL)
    before = derived(story)
    late_facts(story, make)

    async def forget() -> None:
        async with sessions.begin() as session:
            for table in ("score", "score_run", "finding", "mark", "tally", "conclusion"):
                await session.execute(text(f"DELETE FROM {table}"))

    run(forget())
    assert derived(story) == before


def test_a_day_on_which_no_apel_counts_marks_everybody_nr_and_scores_nobody(story: Story, make: Make) -> None:
    in_force(make, **{"exemptions.no_apel": [NO_APEL]})
    after = derived(story)
    assert {(mark["status"], mark["mode"], mark["reason"]) for mark in after["marks"].values()} == {
        ("NR", None, "no-apel-period")
    }
    assert after["findings"]["items"] == []
    assert after["scores"] == []
    figures, light, _ = after["figures"][0]
    assert (figures["strength"], figures["not_required"], figures["unexplained"]) == (0, 3, 0)
    assert light == "green"
    person = story.api.as_(Role.ADMIN).at(DUE).get(f"/v1/scores/asn/{after['marks']['Tuti Tanpa']['asn_id']}?year=2026")
    assert person.json()["unexplained_on"] == []


def test_an_opd_that_says_nothing_on_such_a_day_is_not_red(api: Api, make: Make) -> None:
    make.opd("DISDIK")
    make.asn(name="Siti Aminah")
    story = Story(api, make.apel())
    in_force(make, **{"exemptions.no_apel": [NO_APEL]})
    at = MONDAY + timedelta(hours=3)
    assert {mark["status"] for mark in story.marks(at).values()} == {"NR"}
    [row] = story.board(at)["opd"]
    assert (row["light"], row["reasons"]) == ("grey", [])


def test_ramadan_lets_everybody_off_where_the_policy_says_so(api: Api, make: Make) -> None:
    make.opd("DISDIK")
    make.asn(name="Siti Aminah")
    in_force(make, **{"exemptions.ramadan": True})
    story = Story(api, make.apel())
    mark = {"kind": "ramadan", "name": "Ramadan"}
    answer = api.as_(Role.ADMIN).put(f"/v1/calendar/{DAY.isoformat()}", mark)
    assert answer.status_code in (200, 201), answer.text
    at = MONDAY + timedelta(hours=3)
    assert {mark["reason"] for mark in story.marks(at).values()} == {"no-apel-period"}
    tag = api.as_(Role.ADMIN).get(f"/v1/calendar/{DAY.isoformat()}").headers["etag"]
    working = {"kind": "working", "name": "Bukan Ramadan"}
    api.as_(Role.ADMIN).put(f"/v1/calendar/{DAY.isoformat()}", working, headers={"if-match": tag})
    assert {mark["reason"] for mark in story.marks(at).values()} == {"not-reported"}


def test_the_policy_says_which_connections_explain_missing_evidence(story: Story, make: Make) -> None:
    assert ("DISDIK", "wfa-without-presence", "explainable") in story.findings()
    in_force(make, **{"exemptions.waived_connectivity": ["none"]})
    assert ("DISDIK", "wfa-without-presence", "suspicious") in story.findings()
