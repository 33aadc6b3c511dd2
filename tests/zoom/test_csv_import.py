"""Participants files over HTTP: the run is found or refused, the list counts, and a second time changes nothing."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.apel.models import Occurrence
from app.apel.runs import OccurrenceSpan
from app.audit.models import AuditEntry
from app.core.errors import Refusal
from app.core.principal import Role
from app.evidence.models import ParticipantList
from app.zoom.csv_runs import find_run
from app.zoom.participants_csv import MeetingSeen, read_participants
from tests.client import Api
from tests.evidence.monday import NUMBER, Monday, seen, t
from tests.make import DAY, ZONE, Make
from tests.zoom import participants_files as files

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def monday(make: Make, run: Run, api: Api) -> Monday:
    return Monday(make, run, api)


def send(monday: Monday, text: str, role: Role = Role.KOMINFO, form: dict[str, str] | None = None) -> Any:
    path = f"/v1/apel/{monday.apel.id}/zoom/participants-csv"
    return monday.api.as_(role).post(path, files={"file": ("participants.csv", text.encode())}, data=form or {})


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_file_is_the_list_of_its_run_and_sent_again_changes_nothing(monday: Monday) -> None:
    monday.see(seen("a", "iPhone", -1.9, 15, run="run"), seen("b", "[DINKES] Aula", 0, 5))
    answer = send(monday, files.NEWER)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "occurrence_uuid": "run",
        "started_at": t(0).isoformat().replace("+00:00", "Z"),
        "ended_at": t(30).isoformat().replace("+00:00", "Z"),
        "rows": 3,
        "waiting": 1,
        "new": True,
        "people": 1,
        "rooms": 1,
        "operators": 0,
        "unmatched": 0,
    }
    items = {item["subject"]["kind"]: item for item in monday.items() if item["seconds"]}
    # 07.30–07.45.05 and 07.46–08.00; the room all along.
    assert (items["person"]["seconds"], items["room"]["seconds"]) == (15 * 60 + 5 + 14 * 60, 30 * 60)
    assert items["person"]["subject"]["asn_id"] == str(monday.siti.id)
    again = send(monday, files.INDONESIAN)
    assert again.json() == answer.json() | {"new": False, "waiting": 0}
    assert monday.all(select(func.count()).select_from(ParticipantList)) == [1]
    (kept,) = monday.all(select(AuditEntry).where(AuditEntry.action == "zoom.import-csv"))
    assert kept.target == str(monday.apel.id)


def test_a_run_that_nobody_told_of_is_put_on_record(make: Make, run: Run, api: Api) -> None:
    monday = Monday(make, run, api, held=False)
    answer = send(monday, files.PARTICIPANTS_FILE)
    assert answer.status_code == 200, answer.text
    uuid = "csv:86084701483:2026-11-22T23:25:11+00:00"
    assert answer.json()["occurrence_uuid"] == uuid
    (kept,) = monday.all(select(Occurrence))
    assert (kept.uuid, kept.meeting_id, kept.started_at) == (uuid, NUMBER, t(-5) + timedelta(seconds=11))
    assert send(monday, files.PARTICIPANTS_FILE).json() == answer.json() | {"new": False}
    marks = monday.api.as_(Role.ADMIN).get(f"/v1/apel/{monday.apel.id}/attendance").json()["items"]
    assert {mark["status"] for mark in marks if mark["asn_id"] == str(monday.siti.id)} == {"H"}


REFUSED: dict[str, tuple[str, dict[str, str], str]] = {
    "another number": (files.PARTICIPANTS_FILE.replace("860 8470 1483", "870 1234 5678"), {}, "csv-of-other-meeting"),
    "another week": (files.PARTICIPANTS_FILE.replace("11/23/2026", "11/16/2026"), {}, "csv-of-other-meeting"),
    "another time zone": (files.PARTICIPANTS_FILE, {"zone": "Asia/Jakarta"}, "csv-times-elsewhere"),
    "another time zone, without the meeting": (
        files.WITHOUT_MEETING, {"zone": "America/New_York"}, "csv-times-elsewhere",
    ),
    "no time zone": (files.PARTICIPANTS_FILE, {"zone": "../etc/passwd"}, "zone-unknown"),
    "a summary": (files.SUMMED_UP, {}, "csv-without-times"),
}  # fmt: skip


def test_what_does_not_fit_is_refused_and_changes_nothing(monday: Monday) -> None:
    monday.hold("run", -4, 30)
    for name, (text, form, code) in REFUSED.items():
        assert refusal(send(monday, text, form=form))[1] == code, name
    assert monday.all(select(Occurrence.uuid)) == ["run"]
    assert monday.all(select(ParticipantList.id)) == []


def test_only_the_operator_brings_a_file(monday: Monday) -> None:
    for role in (Role.ADMIN, Role.INSPECTOR, Role.BUPATI, Role.OPD_HEAD):
        assert refusal(send(monday, files.PARTICIPANTS_FILE, role)) == (403, "role-not-allowed")


def test_a_final_apel_takes_no_file(monday: Monday) -> None:
    done = monday.api.as_(Role.ADMIN).post(f"/v1/apel/{monday.apel.id}/finalize", {})
    assert done.status_code == 200, done.text
    assert refusal(send(monday, files.PARTICIPANTS_FILE)) == (409, "apel-final")


def test_a_bad_row_is_named(monday: Monday) -> None:
    answer = send(monday, files.PARTICIPANTS_FILE.replace("11/23/2026 07:46:00 AM", "pagi"))
    assert refusal(answer) == (422, "csv-rows-refused")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/7/join"]
    assert "Siti" not in answer.text


def span(uuid: str, start: float, end: float | None, number: str = NUMBER) -> OccurrenceSpan:
    return OccurrenceSpan(uuid, number, t(start), None if end is None else t(end), t(end or start))


MEETING = read_participants(files.PARTICIPANTS_FILE.encode(), ZONE, DAY)
ALONE = read_participants(files.WITHOUT_MEETING.encode(), ZONE, DAY)
RUNS: dict[str, tuple[Any, list[OccurrenceSpan], str | None]] = {
    "the run at its time": (MEETING, [span("a", -60, -50), span("b", -4, 31)], "b"),
    "the longest of two": (MEETING, [span("a", -8, -4), span("b", -4, 31)], "b"),
    "the real one before one from a file": (MEETING, [span("csv:1", -5, 32), span("a", -4, 31)], "a"),
    "one whose end was lost": (MEETING, [span("a", -5, None)], "a"),
    "one that only its file tells of": (MEETING, [span("a", 40, 61)], None),
    "none on record": (MEETING, [], None),
    "an hour off": (MEETING, [span("a", 55, 91)], "csv-times-elsewhere"),
    "of another number": (MEETING, [span("a", -4, 31, "87012345678")], None),
    "the only one": (ALONE, [span("a", -4, 31)], "a"),
    "the only one, at another time": (ALONE, [span("a", -60, -50)], "csv-times-elsewhere"),
    "one of two": (ALONE, [span("a", -60, -50), span("b", -4, 31)], "csv-run-unclear"),
    "without any": (ALONE, [], "csv-run-unclear"),
}


@pytest.mark.parametrize("case", RUNS.values(), ids=RUNS.keys())
def test_of_which_run_a_file_is(case: tuple[Any, list[OccurrenceSpan], str | None]) -> None:
    file, runs, expected = case
    if expected and expected.startswith("csv-"):
        with pytest.raises(Refusal) as refused:
            find_run(file, [NUMBER], runs)
        assert refused.value.code == expected
        return
    found = find_run(file, [NUMBER], runs)
    assert (found and found.uuid) == expected


def test_the_meeting_of_the_files_is_the_monday() -> None:
    assert MEETING.meeting == MeetingSeen(NUMBER, t(-5) + timedelta(seconds=11), t(31) + timedelta(seconds=40))
