"""While evidence has a gap nobody unseen is blamed; who was not let in was not absent."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.rules import ApelKind, ApelState
from app.apel.runs import OccurrenceSpan
from app.apel.timeline import ApelNow
from app.attendance.watching import Watch, has_gap
from app.core.principal import Role
from app.evidence.gaps import close_gap, gap_id, list_gaps, note_gap
from app.evidence.rules import GapKind, GapSeen
from tests.client import Api
from tests.make import DAY, MONDAY, NOBODY, Make
from tests.monday import DUE, NUMBER, Story, claim, naming

MINUTE = timedelta(minutes=1)
END = MONDAY + 30 * MINUTE
RUN = OccurrenceSpan("first", NUMBER, MONDAY - 5 * MINUTE, END, END)
SECOND = OccurrenceSpan("second", NUMBER, MONDAY + 10 * MINUTE, END, END)
CHECK = OccurrenceSpan("check", NUMBER, MONDAY - 50 * MINUTE, MONDAY - 40 * MINUTE, MONDAY - 40 * MINUTE)
SILENCE = GapSeen(GapKind.SILENCE, MONDAY + 5 * MINUTE, MONDAY + 25 * MINUTE, NUMBER)
FULL = GapSeen(GapKind.SEATS, MONDAY + 5 * MINUTE, None, NUMBER)
BOTH = frozenset({"first", "second"})


def apel(*runs: OccurrenceSpan, state: ApelState = ApelState.CLOSED, numbers: tuple[str, ...] = (NUMBER,)) -> ApelNow:
    over = state is ApelState.CLOSED
    return ApelNow(
        id=NOBODY, kind=ApelKind.APEL_GABUNGAN, title="Apel", on_date=DAY, starts_at=MONDAY, ends_at=END,
        report_deadline=DUE, zoom_meeting_ids=numbers, opd_codes=None, led_by=None, rehearsal=False,
        roster_frozen_at=None, created_by=NOBODY, created_at=MONDAY, version=1, state=state, state_since=MONDAY,
        closed_by_person=False, held_from=MONDAY if over else None, held_to=END if over else None, held_seconds=1800,
        occurrences=runs, due=over,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "gaps", "listed", "expected"),
    [
        pytest.param(apel(RUN), (), (), False, id="a meeting seen from start to end has none"),
        pytest.param(apel(RUN, numbers=()), (SILENCE,), (), False, id="without a meeting nothing was to be seen"),
        pytest.param(apel(CHECK), (), (), True, id="a sound check alone shows nothing of the apel"),
        pytest.param(apel(CHECK), (), ("check",), True, id="nor does the list of a sound check"),
        pytest.param(apel(state=ApelState.SCHEDULED), (), (), False, id="before it begins nothing is missing"),
        pytest.param(apel(state=ApelState.SCHEDULED), (SILENCE,), (), True, id="silence when it should have begun"),
        pytest.param(apel(replace(RUN, gap=True)), (), (), True, id="a lost start or end"),
        pytest.param(apel(RUN), (SILENCE,), (), True, id="a noticed silence"),
        pytest.param(apel(RUN), (SILENCE,), ("first",), False, id="a complete list makes up for a silence"),
        pytest.param(apel(replace(RUN, gap=True)), (), ("first",), False, id="and for a lost start"),
        pytest.param(apel(RUN, SECOND), (SILENCE,), ("first",), True, id="but not while another run has none"),
        pytest.param(apel(RUN, SECOND), (SILENCE,), BOTH, False, id="all runs listed"),
        pytest.param(apel(CHECK, RUN), (SILENCE,), ("first",), False, id="a sound check needs no list"),
        pytest.param(apel(RUN), (FULL,), ("first",), True, id="whom a full licence kept out is on no list"),
    ],
)
def test_evidence_has_a_gap_exactly_when(
    seen: ApelNow, gaps: tuple[GapSeen, ...], listed: tuple[str, ...], expected: bool
) -> None:
    assert has_gap(seen, Watch(gaps, frozenset(listed))) is expected


Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def story(api: Api, make: Make) -> Story:
    make.opd("DISDIK")
    person = make.asn(name="Wati Lama", nip="198501012010012002")
    story = Story(api, make.apel(zoom_meeting_ids=[NUMBER]))
    story.starts()
    story.joins("[DISDIK] Ruang")
    story.ends()
    story.reports("DISDIK", naming(claim(1, 0, wfa=1), (person, "H", "wfa")))
    return story


def note(run: Run, session: AsyncSession, *gaps: GapSeen, at: datetime = DUE) -> int:
    async def noted() -> int:
        changed = await note_gap(session, *gaps, at=at)
        await session.commit()
        return changed

    number: int = run(noted())
    return number


def accuracy(story: Story) -> dict[str, Any]:
    scores = story.api.as_(Role.ADMIN).at(DUE).post(story.path("scores")).json()
    line: dict[str, Any] = next(line for line in scores["opd"][0]["lines"] if line["rule"] == "accuracy")
    return line


def test_a_noticed_gap_takes_the_blame_away_and_a_mended_one_gives_it_back(
    story: Story, run: Run, session: AsyncSession
) -> None:
    blamed = ("DISDIK", "wfa-without-presence", "suspicious")
    assert blamed in story.findings()
    before = story.board()
    assert before["evidence_health"]["state"] == "good"
    note(run, session, SILENCE)
    during = story.board()
    assert during["evidence_health"]["state"] == "gap"
    assert during["revision"] == before["revision"] + 1
    assert story.findings() == []
    assert accuracy(story)["facts"]["reason"] == "evidence-gap"
    assert note(run, session, SILENCE) == 0
    assert story.board()["revision"] == during["revision"]

    async def mend() -> None:
        await close_gap(session, gap_id(SILENCE), at=DUE)
        await session.commit()

    run(mend())
    after = story.board()
    assert (after["evidence_health"]["state"], after["revision"]) == ("good", during["revision"] + 1)
    assert blamed in story.findings()
    assert accuracy(story)["facts"]["reason"] != "evidence-gap"


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(SILENCE, meeting_id="99999999999"),
        replace(SILENCE, since=MONDAY - 60 * MINUTE, until=MONDAY),
        replace(SILENCE, since=END, until=None),
    ],
    ids=["another number", "over when it began", "after it ended"],
)
def test_a_gap_elsewhere_or_at_another_time_concerns_nobody(
    story: Story, run: Run, session: AsyncSession, elsewhere: GapSeen
) -> None:
    note(run, session, elsewhere)
    assert story.board()["evidence_health"]["state"] == "good"


def test_a_gap_that_ended_is_told_with_its_end_and_stays_one(story: Story, run: Run, session: AsyncSession) -> None:
    lasting = replace(SILENCE, until=None)
    assert note(run, session, lasting) == 1
    assert note(run, session, SILENCE, at=DUE + MINUTE) == 1
    [(kept_id, kept)] = run(list_gaps(session, MONDAY, END))
    assert (kept_id, kept) == (gap_id(lasting), SILENCE)
